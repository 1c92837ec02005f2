"""To add an action: one row of ACTIONS and its slot. Menus, tool bar, keys and sheet have it."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QToolBar
from pytestqt.qtbot import QtBot

from srviewer.gui.appearance.application import application
from srviewer.gui.dialogs.shortcuts_dialog import ShortcutsDialog
from srviewer.gui.menus import action_table
from srviewer.gui.menus.action_table import ACTIONS, ActionSpec, ButtonSpec, MenuSpec, action_rows
from srviewer.gui.menus.actions import Actions
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
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action_table, "ACTIONS", (*ACTIONS, ADDED))


def test_it_is_in_menus_tool_bar_keys_and_sheet(
    added: None, window: MainWindow, thick_file: Path, until: Until, qtbot: QtBot
) -> None:
    actions = window.actions_offered
    assert not actions["mirror"].isEnabled()
    window.open([thick_file])
    until(lambda: window.session.original is not None)
    action = actions["mirror"]
    heard: list[bool] = []
    actions.connect_action("mirror", lambda on: heard.append(on))
    before, last = actions.menu("view").actions()[-2:]
    assert before.isSeparator() and last is action
    (bar,) = window.findChildren(QToolBar)
    assert bar.widgetForAction(action) is not None
    assert (action.text(), action.toolTip()) == ("Mirror\u2026", "Left and right (Ctrl+M)")
    assert action.isEnabled() and not action.isChecked()
    qtbot.keyClick(window, "m", Qt.KeyboardModifier.ControlModifier)
    assert heard == [True]
    window.session.set_radiological(False)
    assert action.isChecked()
    actions["shortcuts"].trigger()
    sheet = window.desk.dialog
    assert isinstance(sheet, ShortcutsDialog) and ("Ctrl+M", "Mirror") in sheet.rows_shown()
    sheet.reject()


def test_ids_and_keys_are_used_once_and_menus_exist() -> None:
    rows = action_rows()
    for name in (lambda row: (type(row), row.id), lambda row: getattr(row, "key", "") or row):
        assert max(Counter(map(name, rows)).values()) == 1
    menus = {action_table.MENU_BAR, "", *(row.id for row in rows if isinstance(row, MenuSpec))}
    assert {row.menu for row in rows} <= menus


def test_every_action_has_a_slot(
    monkeypatch: pytest.MonkeyPatch, settings: QSettings, qtbot: QtBot
) -> None:
    application()
    connected: set[str] = set()
    connect, connect_group = Actions.connect_action, Actions.connect_group

    def counted(actions: Actions, name: str, slot: object) -> None:
        connected.add(name)
        connect(actions, name, slot)

    def counted_group(actions: Actions, name: str, slot: object) -> None:
        connected.update(row.id for row in action_rows() if getattr(row, "group", "") == name)
        connect_group(actions, name, slot)

    monkeypatch.setattr(Actions, "connect_action", counted)
    monkeypatch.setattr(Actions, "connect_group", counted_group)
    qtbot.addWidget(MainWindow(settings))
    assert connected == {row.id for row in action_rows() if isinstance(row, ActionSpec)}
