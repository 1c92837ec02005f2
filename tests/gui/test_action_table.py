"""The table of actions: ids and keys are used once, and menus stand before their entries."""

from collections import Counter

from srviewer.gui.menus.action_table import action_rows
from srviewer.gui.menus.tables.specs import MENU_BAR, MenuSpec


def test_ids_and_keys_are_used_once() -> None:
    rows = action_rows()
    keys = [row.key for row in rows if not isinstance(row, MenuSpec) and row.key]
    for names in ([(type(row), row.id) for row in rows], keys):
        assert max(Counter(names).values()) == 1


def test_menus_stand_before_their_entries() -> None:
    known = {MENU_BAR, ""}
    for row in action_rows():
        assert row.menu in known
        known |= {row.id} if isinstance(row, MenuSpec) else set()
