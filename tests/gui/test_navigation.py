"""Mouse, wheel and keys in a pane."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.views.ortho_view import OrthoView
from srviewer.gui.views.slice_view import SliceView
from wheel import turn_wheel

NO_KEYS = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def axial(study: ShownStudy, ortho: OrthoView, head: Volume) -> SliceView:
    study.open(head, (), None)
    return ortho.panes[Plane.AXIAL]


def _drag(pane: SliceView, button: Qt.MouseButton, start: QPointF, stop: QPointF) -> None:
    kinds = (
        (QEvent.Type.MouseButtonPress, start, button, button),
        (QEvent.Type.MouseMove, stop, Qt.MouseButton.NoButton, button),
        (QEvent.Type.MouseButtonRelease, stop, button, Qt.MouseButton.NoButton),
    )
    for kind, position, which, held in kinds:
        place = QPointF(pane.mapToGlobal(position.toPoint()))
        QApplication.sendEvent(pane, QMouseEvent(kind, position, place, which, held, NO_KEYS))


def _slice(pane: SliceView) -> int:
    assert pane.slice is not None
    return pane.slice.index


def test_a_click_moves_the_crosshair_there_in_all_three_panes(
    axial: SliceView, ortho: OrthoView, study: ShownStudy, qtbot: QtBot
) -> None:
    at = QPoint(axial.width() // 3, axial.height() // 4)
    depth = study.view.cursor_mm[2]
    qtbot.mouseClick(axial, Qt.MouseButton.LeftButton, pos=at)
    world = axial.world_at(QPointF(at))
    assert study.view.cursor_mm == pytest.approx(world)
    assert study.view.cursor_mm[2] == pytest.approx(depth)
    for pane in ortho.panes.values():
        marked = pane.annotations.crosshair
        assert marked is not None
        assert QPointF(*marked) == pane.position_of(study.view.cursor_mm)


def test_dragging_moves_the_crosshair_along(axial: SliceView, study: ShownStudy) -> None:
    stop = QPointF(200, 180)
    _drag(axial, Qt.MouseButton.LeftButton, QPointF(100, 100), stop)
    assert study.view.cursor_mm == pytest.approx(axial.world_at(stop))


def test_a_button_or_key_that_went_up_elsewhere_is_no_longer_held(
    axial: SliceView, ortho: OrthoView, study: ShownStudy, qtbot: QtBot
) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    stop = QPointF(120, 110)
    for kind, at, which, held in (
        (QEvent.Type.MouseButtonPress, QPointF(100, 100), left, left),
        (QEvent.Type.MouseMove, stop, none, left),
        (QEvent.Type.MouseMove, QPointF(200, 180), none, none),  # after a dialog took the release
    ):
        place = QPointF(axial.mapToGlobal(at.toPoint()))
        QApplication.sendEvent(axial, QMouseEvent(kind, at, place, which, held, NO_KEYS))
    assert study.view.cursor_mm == pytest.approx(axial.world_at(stop))
    axial.setFocus()
    qtbot.keyPress(axial, Qt.Key.Key_Space)
    ortho.panes[Plane.CORONAL].setFocus()
    _drag(axial, left, QPointF(100, 100), QPointF(200, 180))
    assert study.view.cursor_mm == pytest.approx(axial.world_at(QPointF(200, 180)))


def test_a_right_drag_changes_the_window_in_steps_that_fit_the_data(
    axial: SliceView, study: ShownStudy
) -> None:
    before, cursor = study.view.window, study.view.cursor_mm
    _drag(axial, Qt.MouseButton.RightButton, QPointF(100, 100), QPointF(150, 75))
    after = study.view.window
    assert after.width == pytest.approx(before.width * (1 + 50 / 250))
    assert after.level == pytest.approx(before.level - before.width * 25 / 250)
    assert study.view.cursor_mm == cursor


def test_a_middle_drag_pushes_the_image(axial: SliceView, study: ShownStudy) -> None:
    study.zoom_by(3, study.view.cursor_mm)
    start, stop = QPointF(100, 100), QPointF(160, 70)
    grabbed = axial.world_at(start)
    _drag(axial, Qt.MouseButton.MiddleButton, start, stop)
    assert axial.world_at(stop) == pytest.approx(grabbed)


def test_space_turns_a_left_drag_into_a_push(
    axial: SliceView, study: ShownStudy, qtbot: QtBot
) -> None:
    cursor, start, stop = study.view.cursor_mm, QPointF(100, 100), QPointF(130, 140)
    grabbed = axial.world_at(start)
    qtbot.keyPress(axial, Qt.Key.Key_Space)
    _drag(axial, Qt.MouseButton.LeftButton, start, stop)
    qtbot.keyRelease(axial, Qt.Key.Key_Space)
    assert axial.world_at(stop) == pytest.approx(grabbed)
    assert study.view.cursor_mm == cursor


def test_the_wheel_steps_slices_and_parts_of_a_notch_add_up(axial: SliceView) -> None:
    first = _slice(axial)
    turn_wheel(axial, 1, at=QPointF(50, 50))
    assert _slice(axial) == first + 1
    turn_wheel(axial, -2, at=QPointF(50, 50))
    assert _slice(axial) == first - 1
    for _ in range(3):
        turn_wheel(axial, 1 / 3, at=QPointF(50, 50))
    assert _slice(axial) == first


def test_ctrl_and_wheel_zoom_at_the_mouse(axial: SliceView, study: ShownStudy) -> None:
    at = QPointF(80, 210)
    under = axial.world_at(at)
    turn_wheel(axial, 1, Qt.KeyboardModifier.ControlModifier, at)
    assert study.view.zoom == pytest.approx(1.2)
    assert axial.world_at(at) == pytest.approx(under)


@pytest.mark.parametrize(
    ("key", "steps"),
    [
        (Qt.Key.Key_Up, 1),
        (Qt.Key.Key_Down, -1),
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Left, -1),
        (Qt.Key.Key_PageUp, 10),
        (Qt.Key.Key_PageDown, -10),
    ],
)
def test_keys_step_slices(axial: SliceView, key: Qt.Key, steps: int, qtbot: QtBot) -> None:
    first = _slice(axial)
    qtbot.keyClick(axial, key)
    assert _slice(axial) == first + steps


def test_home_and_end_go_to_the_first_and_last_slice(
    axial: SliceView, head: Volume, qtbot: QtBot
) -> None:
    qtbot.keyClick(axial, Qt.Key.Key_Home)
    assert _slice(axial) == 0
    qtbot.keyClick(axial, Qt.Key.Key_End)
    assert _slice(axial) == head.geometry.shape[2] - 1


def test_r_resets_and_plus_zooms(axial: SliceView, study: ShownStudy, qtbot: QtBot) -> None:
    opened = study.view
    qtbot.keyClick(axial, Qt.Key.Key_Plus)
    qtbot.keyClick(axial, Qt.Key.Key_Up)
    assert study.view.zoom > 1
    qtbot.keyClick(axial, Qt.Key.Key_R)
    assert study.view == opened


def test_a_double_click_shows_one_plane_and_back(
    axial: SliceView, ortho: OrthoView, study: ShownStudy, qtbot: QtBot
) -> None:
    small = axial.width()
    qtbot.mouseDClick(axial, Qt.MouseButton.LeftButton)
    visible = [plane for plane, pane in ortho.panes.items() if pane.isVisible()]
    assert visible == [Plane.AXIAL]
    QApplication.processEvents()
    assert axial.width() > 1.4 * small
    qtbot.keyClick(axial, Qt.Key.Key_Escape)
    assert all(pane.isVisible() for pane in ortho.panes.values())


def test_the_point_under_the_mouse_is_told_and_forgotten(
    axial: SliceView, study: ShownStudy
) -> None:
    told = []
    study.hovered.connect(lambda point, plane: told.append(point))
    at = QPointF(120, 90)
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        QPointF(axial.mapToGlobal(at.toPoint())),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        NO_KEYS,
    )
    QApplication.sendEvent(axial, move)
    QApplication.sendEvent(axial, QEvent(QEvent.Type.Leave))
    assert np.allclose(told[0], axial.world_at(at))
    assert told[1] is None
