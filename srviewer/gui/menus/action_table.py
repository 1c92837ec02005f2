"""The table of everything that menus, the tool bar and keys offer, in the order of the menus."""

from srviewer.gui.menus.tables.edit_menu import EDIT_MENU
from srviewer.gui.menus.tables.file_menu import FILE_MENU
from srviewer.gui.menus.tables.help_menu import HELP_MENU
from srviewer.gui.menus.tables.keys_alone import KEYS_ALONE
from srviewer.gui.menus.tables.look_menu import LOOK_MENU
from srviewer.gui.menus.tables.measure_menu import MEASURE_MENU
from srviewer.gui.menus.tables.scan_menu import SCAN_MENU
from srviewer.gui.menus.tables.specs import ActionSpec, MenuSpec, Row, Rows
from srviewer.gui.menus.tables.view_menu import VIEW_MENU

ACTIONS: tuple[Row | Rows, ...] = (
    *FILE_MENU,
    *EDIT_MENU,
    *VIEW_MENU,
    *SCAN_MENU,
    *LOOK_MENU,
    *MEASURE_MENU,
    *HELP_MENU,
    *KEYS_ALONE,
)


def action_rows() -> tuple[Row, ...]:
    """The rows of ACTIONS, with those of the other tables that it names in their place."""
    rows: list[Row] = []
    for row in ACTIONS:
        rows.extend((row,) if isinstance(row, ActionSpec | MenuSpec) else row())
    return tuple(rows)
