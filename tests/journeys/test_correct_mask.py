"""A user corrects a mask by hand: brush, eraser, fill, islands, undo, volumes."""

import csv
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from mask_drawing import (
    CONTROL,
    LEFT,
    SHIFT,
    Index,
    drag,
    go_to,
    is_idle,
    pane_of,
    point_at,
    voxels_of,
)
from srviewer.core.intensity.window import Window
from srviewer.core.resampling.reorient import Reorientation
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.panels.mask.mask_panel import MaskPanel
from srviewer.gui.state import undo
from srviewer.gui.state.tool import Tool
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]


def test_paint_with_a_threshold_erase_and_take_back(
    opened: MainWindow, empty_mask: MaskPanel, qtbot: QtBot, thick_head: Volume
) -> None:
    pane, scan, study = pane_of(opened), opened.study.scan, opened.study
    assert scan is not None and study.tool is Tool.BRUSH
    empty_mask.tools.diameter.setValue(8.0)
    box = empty_mask.tools.limited
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    empty_mask.tools.low.setValue(300.0)
    empty_mask.tools.high.setValue(700.0)
    go_to(opened, scan, (20, 24, 4))
    cursor = study.view.cursor_mm
    drag(pane, scan, (10, 24, 4), (20, 20, 4), (30, 30, 4))
    painted = voxels_of(empty_mask) == 1
    assert painted.sum() > 60 and set(np.nonzero(painted)[2]) == {4}
    assert scan.voxels[painted].min() >= 300 and scan.voxels[painted].max() <= 700
    around = np.zeros(painted.shape, bool)
    around[7:13, 21:27, 4] = True
    grey = (scan.voxels >= 300) & (scan.voxels <= 700)
    assert (painted & around).sum() > 0.6 * (around & grey).sum()
    assert study.view.cursor_mm == cursor  # a stroke moves no crosshair
    colour = pane.grab().toImage().pixelColor(point_at(pane, scan, _first(painted)))
    assert colour.red() > colour.blue() + 30  # the orange of label 1

    QTest.keyClick(opened, Qt.Key.Key_E, SHIFT)
    assert study.tool is Tool.ERASER
    drag(pane, scan, (10, 24, 4), (14, 24, 4))
    erased = painted & (voxels_of(empty_mask) == 0)
    assert 0 < erased.sum() < painted.sum()
    assert opened.actions_offered["undo"].text() == "Undo mask"
    QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL)
    assert np.array_equal(voxels_of(empty_mask) == 1, painted)
    QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL)
    assert not voxels_of(empty_mask).any()
    for _ in range(2):
        QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert np.array_equal(voxels_of(empty_mask) == 1, painted & ~erased)

    qtbot.keyClick(pane, Qt.Key.Key_Escape)
    assert study.tool is Tool.CROSSHAIR
    drag(pane, scan, (20, 24, 4), (22, 24, 4))
    assert np.array_equal(voxels_of(empty_mask) == 1, painted & ~erased)


def test_strokes_take_little_of_the_memory_of_undo(
    opened: MainWindow, empty_mask: MaskPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane, scan = pane_of(opened), opened.study.scan
    assert scan is not None
    monkeypatch.setattr(undo, "MOST_BYTES", scan.voxels.nbytes)
    go_to(opened, scan, (20, 24, 4))
    for j in range(18, 30, 3):
        drag(pane, scan, (20, j, 4))
    for _ in range(4):
        QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL)
    assert not voxels_of(empty_mask).any()


def _first(chosen: np.ndarray) -> Index:
    i, j, k = (int(n[len(n) // 2]) for n in np.nonzero(chosen))
    return i, j, k


def test_the_brush_has_a_size_a_shape_an_outline_and_keeps_other_labels(
    opened: MainWindow, empty_mask: MaskPanel, thick_head: Volume
) -> None:
    pane, scan, study = pane_of(opened), opened.study.scan, opened.study
    assert scan is not None
    go_to(opened, scan, (20, 24, 4))
    middle = point_at(pane, scan, (20, 24, 4))
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
    box = empty_mask.tools.sphere
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    drag(pane, scan, (20, 24, 4))
    assert set(np.nonzero(voxels_of(empty_mask))[2]) == {3, 4, 5}
    first = voxels_of(empty_mask) == 1

    QTest.mouseClick(empty_mask.labels.add, LEFT)
    empty_mask.labels.name.setText("Lesion")
    QTest.keyClick(empty_mask.labels.name, Qt.Key.Key_Return)
    assert [each.name for each in empty_mask.correction.overlay.labels] == ["", "Lesion"]
    drag(pane, scan, (22, 26, 4))
    assert np.array_equal(voxels_of(empty_mask) == 1, first) and (voxels_of(empty_mask) == 2).any()
    empty_mask.tools.protects.click()
    drag(pane, scan, (22, 26, 4))
    assert (voxels_of(empty_mask)[first] == 2).any()


def _wheel(pane: SliceView, at: QPoint, notches: int) -> None:
    turn = QPoint(0, 120 * notches)
    place, whole = QPointF(at), QPointF(pane.mapToGlobal(at))
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(place, whole, QPoint(), turn, Qt.MouseButton.NoButton, SHIFT, phase, False)
    QApplication.sendEvent(pane, event)


def test_fill_islands_holes_and_the_table(
    opened: MainWindow,
    drawn_mask: MaskPanel,
    until: Until,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pane, scan = pane_of(opened), opened.study.scan
    assert scan is not None and not drawn_mask.correction.unsaved
    voxel_ml = scan.geometry.voxel_mm3 / 1000
    loaded = int((voxels_of(drawn_mask) == 1).sum())
    go_to(opened, scan, (12, 12, 4))
    QTest.keyClick(opened, Qt.Key.Key_F, SHIFT)
    assert opened.study.tool is Tool.FILL
    QTest.mouseClick(pane, LEFT, pos=point_at(pane, scan, (12, 12, 4)))
    until(lambda: bool(voxels_of(drawn_mask)[12, 12, 4]))
    assert (voxels_of(drawn_mask) == 1).sum() == loaded + 16
    QTest.mouseClick(pane, LEFT, pos=point_at(pane, scan, (25, 30, 4)))
    until(opened.error_bar.isVisible)
    assert "not enclosed" in opened.error_bar.message.text()

    QTest.mouseClick(drawn_mask.islands.holes, LEFT)
    until(lambda: bool(voxels_of(drawn_mask)[22, 32, 6]))
    drawn_mask.islands.least.setValue(2 * voxel_ml)
    QTest.mouseClick(drawn_mask.islands.small, LEFT)
    until(lambda: not voxels_of(drawn_mask)[30, 30, 2])
    QTest.mouseClick(drawn_mask.islands.largest, LEFT)
    until(lambda: not voxels_of(drawn_mask)[12, 12, 4])
    assert (voxels_of(drawn_mask) == 1).sum() == 75

    (row,) = drawn_mask.correction.volumes()
    assert (row.before, row.after) == (loaded, 75)
    assert drawn_mask.volumes.table.item(0, 2).text() == f"{75 * voxel_ml:,.2f}"
    QTest.mouseClick(drawn_mask.volumes.copy, LEFT)
    assert QApplication.clipboard().text().splitlines()[1].split("\t")[3:5] == [str(loaded), "75"]
    table = tmp_path / "volumes.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(table), ""))
    QTest.mouseClick(drawn_mask.volumes.export, LEFT)
    (written,) = csv.DictReader(table.read_text().splitlines())
    assert float(written["ml_after"]) == pytest.approx(75 * voxel_ml)
    assert float(written["difference_percent"]) == pytest.approx(100 * (75 - loaded) / loaded)

    for _ in range(4):
        QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL)
    assert (voxels_of(drawn_mask) == 1).sum() == loaded and not drawn_mask.correction.unsaved


def test_a_mask_stored_along_other_axes_is_painted_at_the_same_positions(
    opened: MainWindow, mask_panel: MaskPanel, until: Until, tmp_path: Path
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
    until(lambda: len(opened.study.overlays) == 1 and is_idle(opened))
    mask_panel.correction.choose(0)
    until(lambda: mask_panel.correction.overlay is not None)
    mask_panel.tools.diameter.setValue(8.0)
    mask_panel.correction.set_tools(within=Window(300.0, 700.0))
    for plane, normal in ((Plane.AXIAL, 2), (Plane.SAGITTAL, 0)):
        go_to(opened, scan, (14, 20, 3))
        drag(pane_of(opened, plane), scan, (14, 20, 3), (14, 26, 3))
        painted = np.add(np.argwhere(voxels_of(mask_panel)[1:] == 1), (1, 0, 0))
        index = np.rint(scan.geometry.index(grid.world(painted))).astype(int)
        assert len(index) > 10 and set(index[:, normal]) == {(14, 20, 3)[normal]}
        grey = scan.voxels[tuple(index.T)]
        assert grey.min() >= 300 and grey.max() <= 700
        QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL)


def test_nothing_is_drawn_on_oblique_planes_slabs_and_composites(
    opened: MainWindow, empty_mask: MaskPanel, rebuild: Callable[..., None]
) -> None:
    pane, scan, study = pane_of(opened), opened.study.scan, opened.study
    assert scan is not None
    go_to(opened, scan, (20, 24, 4))

    def refused() -> str:
        at = point_at(pane, scan, (20, 24, 4))
        QTest.mouseMove(pane, at + QPoint(5, 5))
        drag(pane, scan, (20, 24, 4))
        QTest.mouseMove(pane, at)
        assert not voxels_of(empty_mask).any()
        return pane.annotations.reading

    study.rotate_planes((0.0, 0.0, 12.0))
    assert "plain planes" in refused()
    QTest.keyClick(opened, Qt.Key.Key_Q)
    QTest.keyClick(opened, Qt.Key.Key_S)
    assert "single slices" in refused()
    QTest.keyClick(opened, Qt.Key.Key_S)
    rebuild()
    QTest.keyClick(opened, Qt.Key.Key_4)
    pane = pane_of(opened)
    assert "one volume" in refused()
    QTest.keyClick(opened, Qt.Key.Key_1)
    pane = pane_of(opened)
    drag(pane, scan, (20, 24, 4))
    assert voxels_of(empty_mask).any() and pane.annotations.reading == ""


@pytest.mark.parametrize("key", [Qt.Key.Key_PageUp, Qt.Key.Key_Period, Qt.Key.Key_S])
def test_a_stroke_ends_where_its_pane_shows_anything_else(
    opened: MainWindow, empty_mask: MaskPanel, key: Qt.Key
) -> None:
    pane, scan = pane_of(opened), opened.study.scan
    assert scan is not None
    go_to(opened, scan, (20, 24, 4))
    QTest.mousePress(pane, LEFT, pos=point_at(pane, scan, (12, 24, 4)))
    painted = voxels_of(empty_mask).copy()
    assert painted.any()
    QTest.keyClick(pane, key)
    QApplication.processEvents()
    QTest.mouseMove(pane, point_at(pane, scan, (28, 30, 4)))
    QTest.mouseRelease(pane, LEFT, pos=point_at(pane, scan, (28, 30, 4)))
    assert np.array_equal(voxels_of(empty_mask), painted)
    QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL)
    assert not voxels_of(empty_mask).any()


def test_the_study_on_the_right_is_only_looked_at(
    opened: MainWindow, empty_mask: MaskPanel, until: Until, truth_file: Path
) -> None:
    scan = opened.study.scan
    assert scan is not None
    go_to(opened, scan, (20, 24, 4))
    drag(pane_of(opened), scan, (20, 24, 4), (26, 24, 4))
    mask, painted = empty_mask.correction.overlay.correction.mask, voxels_of(empty_mask).copy()
    opened.studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(opened.studies.states) == 2 and is_idle(opened))
    QTest.mouseClick(empty_mask.masks.new, LEFT)
    until(lambda: empty_mask.correction.overlay is not None)
    QTest.keyClick(opened, Qt.Key.Key_8)
    QApplication.processEvents()
    second = opened.compare.second
    assert second is not None and opened.studies.second.overlays
    right = second.row.panes[Plane.AXIAL]
    for tool in (Tool.BRUSH, Tool.ERASER):
        opened.study.set_tool(tool)
        QTest.mouseMove(right, point_at(right, scan, (18, 20, 4)))
        drag(right, scan, (20, 20, 4), (24, 28, 4))
        QTest.mouseMove(right, point_at(right, scan, (20, 20, 4)))
        assert "on the left" in right.annotations.reading
    assert np.array_equal(mask.voxels, painted) and not voxels_of(empty_mask).any()
