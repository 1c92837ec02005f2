"""The rows of the menu of the scan."""

from srviewer.gui.menus.tables.specs import ActionSpec, MenuSpec, Row
from srviewer.gui.texts.translation import mark

SCAN_MENU: tuple[Row, ...] = (
    MenuSpec("scan", mark("&Scan")),
    ActionSpec(
        "reconstruct",
        mark("Reconstruct"),
        mark("Reconstruct the open scan"),
        menu="scan",
        icon="play",
        key="Ctrl+Return",
    ),
)
