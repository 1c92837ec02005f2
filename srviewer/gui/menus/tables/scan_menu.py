"""The rows of the menu of the scan."""

from srviewer.gui.menus.tables.menu_titles import MENU_TITLES
from srviewer.gui.menus.tables.specs import ActionSpec, MenuSpec, Row, has_scan
from srviewer.gui.texts.translation import mark

SCAN_MENU: tuple[Row, ...] = (
    MenuSpec("scan", MENU_TITLES["scan"]),
    ActionSpec(
        "reconstruct",
        mark("Reconstruct"),
        mark("Reconstruct the open scan"),
        menu="scan",
        icon="play",
        key="Ctrl+Return",
    ),
    ActionSpec(
        "header",
        mark("Header and tags\u2026"),
        mark("What the header of the file says, in a window of its own; it may name the patient"),
        menu="scan",
        section="header",
        icon="card-text-outline",
        key="Ctrl+I",
        enabled=has_scan,
    ),
)
