"""A user looks at two studies beside each other."""

import gc
import re
from pathlib import Path
from weakref import ref

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from srviewer.core.volumes.volume import Volume
from srviewer.gui.figures.figure import FigurePage
from srviewer.gui.figures.figure_caption import scores_line, volumes_line
from srviewer.gui.figures.figure_contents import copied, picture_of
from srviewer.gui.panels.look.look_panel import LookPanel
from srviewer.gui.state.tool import Tool
from srviewer.gui.window.bars.point_label import PointLabel
from srviewer.gui.window.bars.second_study_bar import SecondStudyBar
from srviewer.gui.window.main_window import MainWindow
from two_studies import (
    BOTH_KEYS,
    Until,
    drag_in,
    large_panes,
    link_text,
    open_beside,
    titles,
    wheel,
)


def test_two_studies_of_one_grid_step_together_with_grey_levels_of_their_own(
    pair: MainWindow, qtbot: QtBot
) -> None:
    study, second = pair.study, pair.studies.second
    left, right = large_panes(pair)
    assert "Linked in mm: the same grid" in link_text(pair)
    assert titles(left).startswith("thick") and titles(right).startswith("other")
    assert "Make sure that both are of one person" in pair.compare.notes.notes[0].text
    wheel(left, 1)
    assert left.slice is not None and right.slice is not None
    assert left.slice.index == right.slice.index
    wheel(right, -3)
    assert left.slice.index == right.slice.index
    assert study.view.cursor_mm == pytest.approx(second.view.cursor_mm)
    QTest.mouseClick(right, Qt.MouseButton.LeftButton, pos=QPoint(60, 50))
    assert study.view.cursor_mm == pytest.approx(second.view.cursor_mm)
    window, levels = study.view.window, second.view.window
    drag_in(right, QPoint(40, 25), Qt.MouseButton.RightButton)
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


def test_the_look_panel_is_about_the_study_whose_pane_was_clicked_last(
    pair: MainWindow, until: Until, qtbot: QtBot
) -> None:
    study, second = pair.study, pair.studies.second
    left, right = large_panes(pair)
    look = pair.findChild(LookPanel)
    pair.panels.show_panel("look")
    first = study.view
    assert look.meant.isVisible() and look.meant.text().endswith("of thick")
    qtbot.mouseClick(right, Qt.MouseButton.LeftButton)
    assert look.meant.text().endswith("of other")
    until(lambda: look.histogram.histogram is not None)
    assert look.levels.level.value() == pytest.approx(second.view.window.level, abs=1)
    for box, typed in ((look.levels.level, "1234"), (look.levels.width_box, "567")):
        box.selectAll()
        qtbot.keyClicks(box, typed)
        qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.mouseClick(look.inverted, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    look.slab.mm.selectAll()
    qtbot.keyClicks(look.slab.mm, "8")
    qtbot.keyClick(look.slab.mm, Qt.Key.Key_Return)
    window = second.view.window
    assert (window.level, window.width) == (1234, 567)
    assert second.view.inverted and second.view.thick_slab.mm == 8
    assert (study.view.window, study.view.inverted) == (first.window, first.inverted)
    assert not study.view.thick_slab.shown
    qtbot.mouseClick(left, Qt.MouseButton.LeftButton)
    assert look.meant.text().endswith("of thick") and not look.inverted.isChecked()
    assert look.levels.level.value() == pytest.approx(first.window.level, abs=1)
    qtbot.mouseClick(right, Qt.MouseButton.LeftButton)
    qtbot.keyClick(pair, "1")
    assert not look.meant.isVisible() and not look.inverted.isChecked()


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
    _, right = large_panes(pair)
    wheel(right, -30)  # to the last slice of the second study
    x, y, z = second.view.cursor_mm
    here = f"thick:  RAS {x:.1f}  {y:.1f}  {z - 30:.1f} mm   |   outside the scan"
    assert label.full.startswith(here) and label.full.count("outside") == 1
    right.leaveEvent(QEvent(QEvent.Type.Leave))
    assert label.full.startswith(here)


def test_what_needs_two_studies_is_off_once_one_is_closed(pair: MainWindow) -> None:
    names = ("second-linked", "second-align", "second-join", "second-headers")
    assert all(pair.actions_offered[name].isEnabled() for name in names)
    closed = pair.studies.second.scan  # whoever still holds it
    pair.studies.close(1 - pair.studies.current)
    assert closed is not None and pair.studies.second.scan is None
    assert not any(pair.actions_offered[name].isEnabled() for name in names)
    assert not pair.actions_offered.menu("second-study").isEnabled()


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


def test_another_volume_in_time_stays_the_second_study(
    opened: MainWindow, until: Until, thick_head: Volume, tmp_path: Path, qtbot: QtBot
) -> None:
    series = tmp_path / "series.nii.gz"
    voxels = np.stack([np.asarray(thick_head.voxels) * gain for gain in (1, 2)], axis=-1)
    nib.save(nib.Nifti1Image(voxels, thick_head.geometry.affine), series)
    open_beside(opened, until, series)
    qtbot.keyClick(opened, "8")
    qtbot.keyClick(opened, "L", Qt.KeyboardModifier.ShiftModifier)
    link, first = opened.study.state.second_study.link, opened.studies.second.scan
    opened.studies.show(1)
    qtbot.keyClick(opened, ".", Qt.KeyboardModifier.AltModifier)
    until(lambda: opened.study.scan is not first)
    later = opened.study.scan
    opened.studies.show(0)
    assert opened.studies.second.scan is later and opened.study.state.second_study.link == link


def test_what_was_done_last_in_either_study_is_taken_back(pair: MainWindow, qtbot: QtBot) -> None:
    study, second, history = pair.study, pair.studies.second, pair.housekeeping.history
    left, right = large_panes(pair)

    def undo() -> None:
        qtbot.keyClick(pair, "Z", Qt.KeyboardModifier.ControlModifier)

    qtbot.keyClick(pair, "D")
    drag_in(left, QPoint(40, 25), Qt.MouseButton.LeftButton)
    drag_in(right, QPoint(30, 25), Qt.MouseButton.LeftButton)
    assert len(study.rois) == len(second.rois) == 1
    undo()
    assert len(study.rois) == 1 and len(second.rois) == 0
    undo()
    assert len(study.rois) == 0
    for _ in range(2):
        qtbot.keyClick(pair, "Z", BOTH_KEYS)
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
