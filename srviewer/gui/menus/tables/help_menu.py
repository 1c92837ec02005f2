"""The rows of the menu for help."""

from srviewer.gui.menus.tables.menu_titles import MENU_TITLES
from srviewer.gui.menus.tables.specs import ActionSpec, MenuSpec, Row
from srviewer.gui.texts.translation import mark

HELP_MENU: tuple[Row, ...] = (
    MenuSpec("help", MENU_TITLES["help"]),
    ActionSpec(
        "guide", mark("Guide"), mark("How to use srviewer"), menu="help", section="help", key="F1"
    ),
    ActionSpec(
        "shortcuts",
        mark("Keys and mouse"),
        mark("Every key, and what the mouse does"),
        menu="help",
        section="help",
        key="?",
    ),
    ActionSpec(
        "log-folder",
        mark("Log folder"),
        mark("Open the folder of the program's log"),
        menu="help",
        section="help",
    ),
    ActionSpec(
        "about",
        mark("About srviewer"),
        mark("Version, licences, what it is not for"),
        menu="help",
        section="about",
    ),
)
