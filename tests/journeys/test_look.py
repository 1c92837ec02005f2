"""A user looks: grey levels, colours, playing, measuring, masks."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QToolButton
from pytestqt.qtbot import QtBot

from srviewer.core.intensity.window import Window
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.dialogs.mip_dialog import MipDialog
from srviewer.gui.panels.look.cine import CineBox
from srviewer.gui.panels.look.look_panel import LookPanel
from srviewer.gui.panels.look.overlay_list import OverlayBox, OverlayRow
from srviewer.gui.panels.measure import MeasurePanel
from srviewer.gui.state.tool import Tool
from srviewer.gui.window.bars.study_tabs import StudyTabs
from srviewer.gui.window.bars.time_bar import TimeBar
from srviewer.gui.window.main_window import MainWindow

Drop = Callable[[Sequence[Path]], bool]
Until = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def look(opened: MainWindow) -> LookPanel:
    """The panel for looking, in front."""
    return _panel(opened, LookPanel)


def _panel(window: MainWindow, kind: type) -> object:
    panel = window.panels.findChild(kind)
    index = next(
        number
        for number in range(window.panels.count())
        if window.panels.widget(number).isAncestorOf(panel)
    )
    window.panels.setCurrentIndex(index)
    return panel


def _drag(qtbot: QtBot, pane: object, start: QPoint, stop: QPoint) -> None:
    qtbot.mousePress(pane, LEFT, pos=start)
    qtbot.mouseMove(pane, (start + stop) / 2)
    qtbot.mouseMove(pane, stop)
    qtbot.mouseRelease(pane, LEFT, pos=stop)


def test_drag_a_limit_of_the_histogram_and_type_a_level(
    look: LookPanel, opened: MainWindow, qtbot: QtBot, until: Until, thick_head: Volume
) -> None:
    until(lambda: look.histogram.histogram is not None)
    counted = look.histogram.histogram
    assert counted is not None
    assert counted.counts.sum() == thick_head.voxels.size
    before = opened.study.view.window
    x = round(look.histogram.scale().x(before.high))
    _drag(qtbot, look.histogram, QPoint(x, 40), QPoint(x - 60, 40))
    after = opened.study.view.window
    assert after.high < before.high and after.low == pytest.approx(before.low)
    assert look.levels.level.value() == pytest.approx(after.level, abs=1)
    look.levels.level.setFocus()
    look.levels.level.selectAll()
    qtbot.keyClicks(look.levels.level, "321")
    qtbot.keyClick(look.levels.level, Qt.Key.Key_Return)
    assert opened.study.view.window.level == pytest.approx(321)
    qtbot.keyClick(look.histogram, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert opened.study.view.window.width > after.width
    qtbot.mouseClick(look.levels.automatic, LEFT)
    assert opened.study.view.window == opened.study.auto_window


def test_choose_colours_invert_and_hide_the_crosshair_with_keys(
    look: LookPanel, opened: MainWindow, qtbot: QtBot
) -> None:
    look.colours.setFocus()
    qtbot.keyClick(look.colours, Qt.Key.Key_Down)
    assert opened.study.view.colours == "hot"
    pane = opened.compare.scan.panes[Plane.AXIAL]
    pane.setFocus()
    qtbot.keyClick(pane, Qt.Key.Key_X)
    assert not opened.study.view.crosshair and not look.crosshair.isChecked()
    qtbot.keyClick(pane, Qt.Key.Key_I, Qt.KeyboardModifier.ShiftModifier)
    assert opened.study.view.inverted and look.inverted.isChecked()


def test_play_through_the_slices_and_stop(
    look: LookPanel, opened: MainWindow, qtbot: QtBot, until: Until
) -> None:
    box = look.findChild(CineBox)
    box.rate.setValue(60)
    pane = opened.compare.scan.panes[Plane.AXIAL]
    pane.setFocus()
    seen: set[int] = set()
    opened.study.changed.connect(lambda _: pane.slice and seen.add(pane.slice.index))
    qtbot.keyClick(pane, Qt.Key.Key_P)
    until(lambda: seen == set(range(9)))  # round and round
    box.loop.click()
    until(lambda: not look.cine.playing)
    assert pane.slice.index == 8
    assert box.play.text() == "Play"


def test_draw_a_region_rename_it_and_export_the_values_before_and_after(
    opened: MainWindow,
    qtbot: QtBot,
    until: Until,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    thick_head: Volume,
) -> None:
    study = opened.study
    study.set_request(replace(study.request, method="cubic"))
    opened.controller.reconstructing.start()
    until(lambda: study.result is not None)
    panel = _panel(opened, MeasurePanel)
    pane = opened.compare.scan.panes[Plane.AXIAL]
    opened.activateWindow()
    pane.setFocus()
    until(pane.hasFocus)
    qtbot.keyClick(pane, Qt.Key.Key_E)
    assert study.tool is Tool.RECTANGLE
    z = study.view.cursor_mm[2]
    _drag(
        qtbot, pane, pane.position_of((-7, -5, z)).toPoint(), pane.position_of((7, 5, z)).toPoint()
    )
    assert panel.table.rowCount() == 1
    before, after = (float(panel.table.item(0, column).text()) for column in (2, 3))
    shown = [view.panes[Plane.AXIAL].annotations.shapes for view in opened.compare.rows[:2]]
    assert all(len(shapes) == 1 for shapes in shown)  # in both panes, in mm
    panel.table.item(0, 0).setText("left thalamus")
    assert study.rois[0].name == "left thalamus"
    target = tmp_path / "values.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), "Table (*.csv)"))
    qtbot.mouseClick(panel.export, LEFT)
    (row,) = csv.DictReader(target.read_text().splitlines())
    assert row["name"] == "left thalamus" and row["kind"] == "rectangle"
    assert float(row["before_mean"]) == pytest.approx(before, rel=1e-3)
    assert float(row["after_mean"]) == pytest.approx(after, rel=1e-3)
    assert float(row["area_mm2"]) == pytest.approx(140, rel=0.1)
    assert "Research use only" in row["notice"]
    panel.table.setFocus()
    panel.table.selectRow(0)
    qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert study.rois == ()


def test_lay_a_mask_over_the_scan_and_take_it_away(
    look: LookPanel,
    opened: MainWindow,
    qtbot: QtBot,
    until: Until,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    head: Volume,
) -> None:
    mask = (head.voxels > 100).astype(np.uint8)  # on a finer grid than the scan's
    path = tmp_path / "mask.nii.gz"
    nib.save(nib.Nifti1Image(mask, head.geometry.affine), path)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    box = look.findChild(OverlayBox)
    qtbot.mouseClick(box.add, LEFT)
    until(lambda: len(opened.study.overlays) == 1)
    assert opened.study.overlays[0].labelled
    row = box.findChild(OverlayRow)
    row.opacity.setValue(100)
    pane = opened.compare.scan.panes[Plane.AXIAL]
    at = pane.position_of((4.5, 6.5, opened.study.view.cursor_mm[2])).toPoint()
    colour = pane.grab().toImage().pixelColor(at)
    assert colour.getRgb()[:3] == (230, 159, 0)
    qtbot.mouseClick(row.findChild(QToolButton), LEFT)
    until(lambda: box.findChild(OverlayRow) is None)
    assert pane.grab().toImage().pixelColor(at).getRgb()[:3] != (230, 159, 0)


def test_a_mask_of_another_place_is_refused_in_plain_words(
    look: LookPanel, opened: MainWindow, until: Until, tmp_path: Path
) -> None:
    affine = np.diag((1.0, 1.0, 1.0, 1.0))
    affine[:3, 3] = 700
    path = tmp_path / "elsewhere.nii"
    nib.save(nib.Nifti1Image(np.ones((4, 4, 4), np.uint8), affine), path)
    look.overlays.load(path)
    until(opened.error_bar.isVisible)
    message = opened.error_bar.message.text()
    assert "elsewhere.nii" in message and "mm apart" in message
    assert opened.study.overlays == ()


def test_open_a_second_study_beside_the_first_and_go_back_to_it_as_it_was_left(
    opened: MainWindow, drop: Drop, qtbot: QtBot, until: Until, truth_file: Path
) -> None:
    study, studies = opened.study, opened.studies
    studies.choice = None
    study.set_request(replace(study.request, method="cubic"))
    opened.controller.reconstructing.start()
    until(lambda: study.result is not None)
    first, result = study.scan, study.result
    study.move_cursor((3.0, 4.0, 5.0))
    study.set_window(Window(10, 500))
    view, layout = study.view, study.comparing.layout
    drop([truth_file])
    question = opened.dropping.question
    assert question is not None and "truth.nii.gz" in question.text()
    question.checkBox().click()  # it is not ticked beforehand
    beside = next(b for b in question.buttons() if b.text() == "Open beside")
    qtbot.mouseClick(beside, LEFT)
    until(lambda: study.scan is not first)
    second = study.scan
    strip = opened.findChild(StudyTabs)
    assert strip.isVisible() and strip.count() == 2
    assert study.result is None
    qtbot.mouseClick(strip, LEFT, pos=strip.tabRect(0).center())
    assert study.scan is first and study.result is result
    assert study.view == view and study.comparing.layout is layout
    opened.activateWindow()
    until(opened.isActiveWindow)
    qtbot.keyClick(opened, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert study.scan is second
    drop([truth_file])  # not asked again
    assert opened.dropping.question is None
    until(lambda: strip.count() == 3)
    qtbot.keyClick(opened, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(opened, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert study.scan is first and not strip.isVisible()


def test_a_drop_can_replace_the_study_or_be_laid_over_it(
    opened: MainWindow, drop: Drop, qtbot: QtBot, until: Until, truth_file: Path
) -> None:
    study, studies = opened.study, opened.studies
    first, studies.choice = study.scan, None
    for text in ("Show as overlay", "Cancel", "Replace the study"):
        drop([truth_file])
        question = opened.dropping.question
        assert question is not None
        button = next(b for b in question.buttons() if b.text().replace("&", "") == text)
        qtbot.mouseClick(button, LEFT)
        if text == "Show as overlay":
            until(lambda: len(study.overlays) == 1)
        else:
            assert (study.scan is first) or text != "Cancel"
    until(lambda: study.scan is not first)
    assert len(studies.states) == 1


def test_step_through_the_volumes_of_a_series_in_time(
    window: MainWindow, drop: Drop, qtbot: QtBot, until: Until, tmp_path: Path, head: Volume
) -> None:
    path = tmp_path / "time.nii.gz"
    moving = np.stack([head.voxels, head.voxels / 2, head.voxels / 4], axis=-1)
    nib.save(nib.Nifti1Image(moving, head.geometry.affine), path)
    drop([path])
    until(lambda: window.study.scan is not None)
    study, bar = window.study, window.findChild(TimeBar)
    assert bar.isVisible() and bar.number.maximum() == 3
    first = study.scan
    study.move_cursor((2.0, 3.0, 4.0))
    view = study.view
    bar.number.setFocus()
    qtbot.keyClick(bar.number, Qt.Key.Key_Up)
    until(lambda: study.scan is not first)
    assert study.view == view
    assert np.allclose(study.scan.voxels, head.voxels / 2)
    bar.slider.setValue(3)
    until(lambda: np.allclose(study.scan.voxels, head.voxels / 4))
    assert bar.number.value() == 3
    study.set_request(replace(study.request, method="nearest"))
    window.controller.reconstructing.start()
    until(lambda: study.result is not None)
    result = study.result
    bar.slider.setValue(1)
    until(lambda: np.allclose(study.scan.voxels, head.voxels))
    assert study.result is None and len(window.studies.states) == 2
    window.studies.show(0)
    assert study.result is result and bar.number.value() == 3


def test_turn_the_projection_by_dragging_and_by_playing(
    opened: MainWindow, qtbot: QtBot, until: Until
) -> None:
    opened.actions_offered["projection"].trigger()
    dialog = opened.findChild(MipDialog)
    until(lambda: all(view.projections is not None for view in dialog.views))
    assert len(dialog.views) == 1  # there is no result yet
    front = dialog.views[0].grab().toImage()
    _drag(qtbot, dialog.views[0], QPoint(100, 100), QPoint(200, 100))
    assert dialog.slider.value() > 30
    assert dialog.views[0].grab().toImage() != front
    before = dialog.slider.value()
    qtbot.mouseClick(dialog.play, LEFT)
    until(lambda: dialog.slider.value() != before)
    dialog.reject()
    until(lambda: opened.findChild(MipDialog) is None)


def test_the_projection_is_of_the_scan_and_of_the_result_and_is_cut_to_a_slab(
    opened: MainWindow, rebuild: Callable[..., None], qtbot: QtBot, until: Until
) -> None:
    rebuild()
    opened.actions_offered["projection"].trigger()
    dialog = opened.findChild(MipDialog)
    until(lambda: all(view.projections is not None for view in dialog.views))
    before, after = dialog.views
    assert before.grab().toImage() != after.grab().toImage()
    whole = [view.projections for view in dialog.views]
    dialog.slab.setFocus()
    qtbot.keyClick(dialog.slab, Qt.Key.Key_Up)
    assert dialog.slab.text() == "Slab 5 mm"
    until(lambda: all(view.projections not in whole for view in dialog.views))
    slabs = [view.projections for view in dialog.views]
    for part, all_of_it in zip(slabs, whole, strict=True):
        assert part is not None and all_of_it is not None
        assert np.all(part.views <= all_of_it.views) and part.views.sum() < all_of_it.views.sum()
    qtbot.keyClick(dialog.slab, Qt.Key.Key_Down)
    assert dialog.slab.text() == "Whole volume"
    until(lambda: all(view.projections not in slabs for view in dialog.views))
    dialog.slider.setValue(40)
    assert before.degrees == after.degrees == 40
    dialog.reject()
    until(lambda: opened.findChild(MipDialog) is None)
