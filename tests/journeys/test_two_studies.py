"""A user looks at two studies beside each other, links them, aligns them and drags series there."""

import gc
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from weakref import ref

import nibabel as nib
import numpy as np
import pytest
from pydicom import dcmread
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.resample import resampled
from srviewer.core.stacks.rigid import motion_of
from srviewer.core.volumes.volume import Volume
from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.figures.figure import FigurePage
from srviewer.gui.figures.figure_caption import scores_line, volumes_line
from srviewer.gui.figures.figure_contents import copied, picture_of
from srviewer.gui.state.linked_views import link_of
from srviewer.gui.state.tool import Tool
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.window.bars.point_label import PointLabel
from srviewer.gui.window.bars.second_study_bar import SecondStudyBar
from srviewer.gui.window.main_window import MainWindow
from srviewer.gui.window.thumbnails.thumbnail_strip import ThumbnailStrip
from srviewer.job import run

Drop = Callable[[Sequence[Path]], bool]
Until = Callable[[Callable[[], bool]], None]
BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def _open_beside(window: MainWindow, until: Until, path: Path) -> None:
    """Open a file in a tab of its own; the study before is shown."""
    count = len(window.studies.states)
    window.studies.choice = "add"
    window.open([path])
    until(lambda: len(window.studies.states) == count + 1)
    window.studies.show(count - 1)


@pytest.fixture
def pair(
    opened: MainWindow, until: Until, thick_head: Volume, tmp_path: Path, qtbot: QtBot
) -> MainWindow:
    """The thick phantom and one of another contrast on the same grid, both shown by the key."""
    other = tmp_path / "other.nii.gz"
    voxels = 2000 - np.asarray(thick_head.voxels)
    nib.save(nib.Nifti1Image(voxels, thick_head.geometry.affine), other)
    _open_beside(opened, until, other)
    qtbot.keyClick(opened, "8")
    QApplication.processEvents()
    return opened


def _panes(window: MainWindow) -> tuple[SliceView, SliceView]:
    """The large panes of both studies."""
    second = window.compare.second
    assert second is not None
    plane = window.study.main_plane
    return window.compare.scan.panes[plane], second.row.panes[plane]


def _text(window: MainWindow) -> str:
    return window.findChild(SecondStudyBar).text.text()


def _titles(pane: SliceView) -> str:
    return " ".join(line.text for line in pane.annotations.top_left)


def _wheel(pane: SliceView, notches: int) -> None:
    at = QPointF(pane.rect().center())
    QApplication.sendEvent(
        pane,
        QWheelEvent(
            at,
            QPointF(pane.mapToGlobal(at.toPoint())),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def _drag(pane: SliceView, by: QPoint, button: Qt.MouseButton) -> None:
    start = pane.rect().center()
    QTest.mousePress(pane, button, Qt.KeyboardModifier.NoModifier, start)
    for step in (0.5, 1.0):
        at = start + QPoint(round(by.x() * step), round(by.y() * step))
        QTest.mouseMove(pane, at)
    QTest.mouseRelease(pane, button, Qt.KeyboardModifier.NoModifier, start + by)


def test_two_studies_of_one_grid_step_together_with_grey_levels_of_their_own(
    pair: MainWindow, qtbot: QtBot
) -> None:
    study, second = pair.study, pair.studies.second
    left, right = _panes(pair)
    assert "Linked in mm: the same grid" in _text(pair)
    assert _titles(left).startswith("thick") and _titles(right).startswith("other")
    assert "Make sure that both are of one person" in pair.compare.notes.notes[0].text
    _wheel(left, 1)
    assert left.slice is not None and right.slice is not None
    assert left.slice.index == right.slice.index
    _wheel(right, -3)
    assert left.slice.index == right.slice.index
    assert study.view.cursor_mm == pytest.approx(second.view.cursor_mm)
    QTest.mouseClick(right, Qt.MouseButton.LeftButton, pos=QPoint(60, 50))
    assert study.view.cursor_mm == pytest.approx(second.view.cursor_mm)
    window, levels = study.view.window, second.view.window
    _drag(right, QPoint(40, 25), Qt.MouseButton.RightButton)
    assert study.view.window == window and second.view.window != levels
    right.setFocus()
    pair.actions_offered["inverted"].trigger()
    assert second.view.inverted and not study.view.inverted
    assert pair.actions_offered["inverted"].isChecked()
    qtbot.keyClick(pair, "D")
    assert second.tool is study.tool is Tool.DISTANCE
    qtbot.keyClick(right, Qt.Key.Key_Escape)
    assert second.tool is study.tool is Tool.CROSSHAIR
    left.setFocus()
    assert not pair.actions_offered["inverted"].isChecked()
    qtbot.keyClick(right, Qt.Key.Key_Plus)
    assert study.view.zoom == second.view.zoom > 1
    label = pair.statusBar().findChild(PointLabel)
    of_one = r"RAS .* mm   \|   scan [\d.]+"
    assert re.fullmatch(rf"thick:  {of_one}      other:  {of_one}", label.full)
    right.setFocus()
    qtbot.keyClick(right, "S")
    assert "Axial, mean over 5 mm: scan" in label.full
    qtbot.keyClick(right, "S")
    qtbot.keyClick(pair, "1")
    assert not right.isVisible() and left.isVisible()
    pair.studies.show(1)
    view = pair.study.view
    assert view.inverted and view.zoom > 1 and view.main is None and second.scan is None


def test_planes_of_both_rest_after_a_link_was_cut_while_they_moved(
    pair: MainWindow, qtbot: QtBot
) -> None:
    study, second = pair.study, pair.studies.second
    left, _ = _panes(pair)
    left_button, alt = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier
    qtbot.mousePress(left, left_button, alt, QPoint(60, 50))
    qtbot.mouseMove(left, QPoint(60, 80))
    assert study.moving and second.moving
    pair.actions_offered["second-linked"].trigger()
    assert not link_of(study).linked
    qtbot.mouseRelease(left, left_button, alt, QPoint(60, 80))
    assert not study.moving and not second.moving


def test_the_status_bar_says_where_the_crosshair_is_outside_of_a_study(
    pair: MainWindow, qtbot: QtBot
) -> None:
    study, second = pair.study, pair.studies.second
    label = pair.statusBar().findChild(PointLabel)
    bar = pair.findChild(SecondStudyBar)
    qtbot.mouseClick(bar.by_hand, Qt.MouseButton.LeftButton)
    bar.offsets[2].lineEdit().selectAll()
    qtbot.keyClicks(bar.offsets[2].lineEdit(), "30")
    qtbot.keyClick(bar.offsets[2].lineEdit(), Qt.Key.Key_Return)
    x, y, z = study.view.cursor_mm
    there = f"other:  RAS {x:.1f}  {y:.1f}  {z + 30:.1f} mm   |   outside the scan"
    assert label.full.startswith("thick:") and label.full.endswith(there)
    _, right = _panes(pair)
    _wheel(right, -30)  # to the last slice of the second study
    x, y, z = second.view.cursor_mm
    here = f"thick:  RAS {x:.1f}  {y:.1f}  {z - 30:.1f} mm   |   outside the scan"
    assert label.full.startswith(here) and label.full.count("outside") == 1
    right.leaveEvent(QEvent(QEvent.Type.Leave))
    assert label.full.startswith(here)


def test_a_figure_shows_both_studies_and_names_them(pair: MainWindow) -> None:
    copy = copied(pair.study)
    page = FigurePage(copy, picture_of(copy))
    shown = [pane for row in page._view.every_row for pane in row.panes.values()]
    assert [pane.isVisible() for pane in shown].count(True) == 6
    image = page.image(1.0)
    colours = {image.pixelColor(x, 300).red() for x in range(700, 1200, 5)}
    assert len(colours) > 10
    assert volumes_line(copy) == "thick;  beside it: other"
    assert scores_line(copy) == "The grey levels on the right are of thick."
    page.close()


@pytest.fixture
def two_frames(window: MainWindow, until: Until, two_series: Path, qtbot: QtBot) -> MainWindow:
    """The thick one of two DICOM series of a folder, in two frames of reference, is open."""
    _open_first(window, until, two_series)
    return window


def _open_first(window: MainWindow, until: Until, folder: Path) -> None:
    def picker() -> SeriesPicker | None:
        return next((p for p in window.findChildren(SeriesPicker) if p.isVisible()), None)

    window.open([folder])
    until(lambda: picker() is not None)
    asked = picker()
    assert asked is not None
    asked.tree.choose(0)
    asked.accept()
    until(lambda: window.study.scan is not None)
    window.activateWindow()
    QApplication.processEvents()


def _drag_thumbnail(window: MainWindow, row: int, onto: SliceView) -> str:
    """Drag a thumbnail by the mouse into a pane; what is said on the way."""
    strip = window.findChild(ThumbnailStrip)
    handle, none = window.windowHandle(), Qt.KeyboardModifier.NoModifier
    start = strip.visualItemRect(strip.item(row)).center() - QPoint(0, 20)
    points = [strip.viewport().mapTo(window, start)]
    points += [points[0] + QPoint(15, 5), onto.mapTo(window, onto.rect().center())]
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, none, points[0])
    for at in points[1:]:
        QTest.mouseMove(handle, at)
    said = strip.drag.mark.sentence if strip.drag.mark is not None else ""
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, none, points[-1])
    return said


def test_a_thumbnail_is_dragged_into_a_pane_and_linked_by_hand(
    two_frames: MainWindow, until: Until, qtbot: QtBot, tmp_path: Path
) -> None:
    window, study, second = two_frames, two_frames.study, two_frames.studies.second
    strip = window.findChild(ThumbnailStrip)
    assert strip.isVisible() and strip.count() == 2
    assert [strip.item(row).text().split("\n")[1:] for row in (0, 1)] == [["shown"], []]
    said = _drag_thumbnail(window, 1, window.compare.scan.panes[study.main_plane])
    assert said == "Shows 'T1 thin (2)' beside 'T2 thick (1)'"
    until(lambda: second.scan is not None)
    assert second.scan.name == "T1 thin (2)" and len(window.studies.states) == 2
    assert study.scan.name == "T2 thick (1)" and study.comparing.layout == "two-studies"
    until(lambda: strip.item(1).text().endswith("second study"))
    assert "Not linked: they have two frames of reference" in _text(window)
    assert window.compare.second.pair.two.person == "same"
    left, _ = _panes(window)
    before = second.view.cursor_mm
    _wheel(left, 2)
    assert second.view.cursor_mm == before
    qtbot.keyClick(window, "L", Qt.KeyboardModifier.ShiftModifier)
    assert study.state.second_study.link.to_second(study.view.cursor_mm) == pytest.approx(before)
    bar = window.findChild(SecondStudyBar)
    qtbot.mouseClick(bar.by_hand, Qt.MouseButton.LeftButton)
    box = bar.offsets[2]
    box.lineEdit().selectAll()
    qtbot.keyClicks(box.lineEdit(), "6.5")
    qtbot.keyClick(box.lineEdit(), Qt.Key.Key_Return)
    x, y, z = window.contents.seconds.offset_mm
    assert z == 6.5 and "Linked by hand" in _text(window) and "6.5 mm" in _text(window)
    here = study.view.cursor_mm
    assert second.view.cursor_mm == pytest.approx(np.add(here, (x, y, z)))
    qtbot.keyClick(window, "Z", Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, "Z", Qt.KeyboardModifier.ControlModifier)
    assert "Not linked" in _text(window)
    qtbot.keyClick(window, "Z", BOTH)
    link = study.state.second_study.link
    window.housekeeping.files.save(tmp_path / "both.srviewer")
    until(lambda: window.controller.work.tasks == ())
    window.studies.choice = "replace"
    while window.studies.states:
        window.studies.close(0)
    assert second.scan is None
    window.open([tmp_path / "both.srviewer"])
    until(lambda: len(window.studies.states) == 2 and second.scan is not None)
    assert second.scan.name == "T1 thin (2)"
    assert study.state.second_study.link == link and "Linked by hand" in _text(window)


def test_a_drag_is_left_by_escape_and_a_drop_on_the_left_changes_places(
    two_frames: MainWindow, until: Until, qtbot: QtBot
) -> None:
    window, second = two_frames, two_frames.studies.second
    strip, handle = window.findChild(ThumbnailStrip), window.windowHandle()
    start = strip.viewport().mapTo(window, strip.visualItemRect(strip.item(1)).center())
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(handle, start + QPoint(300, 60))
    assert strip.drag.mark is not None
    qtbot.keyClick(strip, Qt.Key.Key_Escape)
    assert strip.drag.mark is None
    end = start + QPoint(300, 60)
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    assert len(window.studies.states) == 1 and window.study.comparing.layout == "planes"
    _drag_thumbnail(window, 1, window.compare.scan.panes[window.study.main_plane])
    until(lambda: second.scan is not None)
    left, _ = _panes(window)
    qtbot.keyClick(window, "L", Qt.KeyboardModifier.ShiftModifier)
    offset = np.array(window.contents.seconds.offset_mm)
    assert _drag_thumbnail(window, 1, left) == "Shows 'T1 thin (2)' here"
    assert window.study.scan.name == "T1 thin (2)" and second.scan.name == "T2 thick (1)"
    assert len(window.studies.states) == 2
    assert window.contents.seconds.offset_mm == pytest.approx(-offset)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    assert not strip.isVisible()


def test_another_volume_in_time_stays_the_second_study(
    opened: MainWindow, until: Until, thick_head: Volume, tmp_path: Path, qtbot: QtBot
) -> None:
    series = tmp_path / "series.nii.gz"
    voxels = np.stack([np.asarray(thick_head.voxels) * gain for gain in (1, 2)], axis=-1)
    nib.save(nib.Nifti1Image(voxels, thick_head.geometry.affine), series)
    _open_beside(opened, until, series)
    qtbot.keyClick(opened, "8")
    qtbot.keyClick(opened, "L", Qt.KeyboardModifier.ShiftModifier)
    link, first = opened.study.state.second_study.link, opened.studies.second.scan
    opened.studies.show(1)
    qtbot.keyClick(opened, ".", Qt.KeyboardModifier.AltModifier)
    until(lambda: opened.study.scan is not first)
    later = opened.study.scan
    opened.studies.show(0)
    assert opened.studies.second.scan is later and opened.study.state.second_study.link == link


def test_two_people_are_named_in_each_pane(
    window: MainWindow, until: Until, two_series: Path, qtbot: QtBot
) -> None:
    for path in two_series.glob("s2*.dcm"):
        dataset = dcmread(path)
        dataset.PatientID, dataset.PatientName = "77", "Roe^Richard"
        dataset.save_as(path)
    _open_first(window, until, two_series)
    strip = window.findChild(ThumbnailStrip)
    strip.setFocus()
    strip.setCurrentRow(1)
    qtbot.keyClick(strip, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    until(lambda: window.studies.second.scan is not None)
    _, right = _panes(window)
    until(lambda: _titles(right).startswith("ANOTHER PERSON"))
    assert window.compare.notes.notes[0].text.startswith("TWO PEOPLE: ")
    assert "Not linked: they are of two people" in _text(window)
    strip.setCurrentRow(1)
    qtbot.keyClick(strip, Qt.Key.Key_Return)
    assert window.study.scan.name == "T1 thin (2)" and window.studies.second.scan is None


def test_align_finds_the_motion_and_both_follow_it(
    opened: MainWindow, until: Until, thick_head: Volume, head: Volume, tmp_path: Path, qtbot: QtBot
) -> None:
    motion = motion_of((0.05, -0.03, 0.06, 4.0, -3.0, 2.5), head.geometry.centre)
    there = replace(head, geometry=Geometry(head.geometry.shape, motion @ head.geometry.affine))
    later = run(resampled(there, head.geometry)).volume
    path = tmp_path / "later.nii.gz"
    nib.save(nib.Nifti1Image(np.asarray(later.voxels), later.geometry.affine), path)
    _open_beside(opened, until, path)
    qtbot.keyClick(opened, "8")
    assert "Not linked: nothing says that their positions can be compared" in _text(opened)
    qtbot.keyClick(opened, "L", BOTH)
    assert not opened.actions_offered["second-align"].isEnabled()
    until(lambda: not opened.contents.seconds.aligning)
    assert _text(opened).startswith("Aligned: shifted by ")
    link, here = opened.study.state.second_study.link, opened.study.view.cursor_mm
    for corner in ((10.0, 12.0, -8.0), (-10.0, -12.0, 8.0), here):
        wanted = (motion @ (*corner, 1.0))[:3]
        assert np.linalg.norm(np.subtract(link.to_second(corner), wanted)) < 0.5
    assert opened.studies.second.view.cursor_mm == pytest.approx(link.to_second(here))
    left, right = _panes(opened)
    qtbot.keyClick(left, Qt.Key.Key_End)
    assert _titles(right).startswith("later, scan, ") and "mm from the crosshair" in _titles(right)
    qtbot.keyClick(left, Qt.Key.Key_R)
    assert "mm from the crosshair" not in _titles(right)
    opened.study.rotate_planes((0.0, 10.0, 0.0))
    rotation = opened.studies.second.view.rotation
    assert rotation[1] == pytest.approx(10 - 1.7, abs=0.5) and rotation[0] != 0
    opened.controller.work.stop()


def test_what_was_done_last_in_either_study_is_taken_back(pair: MainWindow, qtbot: QtBot) -> None:
    study, second, history = pair.study, pair.studies.second, pair.housekeeping.history
    left, right = _panes(pair)

    def undo() -> None:
        qtbot.keyClick(pair, "Z", Qt.KeyboardModifier.ControlModifier)

    qtbot.keyClick(pair, "D")
    _drag(left, QPoint(40, 25), Qt.MouseButton.LeftButton)
    _drag(right, QPoint(30, 25), Qt.MouseButton.LeftButton)
    assert len(study.rois) == len(second.rois) == 1
    undo()
    assert len(study.rois) == 1 and len(second.rois) == 0
    undo()
    assert len(study.rois) == 0
    for _ in range(2):
        qtbot.keyClick(pair, "Z", BOTH)
    assert len(study.rois) == len(second.rois) == 1 and history.redo_title is None
    qtbot.keyClick(pair, Qt.Key.Key_Period)  # both rotate: one change
    assert study.view.rotation != (0, 0, 0) and second.view.rotation == study.view.rotation
    undo()
    assert study.view.rotation == second.view.rotation == (0, 0, 0)
    qtbot.keyClick(pair, "1")  # alone: what was drawn in the other study is not in sight
    undo()
    assert len(study.rois) == 0 and len(second.rois) == 1 and history.undo_title is None


def test_the_study_beside_is_taken_back_with_its_link(
    pair: MainWindow, until: Until, thick_head: Volume, tmp_path: Path, qtbot: QtBot
) -> None:
    third = tmp_path / "third.nii.gz"
    nib.save(nib.Nifti1Image(np.asarray(thick_head.voxels), thick_head.geometry.affine), third)
    pair.open([third])
    until(lambda: len(pair.studies.states) == 3)
    pair.studies.show(0)
    seconds, history = pair.contents.seconds, pair.housekeeping.history
    seconds.set_offset((1.0, 2.0, 3.0))
    seconds.choose(seconds.candidates[1].scan)
    assert seconds.names[1] == "third" and history.undo_title == "second study"
    history.undo()
    assert seconds.names[1] == "other" and seconds.offset_mm == pytest.approx((1, 2, 3))
    history.redo()
    assert seconds.names[1] == "third"
    before = ref(seconds.candidates[0].scan)
    pair.studies.close(1)  # which was beside before: nothing is left to go back to
    assert history.undo_title is None and seconds.names[1] == "third"
    beside = ref(pair.studies.second.scan)
    pair.studies.close(1)
    until(lambda: pair.controller.work.tasks == ())
    QApplication.processEvents()
    gc.collect()
    assert before() is None and beside() is None  # their voxels are freed
