"""The crosshair stays inside the scan, and where it was when a pane is enlarged."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from srviewer.core.slices.planes import Plane
from srviewer.gui.state.tool import Tool
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def _inside(window: MainWindow) -> bool:
    scan = window.study.scan
    assert scan is not None
    index = np.floor(scan.geometry.index(window.study.view.cursor_mm) + 0.5)
    return bool(np.all((index >= 0) & (index < scan.geometry.shape)))


def test_a_double_click_leaves_the_crosshair(opened: MainWindow, qtbot: QtBot) -> None:
    study, pane = opened.study, opened.compare.scan.panes[Plane.AXIAL]
    before = study.view.cursor_mm
    at = QPoint(pane.width() // 3, pane.height() // 3)
    qtbot.mouseClick(pane, LEFT, NONE, at)  # as a mouse does: press, release, press again
    assert study.view.cursor_mm != before
    qtbot.mouseDClick(pane, LEFT, NONE, at)
    assert study.view.only is Plane.AXIAL and study.view.cursor_mm == before

    study.maximise(None)
    qtbot.mouseClick(pane, LEFT, NONE, at + QPoint(30, 20))
    qtbot.mouseDClick(pane, LEFT, NONE, QPoint(pane.width() - 4, 40))  # on the slice bar
    assert study.view.only is None
    study.set_tool(Tool.DISTANCE)
    qtbot.mouseDClick(pane, LEFT, NONE, at)  # two quick clicks with a tool
    assert study.view.only is None


def test_the_crosshair_stays_inside(
    opened: MainWindow, qtbot: QtBot, until: Until, truth_file: Path, tmp_path: Path
) -> None:
    study, pane = opened.study, opened.compare.scan.panes[Plane.AXIAL]
    qtbot.mousePress(pane, LEFT, NONE, pane.rect().center())
    for corner in (QPoint(1, 1), QPoint(pane.width() - 20, pane.height() - 1)):
        qtbot.mouseMove(pane, corner)
        assert _inside(opened)
    qtbot.mouseRelease(pane, LEFT, NONE, corner)
    pane.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up):
        for _ in range(60):
            qtbot.keyClick(pane, key, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(pane, Qt.Key.Key_End)
    assert _inside(opened)
    for far in ((1e6, -1e6, 3.0), (float("nan"), 0.0, 0.0)):
        study.move_cursor(far)
        assert _inside(opened)

    # Of a session file, and of the tab that is left for it.
    path = tmp_path / "far.srviewer"
    opened.housekeeping.files.save(path)
    until(lambda: path.exists() and opened.controller.work.tasks == ())
    x, y, z = study.view.cursor_mm
    text = path.read_text()
    assert text.count(repr(z)) >= 1
    path.write_text(text.replace(repr(z), "9999.0"))
    before = study.scan
    opened.open([path])
    until(lambda: study.scan is not before)
    assert _inside(opened) and study.view.cursor_mm[2] < 9999
    states = opened.studies.states
    view = replace(states[0].view, cursor_mm=(x, y, -5000.0))
    opened.studies.change(states[0].scan, lambda state: replace(state, view=view))
    opened.studies.show(1 - opened.studies.current)
    opened.studies.show(0)
    assert _inside(opened)
