"""Measuring in a pane, with the mouse and with keys alone."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from srviewer.core.regions.roi import values_inside
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.state.tool import Tool
from srviewer.gui.views.ortho_view import OrthoView
from srviewer.gui.views.slice_view import SliceView

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def axial(study: ShownStudy, ortho: OrthoView, head: Volume) -> SliceView:
    study.open(head, (), None)
    return ortho.panes[Plane.AXIAL]


def _place(pane: SliceView, x: float, y: float) -> QPoint:
    """Where the RAS+ point (x, y) of the slice lies in the pane."""
    z = pane.study.view.cursor_mm[2]
    return pane.position_of((x, y, z)).toPoint()


def _drag(qtbot: QtBot, pane: SliceView, start: QPoint, stop: QPoint) -> None:
    qtbot.mousePress(pane, LEFT, pos=start)
    qtbot.mouseMove(pane, (start + stop) / 2)
    qtbot.mouseMove(pane, stop)
    qtbot.mouseRelease(pane, LEFT, pos=stop)


def test_a_dragged_distance_is_kept_and_written_beside_the_line(
    axial: SliceView, study: ShownStudy, qtbot: QtBot
) -> None:
    study.set_tool(Tool.DISTANCE)
    cursor = study.view.cursor_mm
    _drag(qtbot, axial, _place(axial, -6, -5), _place(axial, 6, 11))
    (roi,) = study.rois
    assert roi.length_mm == pytest.approx(20, abs=0.4)
    assert roi.name == "Distance 1"
    assert study.view.cursor_mm == cursor
    (shape,) = axial.annotations.shapes
    assert shape.text == f"{roi.length_mm:.1f} mm"


def test_an_angle_takes_three_clicks(axial: SliceView, study: ShownStudy, qtbot: QtBot) -> None:
    study.set_tool(Tool.ANGLE)
    for x, y in ((10, 0), (0, 0), (0, 10)):
        qtbot.mouseClick(axial, LEFT, pos=_place(axial, x, y))
    (roi,) = study.rois
    assert roi.degrees == pytest.approx(90, abs=2)


@pytest.mark.parametrize("tool", [Tool.RECTANGLE, Tool.ELLIPSE])
def test_a_region_shows_the_values_of_each_pane_and_can_be_dragged_on(
    tool: Tool, axial: SliceView, study: ShownStudy, head: Volume, qtbot: QtBot
) -> None:
    study.set_tool(tool)
    _drag(qtbot, axial, _place(axial, -8, -6), _place(axial, 8, 6))
    (roi,) = study.rois
    found = values_inside(roi, head)
    assert found is not None and found.count > 100
    assert f"{found.mean:.4g}" in axial.annotations.shapes[0].text
    study.set_tool(Tool.CROSSHAIR)
    centre = axial.position_of(roi.points_mm[0]).toPoint()
    _drag(qtbot, axial, centre, centre + QPoint(30, -20))
    (moved,) = study.rois
    assert moved.area_mm2 == pytest.approx(roi.area_mm2)
    assert moved.points_mm != roi.points_mm and moved.name == roi.name


def test_it_is_seen_in_its_own_slice_only(
    axial: SliceView, ortho: OrthoView, study: ShownStudy, qtbot: QtBot
) -> None:
    study.set_tool(Tool.DISTANCE)
    _drag(qtbot, axial, _place(axial, 0, 0), _place(axial, 9, 9))
    assert ortho.panes[Plane.CORONAL].annotations.shapes == ()
    qtbot.keyClick(axial, Qt.Key.Key_Up)
    assert axial.annotations.shapes == ()
    qtbot.keyClick(axial, Qt.Key.Key_Down)
    assert len(axial.annotations.shapes) == 1


def test_measuring_with_keys_alone(axial: SliceView, study: ShownStudy, qtbot: QtBot) -> None:
    alt = Qt.KeyboardModifier.AltModifier
    study.set_tool(Tool.DISTANCE)
    qtbot.keyClick(axial, Qt.Key.Key_Return)
    for _ in range(3):
        qtbot.keyClick(axial, Qt.Key.Key_Right, alt)
    for _ in range(4):
        qtbot.keyClick(axial, Qt.Key.Key_Up, alt)
    qtbot.keyClick(axial, Qt.Key.Key_Return)
    (roi,) = study.rois
    assert roi.length_mm == pytest.approx(5)
    start, end = roi.points_mm
    assert axial.position_of(end).x() > axial.position_of(start).x()
    assert axial.position_of(end).y() < axial.position_of(start).y()


def test_escape_drops_what_is_half_drawn_then_the_tool(
    axial: SliceView, study: ShownStudy, qtbot: QtBot
) -> None:
    study.set_tool(Tool.RECTANGLE)
    qtbot.mouseClick(axial, LEFT, pos=_place(axial, 0, 0))
    qtbot.keyClick(axial, Qt.Key.Key_Escape)
    assert study.tool is Tool.RECTANGLE and axial.annotations.shapes == ()
    qtbot.keyClick(axial, Qt.Key.Key_Escape)
    assert study.tool is Tool.CROSSHAIR and study.rois == ()


def test_a_box_sets_the_grey_levels_to_what_is_in_it(
    axial: SliceView, study: ShownStudy, qtbot: QtBot
) -> None:
    study.set_tool(Tool.WINDOW_BOX)
    _drag(qtbot, axial, _place(axial, -5, -5), _place(axial, 5, 5))
    assert study.view.window != study.auto_window
    assert study.view.window.width < study.auto_window.width
    assert study.tool is Tool.CROSSHAIR and study.rois == ()


def test_the_slice_bar_is_dragged(
    axial: SliceView, study: ShownStudy, head: Volume, qtbot: QtBot
) -> None:
    bar = axial.width() - 4
    _drag(qtbot, axial, QPoint(bar, 40), QPoint(bar, 0))
    assert axial.slice is not None
    assert axial.slice.index == head.geometry.shape[2] - 1
    qtbot.mouseClick(axial, LEFT, pos=QPoint(bar, axial.height() - 1))
    assert axial.slice.index == 0


def test_colours_invert_and_the_crosshair_are_the_same_in_every_pane(
    ortho: OrthoView, axial: SliceView, study: ShownStudy
) -> None:
    study.set_colours("hot")
    study.set_window(study.auto_window)
    hot = axial.grab().toImage().pixelColor(axial.width() // 2, axial.height() // 2)
    assert hot.red() > hot.blue() + 20
    study.set_colours("grey")
    study.set_inverted(True)
    corner = axial.position_of((-19.5, 23.5, 0)).toPoint()
    assert axial.grab().toImage().pixelColor(corner).value() > 240
    study.set_crosshair(False)
    assert all(pane.annotations.crosshair is None for pane in ortho.panes.values())
