"""The table of actions: ids and keys are used once, and menus stand before their entries."""

from collections import Counter
from dataclasses import replace

from srviewer.core.volumes.volume import Volume
from srviewer.gui.menus.action_table import action_rows
from srviewer.gui.menus.actions import settled
from srviewer.gui.menus.tables.specs import MENU_BAR, MenuSpec
from srviewer.study.opening import opened
from srviewer.study.state.study_state import StudyState


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


def test_no_action_depends_on_what_a_step_or_a_drag_changes(head: Volume) -> None:
    still = opened(head, StudyState(), "cpu", None, ())
    view = replace(still.view, cursor_mm=(3.0, -4.0, 5.0), centre_mm=(1.0, 2.0, 3.0), zoom=3.0)
    oblique = [
        replace(still.view, rotation=(10.0, 0.0, 0.0)),
        replace(view, rotation=(2.0, 3.0, 4.0)),
    ]
    for pair in ((still.view, view), oblique):
        first, second = (replace(still, view=one) for one in pair)
        assert settled(first) == settled(second) and first.view != second.view
        for row in action_rows():
            for rule in (row.enabled, getattr(row, "checked", None), getattr(row, "offered", None)):
                assert rule is None or rule(first) == rule(second)
