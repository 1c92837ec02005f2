"""To add a panel: one row of PANELS. The window shows it and remembers its id when it is open."""

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from srviewer.gui.appearance.application import application
from srviewer.gui.menus import action_table
from srviewer.gui.menus.action_table import ACTIONS
from srviewer.gui.menus.tables.specs import ActionSpec
from srviewer.gui.menus.window_arrangements import NamedLayouts
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.widgets.scrolled import Scrolled
from srviewer.gui.window import side_panels
from srviewer.gui.window.main_window import MainWindow
from srviewer.gui.window.side_panels import PANELS, PanelSpec


class NotesPanel(QWidget):
    def __init__(self, study: StudyController) -> None:
        super().__init__()
        self.foot = QLabel("foot")


ADDED = PanelSpec("notes", "Notes", NotesPanel)
ACTION = ActionSpec("notes", "Note", "Note", panel=ADDED.id)


def _window(settings: QSettings, qtbot: QtBot) -> MainWindow:
    window = MainWindow(settings)
    qtbot.addWidget(window)
    return window


def test_it_is_shown_and_remembered(
    monkeypatch: pytest.MonkeyPatch, settings: QSettings, qtbot: QtBot
) -> None:
    application()
    monkeypatch.setattr(action_table, "ACTIONS", (*ACTIONS, ACTION))
    monkeypatch.setattr(side_panels, "PANELS", (ADDED, *PANELS))
    window = _window(settings, qtbot)
    panels = window.panels
    panel = panels.panels["notes"]
    assert isinstance(panel, NotesPanel) and panels.tabText(0) == "Notes"
    assert panel.foot.parent() is panels.widget(0) and isinstance(panels.widget(0), Scrolled)
    assert panel.actions() == [window.actions_offered["notes"]]
    assert panels.show_panel("notes")
    layouts = window.housekeeping.layouts_menu.layouts
    assert layouts is not None
    layouts.save("mine")
    assert panels.show_panel("measure")
    layouts.show("mine")
    assert panels.shown == "notes"
    window.leave()
    # The order of the panels is another now; the number would show Reconstruct.
    monkeypatch.setattr(side_panels, "PANELS", (*PANELS, ADDED))
    again = _window(settings, qtbot)
    assert again.panels.shown == "notes"
    again.panels.show_panel("measure")
    NamedLayouts(settings, again.study, again.splitter, again.panels).show("mine")
    assert again.panels.shown == "notes"


def test_the_number_of_earlier_versions_is_read_and_written(
    settings: QSettings, qtbot: QtBot
) -> None:
    application()
    settings.setValue("window/panel", 3)
    window = _window(settings, qtbot)
    assert window.panels.shown == "measure"
    for unknown in ("gone", 7):
        settings.setValue("window/panel_id", unknown)
        window.panels.show_panel("look")
        window.state.restore()
        assert window.panels.shown == "measure"
    window.panels.show_panel("train")
    window.leave()
    assert settings.value("window/panel", type=int) == 4
    assert settings.value("window/panel_id") == "train"
