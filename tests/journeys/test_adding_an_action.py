"""To add an action: one row of ACTIONS and its slot. Menus, tool bar, keys and sheet have it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolBar
from pytestqt.qtbot import QtBot

from srviewer.gui.dialogs.shortcuts_dialog import ShortcutsDialog
from srviewer.gui.menus import action_table
from srviewer.gui.menus.action_table import ACTIONS, action_rows
from srviewer.gui.menus.actions import Actions
from srviewer.gui.menus.tables.specs import ActionSpec, ButtonSpec
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]
ADDED = ActionSpec(
    "mirror",
    "Mirror\u2026",
    "Left and right",
    menu="view",
    section="added",
    icon="flip-horizontal",
    key="Ctrl+M",
    button=ButtonSpec("view"),
    checkable=True,
    enabled=lambda state: state.scan is not None,
    checked=lambda state: not state.view.radiological,
)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """ACTIONS with one more row, and the ids of those that a window then gives slots."""
    monkeypatch.setattr(action_table, "ACTIONS", (*ACTIONS, ADDED))
    seen: set[str] = set()
    connect, connect_group = Actions.connect_action, Actions.connect_group

    def noted(actions: Actions, name: str, slot: Callable[..., object]) -> None:
        seen.add(name)
        connect(actions, name, slot)

    def noted_group(actions: Actions, name: str, slot: Callable[..., object]) -> None:
        seen.update(row.id for row in action_rows() if getattr(row, "group", "") == name)
        connect_group(actions, name, slot)

    monkeypatch.setattr(Actions, "connect_action", noted)
    monkeypatch.setattr(Actions, "connect_group", noted_group)
    return seen


def test_it_is_in_menus_tool_bar_keys_and_sheet(
    connected: set[str], window: MainWindow, thick_file: Path, until: Until, qtbot: QtBot
) -> None:
    actions = window.actions_offered
    rows = [row.id for row in action_rows() if isinstance(row, ActionSpec)]
    assert set(rows) - connected == {"mirror"}  # every other action has its slot
    assert not actions["mirror"].isEnabled()
    window.open([thick_file])
    until(lambda: window.study.scan is not None)
    action = actions["mirror"]
    heard: list[bool] = []
    actions.connect_action("mirror", lambda on: heard.append(on))
    before, last = actions.menu("view").actions()[-2:]
    assert before.isSeparator() and last is action
    bar = window.findChild(QToolBar, "tools")
    assert bar.widgetForAction(action) is not None
    assert (action.text(), action.toolTip()) == ("Mirror\u2026", "Left and right (Ctrl+M)")
    assert action.isEnabled() and not action.isChecked()
    qtbot.keyClick(window, "m", Qt.KeyboardModifier.ControlModifier)
    assert heard == [True]
    window.study.set_radiological(False)
    assert action.isChecked()
    actions["shortcuts"].trigger()
    sheet = window.housekeeping.dialog
    assert isinstance(sheet, ShortcutsDialog) and ("Ctrl+M", "Mirror") in sheet.rows_shown()
    sheet.reject()
