"""A user presses Reconstruct and sees the slices on screen long before the whole is there."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from srviewer.core.regions.roi import Roi
from srviewer.core.slices.planes import Plane, slice_at
from srviewer.core.volumes.volume import Volume
from srviewer.gui.study.reconstructing import RECONSTRUCT
from srviewer.gui.texts.offered import PRESS_RECONSTRUCT
from srviewer.gui.texts.wording import size_text
from srviewer.gui.views.pane_texts import NOT_YET
from srviewer.gui.views.shared_notes import ON_ITS_WAY
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.window.main_window import MainWindow
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.results.reconstruction import Reconstruction
from wheel import turn_wheel

MARK = NOT_YET.split(", ")[1]
Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def two(opened: MainWindow, until: Until, truth_file: Path) -> MainWindow:
    """The thick phantom, which is shown, and the thin one in a second tab."""
    opened.studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(opened.studies.states) == 2)
    opened.studies.show(0)
    return opened


def _press(window: MainWindow, qtbot: QtBot, text: str) -> None:
    buttons = window.panels.findChildren(QPushButton)
    button = next(b for b in buttons if b.text() == text and b.isVisible())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def _hold(window: MainWindow, held: bool) -> None:
    task = window.controller.work.running(RECONSTRUCT)
    assert task is not None
    task.hold(held)


def _seen(window: MainWindow) -> int:
    return 0 if window.study.preview is None else len(window.study.preview.slices)


def _looked(window: MainWindow, qtbot: QtBot, until: Until) -> None:
    """Press the button; the reconstruction stands still once all three slices have been seen."""

    def stop(changed: frozenset[str]) -> None:
        if _seen(window) == 3:
            _hold(window, True)

    connection = window.study.changed.connect(stop)
    _press(window, qtbot, "Reconstruct")
    until(lambda: _seen(window) == 3)
    window.study.disconnect(connection)


def _pane(window: MainWindow, plane: Plane) -> SliceView:
    return window.compare.result.panes[plane]


def _shared(window: MainWindow) -> list[str]:
    return [note.text for note in window.compare.notes.notes]


def _words(pane: SliceView) -> str:
    notes = pane.annotations
    lines = (*notes.top_left, *notes.top_right, *notes.bottom_left)
    return "\n".join((*(line.text for line in lines), notes.hint))


def test_slices_are_seen_first_and_the_result_takes_their_place(
    opened: MainWindow, until: Until, qtbot: QtBot
) -> None:
    study = opened.study
    request, scan = study.request, study.scan
    assert request is not None and scan is not None
    _looked(opened, qtbot, until)
    assert study.result is None and study.comparing.layout == "compare"
    _check_the_first_look(opened, scan)
    _hold(opened, False)
    until(lambda: study.result is not None)
    assert study.preview is None and study.comparing.layout == "compare"
    assert ON_ITS_WAY not in _shared(opened)
    for plane in Plane:
        pane = _pane(opened, plane)
        assert pane.volume is study.result.volume  # type: ignore[union-attr]
        assert "first look" not in _words(pane) and pane.annotations.hint == ""


def _check_the_first_look(window: MainWindow, scan: Volume) -> None:
    request, cursor = window.study.request, window.study.view.cursor_mm
    assert request is not None
    for fusion, plane in (("first", Plane.SAGITTAL), ("second", Plane.CORONAL)):
        alone: Reconstruction = run(reconstruct(scan, replace(request, fusion=fusion)))
        expected, pane = slice_at(alone.volume, plane, cursor), _pane(window, plane)
        assert pane.slice is not None
        assert np.allclose(pane.slice.pixels, expected.pixels, atol=1)  # of about 1000
        assert pane.slice.index == expected.index
        assert "first look\n" in _words(pane) and "one plane of two\n" in _words(pane)
    across = _words(_pane(window, Plane.AXIAL))
    assert "first look\n" in across and "one plane of two, 9 slices seen" in across
    assert _shared(window)[0] == ON_ITS_WAY
    assert not window.actions_offered["export-nifti"].isEnabled()
    assert not window.plot.isVisible() and "dB" not in across
    window.study.rotate_planes((0.0, 10.0, 0.0))
    across = _words(_pane(window, Plane.AXIAL))
    assert "along the voxel axes, not oblique yet\nAxial  1 " in across
    window.study.rotate_planes((0.0, 0.0, 0.0))


def test_a_slice_is_never_that_of_another_place(
    opened: MainWindow, until: Until, qtbot: QtBot
) -> None:
    study = opened.study
    _looked(opened, qtbot, until)
    axial, coronal = _pane(opened, Plane.AXIAL), _pane(opened, Plane.CORONAL)
    cubic = _cubic(opened)
    assert "first look" in _words(axial)
    for _ in range(6):  # with the wheel over the pane itself, beyond the thick slice
        turn_wheel(axial, -1)
    _check_cubic(axial, cubic)
    qtbot.mouseClick(axial, Qt.MouseButton.LeftButton, pos=axial.rect().center() / 1.4)
    for pane in (axial, coronal, _pane(opened, Plane.SAGITTAL)):
        _check_cubic(pane, cubic)
    shape = Roi("ellipse", Plane.AXIAL, ((0, 0, 0), (9, 0, 0), (0, 9, 0)))
    study.move_cursor((0, 0, -12))
    study.set_rois([replace(shape, points_mm=tuple((x, y, -12) for x, y, _ in shape.points_mm))])
    measured = [row.panes[Plane.AXIAL].annotations.shapes[0].text for row in opened.compare.rows]
    assert "voxels" in measured[0] and measured[1] == size_text(study.rois[0])
    assert study.scores is None and study.result is None
    _hold(opened, False)
    until(lambda: MARK not in _words(coronal))  # by its own slice, or by the result
    until(lambda: study.result is not None)
    assert study.result is not None
    for plane in Plane:
        pane = _pane(opened, plane)
        assert MARK not in _words(pane) and pane.volume is study.result.volume


def _cubic(window: MainWindow) -> Volume:
    scan, request = window.study.scan, window.study.request
    assert scan is not None and request is not None
    return run(reconstruct(scan, replace(request, method="cubic"))).volume


def _check_cubic(pane: SliceView, cubic: Volume) -> None:
    """It shows the whole scan by cubic interpolation at the crosshair, says so and no more."""
    expected = slice_at(cubic, pane.plane, pane.study.view.cursor_mm)
    assert pane.slice is not None and pane.volume is None
    assert (pane.slice.index, pane.slice.count) == (expected.index, expected.count)
    assert pane.slice.extent_mm == pytest.approx(expected.extent_mm)
    assert np.allclose(pane.slice.pixels, expected.pixels, atol=1)  # of about 1000
    notes = pane.annotations
    assert " ".join(line.text for line in notes.top_left[:2]) == NOT_YET and notes.top_right == ()


def test_a_rebuild_without_first_looks_shows_cubic_until_it_is_there(
    opened: MainWindow, until: Until, qtbot: QtBot, tmp_path: Path
) -> None:
    study = opened.study
    request = study.request
    assert request is not None
    study.set_request(replace(request, also=((0, 2),)))  # the whole scan decides each slice
    _press(opened, qtbot, "Reconstruct")
    _hold(opened, True)
    assert study.comparing.layout == "compare"
    cubic = _cubic(opened)
    for plane in Plane:
        _check_cubic(_pane(opened, plane), cubic)
    _press(opened, qtbot, "Cancel")
    until(lambda: opened.controller.work.tasks == ())
    study.set_request(request)
    opened.controller.reconstructing.start_into(tmp_path / "slabs.nii.gz")  # slab by slab
    _check_cubic(_pane(opened, Plane.CORONAL), _cubic(opened))
    until(lambda: study.result is not None)
    assert MARK not in _words(_pane(opened, Plane.CORONAL))


def test_a_cancel_leaves_the_study_as_it_was(
    opened: MainWindow, until: Until, qtbot: QtBot
) -> None:
    study = opened.study
    before = study.comparing, study.compared_volumes
    _looked(opened, qtbot, until)
    _press(opened, qtbot, "Cancel")
    assert study.preview is None
    assert (study.comparing, study.compared_volumes) == before
    until(lambda: opened.controller.work.tasks == ())
    assert study.preview is None and study.comparing.layout == "planes"
    study.compare(replace(study.comparing, layout="compare"))
    assert _words(_pane(opened, Plane.AXIAL)) == PRESS_RECONSTRUCT
    assert not opened.error_bar.isVisible()


def test_a_cancel_while_another_study_is_shown_leaves_both(
    two: MainWindow, until: Until, qtbot: QtBot
) -> None:
    study, scan = two.study, two.study.scan
    _looked(two, qtbot, until)
    assert study.comparing.layout == "compare"
    two.studies.show(1)
    assert study.preview is None and study.comparing.layout == "planes"
    two.studies.show(0)
    assert study.scan is scan and study.comparing.layout == "compare"
    assert "first look" in _words(_pane(two, Plane.CORONAL))  # it waited
    two.studies.show(1)
    _press(two, qtbot, "Cancel")
    until(lambda: two.controller.work.tasks == ())
    assert study.comparing.layout == "planes"
    two.studies.show(0)
    assert study.scan is scan and study.preview is None
    assert study.comparing.layout == "planes"


def test_slices_that_come_while_another_study_is_shown_wait(
    two: MainWindow, until: Until, qtbot: QtBot
) -> None:
    study = two.study
    _press(two, qtbot, "Reconstruct")
    _hold(two, True)
    assert study.comparing.layout == "compare"
    assert MARK in _words(_pane(two, Plane.AXIAL))
    two.studies.show(1)
    _hold(two, False)
    until(lambda: two.controller.work.running(RECONSTRUCT) is None)
    assert study.preview is None and study.result is None
    two.studies.show(0)
    assert study.result is not None and study.preview is None


def test_a_failure_leaves_the_study_as_it_was(
    opened: MainWindow, until: Until, qtbot: QtBot, tmp_path: Path
) -> None:
    study = opened.study
    request = study.request
    assert request is not None
    study.set_request(replace(request, device="cuda:9"))
    opened.controller.reconstructing.start()
    assert study.preview is not None
    until(opened.error_bar.isVisible)
    assert study.preview is None and study.comparing.layout == "planes"


def test_a_result_that_is_shown_stays_until_the_next_is_there(
    opened: MainWindow, until: Until, qtbot: QtBot
) -> None:
    study = opened.study
    request = study.request
    assert request is not None
    study.set_request(replace(request, method="cubic"))  # no network: nothing to look at first
    opened.controller.reconstructing.start()
    assert study.comparing.layout == "planes"
    until(lambda: study.result is not None)
    study.set_request(request)
    _press(opened, qtbot, "Reconstruct")
    assert study.preview is None
    assert _pane(opened, Plane.AXIAL).volume is study.result.volume  # type: ignore[union-attr]
    until(lambda: study.result is not None and study.result.request.method != "cubic")
