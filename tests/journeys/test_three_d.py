"""A user looks at scan and result in 3D: with VTK, without it, and where OpenGL does not work."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from srviewer.core.volumes.volume import Volume
from srviewer.gui.three_d import drawing_link
from srviewer.gui.three_d.pane import VolumePane
from srviewer.gui.three_d.window import ThreeDWindow
from srviewer.gui.window.main_window import MainWindow
from srviewer.three_d import drawing_process
from srviewer.three_d.availability import INSTALL, is_installed

Until = Callable[[Callable[[], bool]], None]
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
with_vtk = pytest.mark.skipif(not is_installed(), reason=f"needs VTK: {INSTALL}")


def _shown(window: MainWindow, qtbot: QtBot, until: Until) -> ThreeDWindow:
    """The 3D window, opened by its key, with its first pictures."""
    pane = window.compare.scan.panes[window.study.main_plane]
    qtbot.keyClick(pane, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    shown = window.three_d.window
    assert isinstance(shown, ThreeDWindow)
    _wait(shown, until)
    return shown


def _wait(shown: ThreeDWindow, until: Until) -> None:
    def is_drawn() -> bool:
        return shown.is_still and all(pane.picture for pane in shown.shown_panes)

    until(lambda: is_drawn() or shown.message.isVisible())
    if shown.message.isVisible() and sys.platform != "linux":
        shown.close()
        pytest.skip("no OpenGL works on this machine")
    assert is_drawn()


def _drag(
    qtbot: QtBot,
    pane: VolumePane,
    way: tuple[int, int],
    button: Qt.MouseButton = LEFT,
    keys: Qt.KeyboardModifier = NONE,
) -> None:
    start = pane.rect().center() + QPoint(-20, 30)
    qtbot.mousePress(pane, button, keys, start)
    for part in range(1, 5):
        at = start + QPoint(way[0] * part // 4, way[1] * part // 4)
        event_of = qtbot.mouseMove if keys is NONE and button == LEFT else None
        if event_of is not None:
            event_of(pane, at)
        else:
            _move(pane, at, button, keys)
    qtbot.mouseRelease(pane, button, keys, start + QPoint(*way))


def _move(pane: VolumePane, at: QPoint, button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
    """pytest-qt's own movement holds neither keys nor other buttons."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    there = QPointF(at)
    kind = QEvent.Type.MouseMove
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(kind, there, pane.mapToGlobal(there), none, button, keys)
    QApplication.sendEvent(pane, event)


def _wheel(pane: VolumePane, notches: int, keys: Qt.KeyboardModifier = NONE) -> None:
    at, turn = QPointF(pane.rect().center()), QPoint(0, 120 * notches)
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        at, pane.mapToGlobal(at), QPoint(), turn, Qt.MouseButton.NoButton, keys, phase, False
    )
    QApplication.sendEvent(pane, event)


def _grey(pane: VolumePane) -> np.ndarray:
    """(row, column) of its picture, without what is written over it."""
    assert pane.picture is not None
    picture = pane.picture.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), -1)
    return rows[:, : picture.width()].astype(int)


@with_vtk
def test_look_at_the_scan_from_all_sides(opened: MainWindow, qtbot: QtBot, until: Until) -> None:
    shown = _shown(opened, qtbot, until)
    (pane,) = shown.shown_panes  # there is no result yet
    assert not shown.panes[1].isVisible()
    assert pane.lines[0] == "Scan" and "each slice drawn 4 mm thick, as measured" in pane.lines
    assert shown.camera is not None and shown.camera.letters() == ("R", "L", "I", "S")
    front = _grey(pane)
    assert (front > 40).mean() > 0.1
    _drag(qtbot, pane, (120, 40))
    assert shown.camera.letters()[1] == "AL"
    _wait(shown, until)
    assert np.abs(_grey(pane) - front).mean() > 2
    for key, edge in (("L", "P"), ("P", "R"), ("S", "R"), ("I", "L"), ("A", "L")):
        qtbot.keyClicks(pane, key.lower())
        assert shown.camera.letters()[1] == edge
    extent, middle = shown.camera.extent_mm, shown.camera.centre_mm
    _wheel(pane, 2)
    assert shown.camera.extent_mm == pytest.approx(extent / 1.21)
    _drag(qtbot, pane, (40, 0), keys=Qt.KeyboardModifier.ShiftModifier)
    assert shown.camera.centre_mm[0] > middle[0]  # the patient's left has come to the middle
    _drag(qtbot, pane, (0, -60), button=Qt.MouseButton.RightButton)
    assert shown.camera.extent_mm < extent / 1.5
    _drag(qtbot, pane, (50, 0), keys=Qt.KeyboardModifier.ControlModifier)
    assert shown.camera.up[2] < 0.99
    qtbot.mouseClick(shown.controls.reset, LEFT)
    _wait(shown, until)
    assert shown.camera.extent_mm == extent and np.array_equal(_grey(pane), front)
    process = psutil.Process(shown.link.pid)
    qtbot.keyClick(pane, Qt.Key.Key_Escape)  # users press it to leave a tool
    assert shown.isVisible() and "Ctrl+W" in shown.status.text()
    study = opened.study.scan
    qtbot.keyClick(shown, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    until(lambda: opened.three_d.window is None)
    assert opened.study.scan is study
    process.wait(60)


@with_vtk
def test_scan_and_result_are_rotated_together_and_set_the_crosshair(
    opened: MainWindow, rebuild: Callable[..., None], qtbot: QtBot, until: Until
) -> None:
    shown = _shown(opened, qtbot, until)
    rebuild()
    until(lambda: len(shown.shown_panes) == 2)
    _wait(shown, until)
    scan, result = shown.shown_panes
    _drag(qtbot, result, (-80, 30))
    _wait(shown, until)
    assert scan.camera is result.camera is shown.camera
    assert np.abs(_grey(scan) - _grey(result)).mean() > 1  # the steps of the slices
    silhouettes = [_grey(pane) > 20 for pane in (scan, result)]
    assert (silhouettes[0] != silhouettes[1]).mean() < 0.05
    before = opened.study.view.cursor_mm
    at = scan.rect().center() + QPoint(25, -15)
    qtbot.mouseClick(scan, LEFT, pos=at)
    cursor = opened.study.view.cursor_mm
    assert cursor != before
    place = scan.place(cursor)
    assert abs(place.x() - at.x()) <= 1 and abs(place.y() - at.y()) <= 1
    volume = opened.study.scan
    assert volume is not None and shown.camera is not None
    near = np.array(cursor) + np.outer(np.linspace(-3, 3, 25), shown.camera.back)
    values = [_value(volume, point) for point in near]
    threshold = shown.link.volumes[0].levels.threshold
    assert min(values) < threshold <= max(values)  # on the surface
    shown.close()


def _value(volume: Volume, point_mm: np.ndarray) -> float:
    index = np.rint(volume.geometry.index(point_mm)).astype(int)
    inside = np.all((index >= 0) & (index < volume.geometry.shape))
    return float(volume.voxels[tuple(index)]) if inside else -np.inf


@with_vtk
def test_choose_what_is_seen_cut_it_and_keep_the_picture(
    opened: MainWindow,
    qtbot: QtBot,
    until: Until,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = _shown(opened, qtbot, until)
    controls, (pane,) = shown.controls, shown.shown_panes
    pictures = [_grey(pane)]

    def changed() -> None:
        _wait(shown, until)
        pictures.append(_grey(pane))
        assert np.abs(pictures[-1] - pictures[-2]).mean() > 0.3

    controls.slider.setFocus()
    for _ in range(8):
        qtbot.keyClick(controls.slider, Qt.Key.Key_PageUp)
    assert controls.threshold.value() > shown.link.volumes[0].levels.threshold
    changed()
    qtbot.mouseClick(controls.automatic, LEFT)
    _wait(shown, until)
    assert np.array_equal(_grey(pane), pictures[0])
    pictures.append(pictures[0])
    controls.smooth.click()
    changed()
    controls.as_measured.click()
    until(lambda: shown.link.numbers != () and bool(pane.lines))
    assert "interpolated between slices: not as measured" in pane.lines
    _wait(shown, until)
    controls.as_measured.click()
    controls.smooth.click()
    until(lambda: shown.link.numbers != () and len(pane.lines) == 3)
    changed()
    _choose(qtbot, controls.cut, "coronal")
    changed()
    assert shown.controls.look.normal == (0, 1, 0)  # the side of the viewer is cut off
    before = opened.study.view.cursor_mm
    _drag(qtbot, pane, (0, 40), keys=Qt.KeyboardModifier.AltModifier)
    assert opened.study.view.cursor_mm[1] < before[1] - 2  # deeper
    changed()
    qtbot.mouseClick(controls.other_side, LEFT)
    assert shown.controls.look.normal == (0, -1, 0)
    changed()
    _choose(qtbot, controls.mode, "volume")
    changed()
    for row in ("skin", "bright", "grey"):
        _choose(qtbot, controls.preset, row)
        changed()
    path = tmp_path / "seen"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    qtbot.mouseClick(shown.save, LEFT)
    kept = QImage(str(path.with_suffix(".png")))
    assert kept.width() == pane.width() and kept.height() > pane.height()
    assert kept.text("Description").startswith("Research use only")
    qtbot.mouseClick(shown.copy, LEFT)
    assert QGuiApplication.clipboard().image().size() == kept.size()
    shown.close()


def _choose(qtbot: QtBot, box: object, value: str) -> None:
    from PySide6.QtWidgets import QComboBox

    assert isinstance(box, QComboBox)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.findData(value)):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentData() == value


@with_vtk
def test_the_drawing_ends_with_the_study(
    opened: MainWindow, qtbot: QtBot, until: Until, truth_file: Path
) -> None:
    shown = _shown(opened, qtbot, until)
    first = psutil.Process(shown.link.pid)
    opened.open([truth_file])
    until(lambda: shown.windowTitle() == "truth.nii.gz in 3D" or "truth" in shown.windowTitle())
    until(lambda: shown.link.numbers != ())
    _wait(shown, until)
    assert "each slice" not in " ".join(shown.panes[0].lines)  # it is thin
    opened.studies.close(0)
    until(lambda: opened.study.scan is None)
    assert shown.link.pid is None and shown.isVisible()
    first.wait(60)
    shown.close()


@with_vtk
def test_without_opengl_or_killed_it_says_so_and_tries_again(
    opened: MainWindow, qtbot: QtBot, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform != "linux":
        pytest.skip("hides the OpenGL of Linux")
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_FILENAMES", os.devnull)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr(drawing_process, "LINUX", drawing_process.LINUX[::2])  # two are tried
    opened.actions_offered["three-d"].trigger()
    shown = opened.three_d.window
    assert isinstance(shown, ThreeDWindow)
    until(shown.message.isVisible)
    assert "VTK found no OpenGL that works" in shown.message.text.text()
    assert not shown.message.command.isVisible() and opened.study.scan is not None
    monkeypatch.delenv("__EGL_VENDOR_LIBRARY_FILENAMES")
    qtbot.mouseClick(shown.message.retry, LEFT)
    _wait(shown, until)
    assert not shown.message.isVisible()
    psutil.Process(shown.link.pid).kill()
    shown.see_from("L")
    until(shown.message.isVisible)
    assert "ended unexpectedly" in shown.message.text.text()
    qtbot.mouseClick(shown.message.retry, LEFT)
    _wait(shown, until)
    assert not shown.message.isVisible()
    shown.close()


@with_vtk
@pytest.mark.skipif(sys.platform == "win32", reason="processes cannot be stopped there")
def test_a_drawing_that_never_starts_is_given_up_and_can_be_tried_again(
    opened: MainWindow, qtbot: QtBot, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = drawing_link.START_LIMIT
    monkeypatch.setattr(drawing_process, "LINUX", drawing_process.LINUX[:1])
    monkeypatch.setattr(drawing_link, "START_LIMIT", 100)
    opened.actions_offered["three-d"].trigger()
    shown = opened.three_d.window
    assert isinstance(shown, ThreeDWindow)
    hanging = psutil.Process(shown.link.pid)
    hanging.suspend()  # as a driver that hangs
    until(shown.message.isVisible)
    assert "did not start within 0.1 s" in shown.message.text.text() and not shown.link.busy
    hanging.wait(60)
    monkeypatch.setattr(drawing_link, "START_LIMIT", limit)
    qtbot.mouseClick(shown.message.retry, LEFT)
    _wait(shown, until)
    assert not shown.message.isVisible()
    shown.close()


def _saved(opened: MainWindow, until: Until, path: Path) -> dict[str, object]:
    """Save a session; what it says of the view in 3D."""
    opened.housekeeping.files.save(path)
    until(lambda: path.exists() and not opened.controller.work.tasks)
    seen = json.loads(path.read_text())["studies"][0]["state"]["view_in_3d"]
    assert isinstance(seen, dict)
    return seen


@with_vtk
def test_a_session_keeps_how_it_is_seen_in_3d(
    opened: MainWindow,
    qtbot: QtBot,
    until: Until,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = _shown(opened, qtbot, until)
    _choose(qtbot, shown.controls.cut, "coronal")
    _choose(qtbot, shown.controls.mode, "volume")
    _choose(qtbot, shown.controls.preset, "skin")
    _drag(qtbot, shown.shown_panes[0], (60, 20))
    _wait(shown, until)
    look, camera = shown.controls.look, shown.camera
    assert (look.preset, look.cut, look.mode) == ("skin", "coronal", "volume")
    seen = _saved(opened, until, tmp_path / "a.srviewer")
    shown.close()
    opened.studies.close(0)
    opened.open([tmp_path / "a.srviewer"])
    until(lambda: opened.study.scan is not None)
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "vtkmodules", None)  # as if it were not installed
        opened.actions_offered["three-d"].trigger()
        assert opened.three_d.window.message.isVisible()
        assert _saved(opened, until, tmp_path / "b.srviewer") == seen
        opened.three_d.window.close()
    opened.actions_offered["three-d"].trigger()
    shown = opened.three_d.window
    _wait(shown, until)
    assert (shown.controls.look, shown.camera) == (look, camera)
    assert shown.controls.preset.currentData() == "skin"
    assert _saved(opened, until, tmp_path / "c.srviewer") == seen
    shown.close()


@with_vtk
@pytest.mark.skipif(sys.platform == "win32", reason="processes cannot be stopped there")
def test_a_drawing_that_hangs_says_so_and_is_given_up(
    opened: MainWindow, qtbot: QtBot, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = _shown(opened, qtbot, until)
    hanging = psutil.Process(shown.link.pid)
    with monkeypatch.context() as hasty:
        hasty.setattr(drawing_link, "QUIET_FOR", 100)
        for number in range(2):
            hanging.suspend()  # as a driver that hangs
            shown.see_from("L" if number else "S")
            until(lambda: "has not answered for" in shown.shown_panes[0].note)
            if not number:
                hanging.resume()
                _wait(shown, until)
                assert shown.shown_panes[0].note == "" and not shown.message.isVisible()
        hasty.setattr(drawing_link, "GIVEN_UP_AFTER", 0)
        until(shown.message.isVisible)
    assert "did not answer for 0 s and was ended" in shown.message.text.text()
    assert shown.link.pid is None and not shown.link.busy
    hanging.wait(60)
    qtbot.mouseClick(shown.message.retry, LEFT)
    _wait(shown, until)
    assert not shown.message.isVisible() and shown.shown_panes[0].note == ""
    shown.close()


def test_without_vtk_it_says_how_to_get_it(
    opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vtkmodules", None)  # as if it were not installed
    opened.actions_offered["three-d"].trigger()
    shown = opened.three_d.window
    assert isinstance(shown, ThreeDWindow)
    assert shown.message.isVisible() and shown.link.pid is None
    assert "drawn in 3D by VTK, which is not installed." in shown.message.text.text()
    qtbot.mouseClick(shown.message.copy, LEFT)
    assert QGuiApplication.clipboard().text() == INSTALL == 'pip install "srviewer[3d]"'
    assert not [name for name in sys.modules if name.startswith("vtkmodules.")]
    shown.close()
