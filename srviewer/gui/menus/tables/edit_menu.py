"""The rows of the menu for undo and preferences."""

from srviewer.gui.menus.tables.menu_titles import MENU_TITLES
from srviewer.gui.menus.tables.specs import ActionSpec, MenuSpec, Row, has_scan
from srviewer.gui.texts.translation import mark

EDIT_MENU: tuple[Row, ...] = (
    MenuSpec("edit", MENU_TITLES["edit"]),
    ActionSpec(
        "undo",
        mark("Undo"),
        mark("Take the last change back"),
        menu="edit",
        section="undo",
        key="Ctrl+Z",
    ),
    ActionSpec(
        "redo",
        mark("Redo"),
        mark("Make the change again"),
        menu="edit",
        section="undo",
        key="Ctrl+Shift+Z",
    ),
    ActionSpec(
        "copy-picture",
        mark("Copy the picture"),
        mark("What is shown as a figure, for another program"),
        menu="edit",
        section="copy",
        icon="content-copy",
        key="Ctrl+C",
        enabled=has_scan,
    ),
    ActionSpec(
        "preferences",
        mark("Preferences\u2026"),
        mark("Theme, convention, device, threads, srviewer's own files"),
        menu="edit",
        section="preferences",
        key="Ctrl+,",
    ),
)
