"""A user corrects a mask by hand: brush, eraser, fill, islands, undo, volumes, saving."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from srviewer.core.intensity.window import Window
from srviewer.core.resampling.reorient import Reorientation
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.panels.mask.mask_panel import MaskPanel
from srviewer.gui.state import undo
from srviewer.gui.state.tool import Tool
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.window.main_window import MainWindow
from srviewer.job import run
from srviewer.study.sessions.restore import restore
from srviewer.study.sessions.store import store

Until = Callable[[Callable[[], bool]], None]
LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
Index = tuple[int, int, int]


@pytest.fixture
def panel(opened: MainWindow) -> MaskPanel:
    """The panel of masks, in front."""
    found = opened.panels.panels["mask"]
    assert isinstance(found, MaskPanel)
    opened.panels.show_panel("mask")
    QApplication.processEvents()
    return found


@pytest.fixture
def empty(opened: MainWindow, panel: MaskPanel, until: Until) -> MaskPanel:
    """An empty mask on the scan, under correction."""
    QTest.mouseClick(panel.masks.new, LEFT)
    until(lambda: panel.correction.overlay is not None)
    return panel


def _pane(window: MainWindow, plane: Plane = Plane.AXIAL, row: int = 0) -> SliceView:
    return window.contents.compare.rows[row].panes[plane]


def _go(window: MainWindow, volume: Volume, index: Index) -> None:
    window.study.move_cursor(volume.geometry.world(index))
    QApplication.processEvents()


def _at(pane: SliceView, volume: Volume, index: Index) -> QPoint:
    return pane.position_of(tuple(volume.geometry.world(index))).toPoint()


def _drag(pane: SliceView, volume: Volume, *way: Index) -> None:
    """A left drag from voxel to voxel."""
    places = [_at(pane, volume, index) for index in way]
    QTest.mousePress(pane, LEFT, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(pane, place)
        QApplication.processEvents()
    QTest.mouseRelease(pane, LEFT, pos=places[-1])
    QApplication.processEvents()


def _voxels(panel: MaskPanel) -> np.ndarray:
    overlay = panel.correction.overlay
    assert overlay is not None
    return overlay.volume.voxels


def _idle(window: MainWindow) -> bool:
    return not window.controller.work.tasks


def _answer(text: str) -> list[str]:
    """Press a button of the next question; the texts that are asked."""
    asked: list[str] = []

    def reply() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            next(one for one in box.buttons() if one.text().replace("&", "") == text).click()

    QTimer.singleShot(0, reply)
    return asked


def test_paint_with_a_threshold_erase_and_take_back(
    opened: MainWindow, empty: MaskPanel, qtbot: QtBot, thick_head: Volume
) -> None:
    pane, scan, study = _pane(opened), opened.study.scan, opened.study
    assert scan is not None and study.tool is Tool.BRUSH
    empty.tools.diameter.setValue(8.0)
    QTest.mouseClick(empty.tools.limited, LEFT, pos=QPoint(8, empty.tools.limited.height() // 2))
    empty.tools.low.setValue(300.0)
    empty.tools.high.setValue(700.0)
    _go(opened, scan, (20, 24, 4))
    cursor = study.view.cursor_mm
    _drag(pane, scan, (10, 24, 4), (20, 20, 4), (30, 30, 4))
    painted = _voxels(empty) == 1
    assert painted.sum() > 60 and set(np.nonzero(painted)[2]) == {4}
    assert scan.voxels[painted].min() >= 300 and scan.voxels[painted].max() <= 700
    around = np.zeros(painted.shape, bool)
    around[7:13, 21:27, 4] = True
    grey = (scan.voxels >= 300) & (scan.voxels <= 700)
    assert (painted & around).sum() > 0.6 * (around & grey).sum()
    assert study.view.cursor_mm == cursor  # a stroke moves no crosshair
    colour = pane.grab().toImage().pixelColor(_at(pane, scan, _first(painted)))
    assert colour.red() > colour.blue() + 30  # the orange of label 1

    QTest.keyClick(opened, Qt.Key.Key_E, SHIFT)
    assert study.tool is Tool.ERASER
    _drag(pane, scan, (10, 24, 4), (14, 24, 4))
    erased = painted & (_voxels(empty) == 0)
    assert 0 < erased.sum() < painted.sum()
    assert opened.actions_offered["undo"].text() == "Undo mask"
    QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL)
    assert np.array_equal(_voxels(empty) == 1, painted)
    QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL)
    assert not _voxels(empty).any()
    for _ in range(2):
        QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert np.array_equal(_voxels(empty) == 1, painted & ~erased)

    qtbot.keyClick(pane, Qt.Key.Key_Escape)
    assert study.tool is Tool.CROSSHAIR
    _drag(pane, scan, (20, 24, 4), (22, 24, 4))
    assert np.array_equal(_voxels(empty) == 1, painted & ~erased)


def test_strokes_take_little_of_the_memory_of_undo(
    opened: MainWindow, empty: MaskPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane, scan = _pane(opened), opened.study.scan
    assert scan is not None
    monkeypatch.setattr(undo, "MOST_BYTES", scan.voxels.nbytes)
    _go(opened, scan, (20, 24, 4))
    for j in range(18, 30, 3):
        _drag(pane, scan, (20, j, 4))
    for _ in range(4):
        QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL)
    assert not _voxels(empty).any()


def _first(chosen: np.ndarray) -> Index:
    i, j, k = (int(n[len(n) // 2]) for n in np.nonzero(chosen))
    return i, j, k


def test_the_brush_has_a_size_a_shape_an_outline_and_keeps_other_labels(
    opened: MainWindow, empty: MaskPanel, thick_head: Volume
) -> None:
    pane, scan, study = _pane(opened), opened.study.scan, opened.study
    assert scan is not None
    _go(opened, scan, (20, 24, 4))
    middle = _at(pane, scan, (20, 24, 4))
    QTest.mouseMove(pane, middle + QPoint(3, 3))
    QTest.mouseMove(pane, middle)
    brush = pane.annotations.brush
    assert brush is not None and brush.colour == (230, 159, 0)
    before = study.mask_tools.brush.diameter_mm
    QTest.keyClick(opened, Qt.Key.Key_BracketRight)
    assert study.mask_tools.brush.diameter_mm == before * 1.25
    _wheel(pane, middle, -1)
    assert study.mask_tools.brush.diameter_mm == before
    assert pane.annotations.brush.radius == pytest.approx(brush.radius)
    QTest.mouseClick(empty.tools.sphere, LEFT, pos=QPoint(8, empty.tools.sphere.height() // 2))
    _drag(pane, scan, (20, 24, 4))
    assert set(np.nonzero(_voxels(empty))[2]) == {3, 4, 5}
    first = _voxels(empty) == 1

    QTest.mouseClick(empty.labels.add, LEFT)
    empty.labels.name.setText("Lesion")
    QTest.keyClick(empty.labels.name, Qt.Key.Key_Return)
    assert [each.name for each in empty.correction.overlay.labels] == ["", "Lesion"]
    _drag(pane, scan, (22, 26, 4))
    assert np.array_equal(_voxels(empty) == 1, first) and (_voxels(empty) == 2).any()
    empty.tools.protects.click()
    _drag(pane, scan, (22, 26, 4))
    assert (_voxels(empty)[first] == 2).any()


def _wheel(pane: SliceView, at: QPoint, notches: int) -> None:
    turn = QPoint(0, 120 * notches)
    place, whole = QPointF(at), QPointF(pane.mapToGlobal(at))
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(place, whole, QPoint(), turn, Qt.MouseButton.NoButton, SHIFT, phase, False)
    QApplication.sendEvent(pane, event)


@pytest.fixture
def drawn(
    opened: MainWindow, panel: MaskPanel, until: Until, tmp_path: Path, thick_head: Volume
) -> MaskPanel:
    """A loaded mask with a ring, an island and a hollow box, under correction."""
    labels = np.zeros(thick_head.geometry.shape, np.uint8)
    labels[8:16, 8:16, 4] = 1
    labels[10:14, 10:14, 4] = 0
    labels[30, 30, 2] = 1
    labels[20:25, 30:35, 5:8] = 1
    labels[21:24, 31:34, 6] = 0
    path = tmp_path / "lesion_mask.nii.gz"
    nib.save(nib.Nifti1Image(labels, thick_head.geometry.affine), path)
    opened.dropping._overlays.load(path)
    until(lambda: len(opened.study.overlays) == 1 and _idle(opened))
    panel.masks.masks.setCurrentIndex(1)
    panel.masks.masks.activated.emit(1)
    until(lambda: panel.correction.overlay is not None)
    return panel


def test_fill_islands_holes_and_the_table(
    opened: MainWindow,
    drawn: MaskPanel,
    until: Until,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pane, scan = _pane(opened), opened.study.scan
    assert scan is not None and not drawn.correction.unsaved
    voxel_ml = scan.geometry.voxel_mm3 / 1000
    loaded = int((_voxels(drawn) == 1).sum())
    _go(opened, scan, (12, 12, 4))
    QTest.keyClick(opened, Qt.Key.Key_F, SHIFT)
    assert opened.study.tool is Tool.FILL
    QTest.mouseClick(pane, LEFT, pos=_at(pane, scan, (12, 12, 4)))
    until(lambda: bool(_voxels(drawn)[12, 12, 4]))
    assert (_voxels(drawn) == 1).sum() == loaded + 16
    QTest.mouseClick(pane, LEFT, pos=_at(pane, scan, (25, 30, 4)))
    until(opened.error_bar.isVisible)
    assert "not enclosed" in opened.error_bar.message.text()

    QTest.mouseClick(drawn.islands.holes, LEFT)
    until(lambda: bool(_voxels(drawn)[22, 32, 6]))
    drawn.islands.least.setValue(2 * voxel_ml)
    QTest.mouseClick(drawn.islands.small, LEFT)
    until(lambda: not _voxels(drawn)[30, 30, 2])
    QTest.mouseClick(drawn.islands.largest, LEFT)
    until(lambda: not _voxels(drawn)[12, 12, 4])
    assert (_voxels(drawn) == 1).sum() == 75

    (row,) = drawn.correction.volumes()
    assert (row.before, row.after) == (loaded, 75)
    assert drawn.volumes.table.item(0, 2).text() == f"{75 * voxel_ml:,.2f}"
    QTest.mouseClick(drawn.volumes.copy, LEFT)
    assert QApplication.clipboard().text().splitlines()[1].split("\t")[3:5] == [str(loaded), "75"]
    table = tmp_path / "volumes.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(table), ""))
    QTest.mouseClick(drawn.volumes.export, LEFT)
    (written,) = csv.DictReader(table.read_text().splitlines())
    assert float(written["ml_after"]) == pytest.approx(75 * voxel_ml)
    assert float(written["difference_percent"]) == pytest.approx(100 * (75 - loaded) / loaded)

    for _ in range(4):
        QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL)
    assert (_voxels(drawn) == 1).sum() == loaded and not drawn.correction.unsaved


def test_save_and_reopen_bit_for_bit_with_names_and_colours(
    opened: MainWindow,
    drawn: MaskPanel,
    until: Until,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pane, scan = _pane(opened), opened.study.scan
    assert scan is not None
    drawn.labels.name.setText("Lesion <1> & more")
    drawn.labels.name.editingFinished.emit()
    assert drawn.correction.unsaved  # the file has no such name
    drawn.correction.change_label(colour=(12, 200, 77))
    _go(opened, scan, (20, 24, 4))
    _drag(pane, scan, (20, 24, 4), (26, 24, 4))
    assert drawn.correction.unsaved and "is not saved" in drawn.state.text()
    source = tmp_path / "lesion_mask.nii.gz"
    before = source.read_bytes()
    for target in (source, tmp_path / "lesion_corrected.nii.gz"):  # the first is refused
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, to=target: (str(to), ""))
        opened.error_bar.hide()
        QTest.keyClick(opened, Qt.Key.Key_S, CONTROL | SHIFT)
        until(lambda: _idle(opened))
    assert source.read_bytes() == before
    assert not drawn.correction.unsaved and drawn.state.text() == "As in lesion_corrected.nii.gz"

    image = nib.load(target)
    assert image.get_data_dtype() == np.uint8
    assert np.array_equal(image.get_fdata(), _voxels(drawn))
    assert np.allclose(image.affine, scan.geometry.affine)
    document = json.loads((tmp_path / "lesion_corrected.json").read_text())
    assert "corrected by hand with srviewer" in document["history"][-1]
    assert document["corrected_by_hand"][0]["voxels"] == int((_voxels(drawn) == 1).sum())
    corrected = _voxels(drawn).copy()
    opened.dropping._overlays.load(target)
    until(lambda: len(opened.study.overlays) == 2 and _idle(opened))
    again = opened.study.overlays[1]
    assert np.array_equal(again.volume.voxels, corrected)
    assert (again.labels[0].name, again.labels[0].colour) == ("Lesion <1> & more", (12, 200, 77))

    # A file of another origin is replaced only after a question.
    other = tmp_path / "other.nii.gz"
    nib.save(nib.Nifti1Image(np.zeros((2, 2, 2), np.uint8), np.eye(4)), other)
    there = other.read_bytes()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(other), ""))
    asked: list[str] = []

    def refuse() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            box.button(QMessageBox.StandardButton.Cancel).click()
        elif not asked:
            QTimer.singleShot(20, refuse)

    QTimer.singleShot(20, refuse)
    QTest.mouseClick(drawn.save, LEFT)
    until(lambda: bool(asked) and _idle(opened))
    assert "Replace it?" in asked[0] and other.read_bytes() == there
    assert drawn.correction.last_saved == target  # which is proposed again, not what was refused


def test_a_mask_on_the_thick_scan_is_carried_to_the_thin_grid_and_corrected_there(
    opened: MainWindow, drawn: MaskPanel, until: Until, rebuild: Callable[..., None]
) -> None:
    assert not drawn.masks.carry.isEnabled()
    rebuild()
    until(lambda: _idle(opened))
    scan, result = opened.study.scan, opened.study.result
    assert scan is not None and result is not None
    thick = _voxels(drawn).copy()
    QTest.mouseClick(drawn.masks.carry, LEFT)
    until(lambda: len(opened.study.overlays) == 2 and _idle(opened))
    thin = drawn.correction.overlay
    assert thin is not None and thin.volume.geometry.matches(result.volume.geometry)
    assert (
        "drawn in the panes of" in drawn.masks.grid.text()
        and "scan" not in (drawn.masks.grid.text().partition("panes of")[2])
    )
    assert opened.study.overlays[0].opacity == 0  # its voxels would hide what is erased
    (row,) = drawn.correction.volumes()
    assert row.before_ml == pytest.approx(thick.sum() * scan.geometry.voxel_mm3 / 1000, rel=0.01)

    before = _voxels(drawn).copy()
    index = (20, 24, 18)
    _go(opened, result.volume, index)
    opened.study.set_tool(Tool.BRUSH)
    upper, lower = _pane(opened, row=0), _pane(opened, row=1)
    _drag(upper, result.volume, index)  # of the scan: it has other slices
    assert np.array_equal(_voxels(drawn), before)
    QTest.mouseMove(upper, _at(upper, result.volume, index) + QPoint(2, 2))
    assert "Mask on another grid" in upper.annotations.reading and upper.annotations.brush is None
    _drag(lower, result.volume, index)
    changed = np.nonzero(_voxels(drawn) != before)
    assert set(changed[2]) == {18} and drawn.correction.volumes()[0].after > row.after
    assert np.array_equal(opened.study.overlays[0].volume.voxels, thick)
    drawn.masks.masks.setCurrentIndex(0)
    drawn.masks.masks.activated.emit(0)
    assert opened.study.overlays[0].opacity > 0  # nobody paints what is not seen


def test_a_mask_stored_along_other_axes_is_painted_at_the_same_positions(
    opened: MainWindow, panel: MaskPanel, until: Until, tmp_path: Path
) -> None:
    scan = opened.study.scan
    assert scan is not None
    axes = Reorientation((2, 0, 1), (True, False, True))
    grid = axes.grid(scan.geometry)
    path = tmp_path / "turned_mask.nii.gz"
    empty = np.zeros(grid.shape, np.uint8)
    empty[0, 0, 0] = 1  # else it is no mask of anything
    nib.save(nib.Nifti1Image(empty, grid.affine), path)
    opened.dropping._overlays.load(path)
    until(lambda: len(opened.study.overlays) == 1 and _idle(opened))
    panel.correction.choose(0)
    until(lambda: panel.correction.overlay is not None)
    panel.tools.diameter.setValue(8.0)
    panel.correction.set_tools(within=Window(300.0, 700.0))
    for plane, normal in ((Plane.AXIAL, 2), (Plane.SAGITTAL, 0)):
        _go(opened, scan, (14, 20, 3))
        _drag(_pane(opened, plane), scan, (14, 20, 3), (14, 26, 3))
        painted = np.add(np.argwhere(_voxels(panel)[1:] == 1), (1, 0, 0))
        index = np.rint(scan.geometry.index(grid.world(painted))).astype(int)
        assert len(index) > 10 and set(index[:, normal]) == {(14, 20, 3)[normal]}
        grey = scan.voxels[tuple(index.T)]
        assert grey.min() >= 300 and grey.max() <= 700
        QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL)


def test_nothing_is_drawn_on_oblique_planes_slabs_and_composites(
    opened: MainWindow, empty: MaskPanel, rebuild: Callable[..., None]
) -> None:
    pane, scan, study = _pane(opened), opened.study.scan, opened.study
    assert scan is not None
    _go(opened, scan, (20, 24, 4))

    def refused() -> str:
        at = _at(pane, scan, (20, 24, 4))
        QTest.mouseMove(pane, at + QPoint(5, 5))
        _drag(pane, scan, (20, 24, 4))
        QTest.mouseMove(pane, at)
        assert not _voxels(empty).any()
        return pane.annotations.reading

    study.rotate_planes((0.0, 0.0, 12.0))
    assert "plain planes" in refused()
    QTest.keyClick(opened, Qt.Key.Key_Q)
    QTest.keyClick(opened, Qt.Key.Key_S)
    assert "single slices" in refused()
    QTest.keyClick(opened, Qt.Key.Key_S)
    rebuild()
    QTest.keyClick(opened, Qt.Key.Key_4)
    pane = _pane(opened)
    assert "one volume" in refused()
    QTest.keyClick(opened, Qt.Key.Key_1)
    pane = _pane(opened)
    _drag(pane, scan, (20, 24, 4))
    assert _voxels(empty).any() and pane.annotations.reading == ""


def test_closing_asks_about_a_mask_and_a_session_keeps_it(
    opened: MainWindow,
    drawn: MaskPanel,
    until: Until,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pane, scan = _pane(opened), opened.study.scan
    assert scan is not None
    loaded = dict(drawn.correction.overlay.correction.before)
    _go(opened, scan, (20, 24, 4))
    _drag(pane, scan, (20, 24, 4), (26, 24, 4))
    corrected = _voxels(drawn).copy()
    asked = _answer("Cancel")
    opened.contents.closing.close_current()
    assert "Close without saving?" in asked[0] and "lesion_mask" in asked[0]
    assert opened.study.scan is scan

    target = tmp_path / "saved_first.nii.gz"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    _answer("Save\u2026")
    opened.contents.closing.close_current()
    until(lambda: opened.contents.closing.bar.isVisible())
    assert opened.study.scan is scan and not drawn.correction.unsaved
    assert np.array_equal(nib.load(target).get_fdata(), corrected)
    _drag(pane, scan, (20, 26, 4), (26, 26, 4))
    corrected = _voxels(drawn).copy()

    path = tmp_path / "work.srviewer"
    opened.housekeeping.files.save(path)
    until(lambda: path.exists() and _idle(opened))
    assert not drawn.correction.unsaved  # the session has written it beside itself
    opened.contents.closing.close_current()
    assert opened.study.scan is None
    opened.open([path])
    until(lambda: opened.study.scan is not None and _idle(opened))
    (overlay,) = opened.study.overlays
    assert overlay.volume.name == "lesion_mask" and overlay.correction is not None
    assert np.array_equal(overlay.volume.voxels, corrected)
    assert dict(overlay.correction.before) == loaded
    assert drawn.correction.volumes()[0].before == loaded[1]


def test_a_session_has_the_strokes_that_end_while_it_is_written(
    opened: MainWindow, drawn: MaskPanel, tmp_path: Path
) -> None:
    pane, scan = _pane(opened), opened.study.scan
    assert scan is not None
    _go(opened, scan, (20, 24, 4))
    _drag(pane, scan, (20, 24, 4), (26, 24, 4))
    states = opened.studies.states
    QTest.mouseClick(drawn.labels.add, LEFT)
    _drag(pane, scan, (20, 34, 4), (26, 34, 4))  # before a worker has copied the mask
    written = run(store(tmp_path / "a.srviewer", states, 0, tmp_path / "files", Path.exists))
    assert len(written) == 1 and drawn.correction.unsaved  # no file is known to hold it
    session = run(restore(tmp_path / "a.srviewer", opened.study.state, "auto", Path.exists))
    (overlay,) = session.states[0].overlays
    assert not session.problems and overlay.correction is not None
    assert np.array_equal(overlay.volume.voxels, _voxels(drawn))
    document = json.loads((tmp_path / "files" / "mask-1.json").read_text())
    counts = {row["label"]: row["voxels"] for row in document["corrected_by_hand"]}
    assert counts == dict(overlay.correction.mask.counts) and len(counts) == 2


def test_the_study_on_the_right_is_only_looked_at(
    opened: MainWindow, empty: MaskPanel, until: Until, truth_file: Path
) -> None:
    scan = opened.study.scan
    assert scan is not None
    _go(opened, scan, (20, 24, 4))
    _drag(_pane(opened), scan, (20, 24, 4), (26, 24, 4))
    mask, painted = empty.correction.overlay.correction.mask, _voxels(empty).copy()
    opened.studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(opened.studies.states) == 2 and _idle(opened))
    QTest.mouseClick(empty.masks.new, LEFT)
    until(lambda: empty.correction.overlay is not None)
    QTest.keyClick(opened, Qt.Key.Key_8)
    QApplication.processEvents()
    second = opened.compare.second
    assert second is not None and opened.studies.second.overlays
    right = second.row.panes[Plane.AXIAL]
    for tool in (Tool.BRUSH, Tool.ERASER):
        opened.study.set_tool(tool)
        QTest.mouseMove(right, _at(right, scan, (18, 20, 4)))
        _drag(right, scan, (20, 20, 4), (24, 28, 4))
        QTest.mouseMove(right, _at(right, scan, (20, 20, 4)))
        assert "on the left" in right.annotations.reading
    assert np.array_equal(mask.voxels, painted) and not _voxels(empty).any()
