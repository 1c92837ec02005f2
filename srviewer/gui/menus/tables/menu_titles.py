"""The titles in the menu bar, which stand there before anything else of the window."""

from srviewer.gui.texts.translation import mark

# By the ids of their rows in the tables, in the order of the bar.
MENU_TITLES = {
    "file": mark("&File"),
    "edit": mark("&Edit"),
    "view": mark("&View"),
    "scan": mark("&Scan"),
    "look": mark("&Look"),
    "measure": mark("&Measure"),
    "help": mark("&Help"),
}
