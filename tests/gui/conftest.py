"""Sessions and panes for the tests of the window's parts."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from srviewer.gui.appearance import theme
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.gui.views.ortho_view import OrthoView


@pytest.fixture
def study(qapp: QApplication) -> ShownStudy:
    theme.apply(qapp)
    return ShownStudy()


@pytest.fixture
def ortho(study: ShownStudy, qtbot: QtBot) -> OrthoView:
    """Three panes that show whatever the session opens."""
    view = OrthoView(study)
    qtbot.addWidget(view)

    def show(changed: frozenset[str]) -> None:
        if "scan" in changed:
            view.show_volume(study.scan, Line("ORIGINAL"), "")

    study.changed.connect(show)
    view.resize(900, 620)
    view.show()
    return view
