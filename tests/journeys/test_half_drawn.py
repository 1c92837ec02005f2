"""A user draws, and the pane comes to show another slice before the last point."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from srviewer.core.slices.planes import Plane
from srviewer.gui.state.tool import Tool
from srviewer.gui.views.editing.text_editor import TextEditor
from srviewer.gui.views.navigation import DROPPED
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.window.main_window import MainWindow
from two_studies import large_panes, wheel

Until = Callable[[Callable[[], bool]], None]
LEFT, ALT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier
FIRST, SECOND = QPoint(70, 60), QPoint(110, 90)


def _by_wheel(opened: MainWindow, pane: SliceView) -> None:
    wheel(pane, 1)


def _by_key(opened: MainWindow, pane: SliceView) -> None:
    QTest.keyClick(pane, Qt.Key.Key_Up)


def _by_another_pane(opened: MainWindow, pane: SliceView) -> None:
    QTest.keyClick(opened.compare.scan.panes[Plane.CORONAL], Qt.Key.Key_Up, ALT)


def _by_rotating(opened: MainWindow, pane: SliceView) -> None:
    coronal = opened.compare.scan.panes[Plane.CORONAL]
    coronal.setFocus()
    for _ in range(20):
        QTest.keyClick(coronal, Qt.Key.Key_Period)


def _by_hiding(opened: MainWindow, pane: SliceView) -> None:
    coronal = opened.compare.scan.panes[Plane.CORONAL]
    QTest.keyClick(coronal, Qt.Key.Key_M)
    QTest.keyClick(coronal, Qt.Key.Key_Up, ALT)
    QTest.keyClick(coronal, Qt.Key.Key_M)


CHANGES = (_by_wheel, _by_key, _by_another_pane, _by_rotating, _by_hiding)


def _depths(pane: SliceView, points: object) -> np.ndarray:
    assert pane.header is not None
    return pane.header.geometry.index(points)[:, pane.plane.normal_axis(pane.header.geometry)]


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_half_drawn_ends_with_its_slice_and_says_so(
    opened: MainWindow, pane: SliceView, change: Callable[[MainWindow, SliceView], None]
) -> None:
    study, status = opened.study, opened.statusBar()
    middle = study.view.cursor_mm
    for tool in (Tool.DISTANCE, Tool.ANGLE, Tool.ELLIPSE, Tool.WINDOW_BOX, Tool.ARROW):
        study.set_tool(tool)
        window = study.view.window
        QTest.mouseClick(pane, LEFT, pos=FIRST)
        QTest.mouseMove(pane, FIRST + QPoint(20, 5))
        assert status.currentMessage() == ""
        change(opened, pane)
        assert status.currentMessage() == DROPPED
        assert pane.annotations.shapes == () and pane.annotations.texts == ()
        status.clearMessage()
        study.rotate_planes((0.0, 0.0, 0.0))
        study.move_cursor(middle)
        QTest.mouseClick(pane, LEFT, pos=SECOND)  # the first point of another
        assert study.rois == () and study.view.window == window
        assert pane.findChildren(TextEditor) == []
        QTest.keyClick(pane, Qt.Key.Key_Escape)


def test_a_drag_goes_on_in_its_own_slice_alone(opened: MainWindow, pane: SliceView) -> None:
    study = opened.study
    study.set_tool(Tool.DISTANCE)
    QTest.mousePress(pane, LEFT, pos=FIRST)
    QTest.mouseMove(pane, SECOND)
    wheel(pane, 1)
    QTest.mouseRelease(pane, LEFT, pos=SECOND)
    assert study.rois == ()
    QTest.mouseClick(pane, LEFT, pos=FIRST)
    QTest.mouseClick(pane, LEFT, pos=SECOND)
    (drawn,) = study.rois
    QTest.mousePress(pane, LEFT, pos=SECOND)  # holds its end
    QTest.mouseMove(pane, SECOND + QPoint(4, 0))
    (dragged,) = study.rois
    assert dragged != drawn
    wheel(pane, 1)
    QTest.mouseMove(pane, SECOND + QPoint(30, 0))
    QTest.mouseRelease(pane, LEFT, pos=SECOND + QPoint(30, 0))
    assert study.rois == (dragged,)


def test_an_arrow_that_is_dragged_stays_in_its_slice(
    opened: MainWindow, pane: SliceView, qtbot: QtBot
) -> None:
    study = opened.study
    study.set_tool(Tool.ARROW)
    QTest.mouseClick(pane, LEFT, pos=FIRST)
    QTest.mouseClick(pane, LEFT, pos=SECOND)
    qtbot.keyClick(pane.findChildren(TextEditor)[-1], Qt.Key.Key_Return)
    (arrow,) = study.annotations
    assert np.ptp(_depths(pane, arrow.points_mm)) == pytest.approx(0, abs=1e-6)
    study.set_tool(Tool.CROSSHAIR)
    for start in (FIRST, SECOND):
        QTest.mousePress(pane, LEFT, pos=start)
        QTest.mouseMove(pane, start + QPoint(8, 0))
        dragged = study.annotations
        wheel(pane, 1)
        QTest.mouseMove(pane, start + QPoint(30, 30))
        QTest.mouseRelease(pane, LEFT, pos=start + QPoint(30, 30))
        assert study.annotations == dragged
        wheel(pane, -1)
    assert study.annotations != (arrow,)


def test_points_are_as_deep_as_the_first_within_a_thick_slice_and_a_slab(
    opened: MainWindow, pane: SliceView
) -> None:
    study = opened.study
    assert study.scan is not None
    _, _, z = study.view.cursor_mm
    thick = study.scan.geometry.spacing[2]
    study.set_tool(Tool.DISTANCE)
    QTest.keyClick(pane, Qt.Key.Key_Return)
    study.move_cursor((9.0, 4.0, z + 0.3 * thick))  # as another pane does; the slice is the same
    QTest.keyClick(pane, Qt.Key.Key_Return)
    (drawn,) = study.rois
    assert np.ptp(_depths(pane, drawn.points_mm)) == pytest.approx(0, abs=1e-6)
    study.set_tool(Tool.CROSSHAIR)
    QTest.keyClick(pane, Qt.Key.Key_S)
    for _ in range(3):
        QTest.keyClick(pane, Qt.Key.Key_J)
    wheel(pane, 1)
    end = pane.position_of(drawn.points_mm[1]).toPoint()
    assert len(pane.annotations.shapes) == 1  # the slab has its slice, beside the crosshair's
    QTest.mousePress(pane, LEFT, pos=end)
    QTest.mouseMove(pane, end + QPoint(25, 0))
    QTest.mouseRelease(pane, LEFT, pos=end + QPoint(25, 0))
    assert study.rois != (drawn,)
    assert _depths(pane, study.rois[0].points_mm) == pytest.approx(_depths(pane, drawn.points_mm))


def test_undo_while_an_end_is_held_lets_go_of_it(opened: MainWindow, pane: SliceView) -> None:
    study = opened.study
    study.set_tool(Tool.DISTANCE)
    QTest.mouseClick(pane, LEFT, pos=FIRST)
    QTest.mouseClick(pane, LEFT, pos=SECOND)
    QTest.mousePress(pane, LEFT, pos=SECOND)
    QTest.keyClick(pane, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert study.rois == ()
    QTest.mouseMove(pane, SECOND + QPoint(20, 0))
    QTest.mouseRelease(pane, LEFT, pos=SECOND + QPoint(20, 0))
    assert study.rois == ()


def test_a_step_of_the_linked_study_ends_it(pair: MainWindow) -> None:
    left, right = large_panes(pair)
    for here, there in ((left, right), (right, left)):
        pair.study.set_tool(Tool.DISTANCE)
        QTest.mouseClick(here, LEFT, pos=FIRST)
        wheel(there, 1)
        assert pair.statusBar().currentMessage() == DROPPED
        pair.statusBar().clearMessage()
        QTest.mouseClick(here, LEFT, pos=SECOND)
        assert pair.study.rois == pair.studies.second.rois == ()
        QTest.keyClick(here, Qt.Key.Key_Escape)
