"""Masks that a user corrects are saved, carried to the thin grid and kept in sessions."""

import json
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from scipy.spatial import cKDTree

from mask_drawing import (
    CONTROL,
    LEFT,
    SHIFT,
    Index,
    answer,
    drag,
    go_to,
    is_idle,
    pane_of,
    point_at,
    voxels_of,
)
from srviewer.gui.panels.mask.mask_panel import MaskPanel
from srviewer.gui.state.tool import Tool
from srviewer.gui.window.main_window import MainWindow
from srviewer.job import run
from srviewer.study.sessions.restore import restore
from srviewer.study.sessions.store import store

Until = Callable[[Callable[[], bool]], None]


def test_save_and_reopen_bit_for_bit_with_names_and_colours(
    opened: MainWindow,
    drawn_mask: MaskPanel,
    until: Until,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pane, scan = pane_of(opened), opened.study.scan
    assert scan is not None
    drawn_mask.labels.name.setText("Lesion <1> & more")
    drawn_mask.labels.name.editingFinished.emit()
    assert drawn_mask.correction.unsaved  # the file has no such name
    drawn_mask.correction.change_label(colour=(12, 200, 77))
    go_to(opened, scan, (20, 24, 4))
    drag(pane, scan, (20, 24, 4), (26, 24, 4))
    assert drawn_mask.correction.unsaved and "is not saved" in drawn_mask.state.text()
    source = tmp_path / "lesion_mask.nii.gz"
    before = source.read_bytes()
    for target in (source, tmp_path / "lesion_corrected.nii.gz"):  # the first is refused
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, to=target: (str(to), ""))
        opened.error_bar.hide()
        QTest.keyClick(opened, Qt.Key.Key_S, CONTROL | SHIFT)
        until(lambda: is_idle(opened))
    assert source.read_bytes() == before
    assert (
        not drawn_mask.correction.unsaved
        and drawn_mask.state.text() == "As in lesion_corrected.nii.gz"
    )

    image = nib.load(target)
    assert image.get_data_dtype() == np.uint8
    assert np.array_equal(image.get_fdata(), voxels_of(drawn_mask))
    assert np.allclose(image.affine, scan.geometry.affine)
    document = json.loads((tmp_path / "lesion_corrected.json").read_text())
    assert "corrected by hand with srviewer" in document["history"][-1]
    assert document["corrected_by_hand"][0]["voxels"] == int((voxels_of(drawn_mask) == 1).sum())
    corrected = voxels_of(drawn_mask).copy()
    opened.dropping._overlays.load(target)
    until(lambda: len(opened.study.overlays) == 2 and is_idle(opened))
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
    QTest.mouseClick(drawn_mask.save, LEFT)
    until(lambda: bool(asked) and is_idle(opened))
    assert "Replace it?" in asked[0] and other.read_bytes() == there
    assert (
        drawn_mask.correction.last_saved == target
    )  # which is proposed again, not what was refused


def test_a_mask_on_the_thick_scan_is_carried_to_the_thin_grid_and_corrected_there(
    opened: MainWindow, drawn_mask: MaskPanel, until: Until, rebuild: Callable[..., None]
) -> None:
    assert not drawn_mask.masks.carry.isEnabled()
    rebuild()
    until(lambda: is_idle(opened))
    scan, result = opened.study.scan, opened.study.result
    assert scan is not None and result is not None
    thick = voxels_of(drawn_mask).copy()
    QTest.mouseClick(drawn_mask.masks.carry, LEFT)
    until(lambda: len(opened.study.overlays) == 2 and is_idle(opened))
    thin = drawn_mask.correction.overlay
    assert thin is not None and thin.volume.geometry.matches(result.volume.geometry)
    assert (
        "drawn in the panes of" in drawn_mask.masks.grid.text()
        and "scan" not in (drawn_mask.masks.grid.text().partition("panes of")[2])
    )
    assert opened.study.overlays[0].opacity == 0  # its voxels would hide what is erased
    (row,) = drawn_mask.correction.volumes()
    assert row.before_ml == pytest.approx(thick.sum() * scan.geometry.voxel_mm3 / 1000, rel=0.01)

    before = voxels_of(drawn_mask).copy()
    index = (20, 24, 18)
    go_to(opened, result.volume, index)
    opened.study.set_tool(Tool.BRUSH)
    upper, lower = pane_of(opened, row=0), pane_of(opened, row=1)
    drag(upper, result.volume, index)  # of the scan: it has other slices
    assert np.array_equal(voxels_of(drawn_mask), before)
    QTest.mouseMove(upper, point_at(upper, result.volume, index) + QPoint(2, 2))
    assert "Mask on another grid" in upper.annotations.reading and upper.annotations.brush is None
    drag(lower, result.volume, index)
    changed = np.nonzero(voxels_of(drawn_mask) != before)
    assert set(changed[2]) == {18} and drawn_mask.correction.volumes()[0].after > row.after
    assert np.array_equal(opened.study.overlays[0].volume.voxels, thick)
    drawn_mask.masks.masks.setCurrentIndex(0)
    drawn_mask.masks.masks.activated.emit(0)
    assert opened.study.overlays[0].opacity > 0  # nobody paints what is not seen


def test_closing_asks_about_a_mask_and_a_session_keeps_it(
    opened: MainWindow,
    drawn_mask: MaskPanel,
    until: Until,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pane, scan = pane_of(opened), opened.study.scan
    assert scan is not None
    loaded = dict(drawn_mask.correction.overlay.correction.before)
    go_to(opened, scan, (20, 24, 4))
    drag(pane, scan, (20, 24, 4), (26, 24, 4))
    corrected = voxels_of(drawn_mask).copy()
    asked = answer("Cancel")
    opened.contents.closing.close_current()
    assert "Close without saving?" in asked[0] and "lesion_mask" in asked[0]
    assert opened.study.scan is scan

    target = tmp_path / "saved_first.nii.gz"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    answer("Save\u2026")
    opened.contents.closing.close_current()
    until(lambda: opened.contents.closing.bar.isVisible())
    assert opened.study.scan is scan and not drawn_mask.correction.unsaved
    assert np.array_equal(nib.load(target).get_fdata(), corrected)
    drag(pane, scan, (20, 26, 4), (26, 26, 4))
    corrected = voxels_of(drawn_mask).copy()

    path = tmp_path / "work.srviewer"
    opened.housekeeping.files.save(path)
    until(lambda: path.exists() and is_idle(opened))
    assert not drawn_mask.correction.unsaved  # the session has written it beside itself
    opened.contents.closing.close_current()
    assert opened.study.scan is None
    opened.open([path])
    until(lambda: opened.study.scan is not None and is_idle(opened))
    (overlay,) = opened.study.overlays
    assert overlay.volume.name == "lesion_mask" and overlay.correction is not None
    assert np.array_equal(overlay.volume.voxels, corrected)
    assert dict(overlay.correction.before) == loaded
    assert drawn_mask.correction.volumes()[0].before == loaded[1]


def test_a_session_has_the_strokes_that_end_while_it_is_written(
    opened: MainWindow, drawn_mask: MaskPanel, tmp_path: Path
) -> None:
    pane, scan = pane_of(opened), opened.study.scan
    assert scan is not None
    go_to(opened, scan, (20, 24, 4))
    drag(pane, scan, (20, 24, 4), (26, 24, 4))
    states = opened.studies.states
    QTest.mouseClick(drawn_mask.labels.add, LEFT)
    drag(pane, scan, (20, 34, 4), (26, 34, 4))  # before a worker has copied the mask
    written = run(store(tmp_path / "a.srviewer", states, 0, tmp_path / "files", Path.exists))
    assert len(written) == 1 and drawn_mask.correction.unsaved  # no file is known to hold it
    session = run(restore(tmp_path / "a.srviewer", opened.study.state, "auto", Path.exists))
    (overlay,) = session.states[0].overlays
    assert not session.problems and overlay.correction is not None
    assert np.array_equal(overlay.volume.voxels, voxels_of(drawn_mask))
    document = json.loads((tmp_path / "files" / "mask-1.json").read_text())
    counts = {row["label"]: row["voxels"] for row in document["corrected_by_hand"]}
    assert counts == dict(overlay.correction.mask.counts) and len(counts) == 2


def _atlas(shape: Index, count: int) -> np.ndarray:
    """Regions about random points, numbered as those of FreeSurfer are."""
    random = np.random.default_rng(1)
    points = random.uniform(0, shape, (count, 3)) * (1, 1, 3)
    index = np.moveaxis(np.indices(shape), 0, -1) * (1, 1, 3)
    values = np.append(random.choice(np.arange(2, 14175), count - 1, False), 14175)
    return values[cKDTree(points).query(index)[1]].astype(np.int32)


def test_an_atlas_of_many_large_labels_is_corrected_and_keeps_its_values(
    opened: MainWindow,
    mask_panel: MaskPanel,
    until: Until,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scan = opened.study.scan
    assert scan is not None
    labels = _atlas(scan.geometry.shape, 300)
    path, target = tmp_path / "atlas.mgz", tmp_path / "atlas_corrected.mgz"
    nib.save(nib.MGHImage(labels, scan.geometry.affine), path)
    opened.dropping._overlays.load(path)
    until(lambda: len(opened.study.overlays) == 1 and is_idle(opened))
    mask_panel.masks.masks.setCurrentIndex(1)
    mask_panel.masks.masks.activated.emit(1)
    until(lambda: mask_panel.correction.overlay is not None)
    choice = mask_panel.labels.labels
    choice.showPopup()
    assert choice.view().height() < 20 * choice.view().sizeHintForRow(0)
    assert choice.view().verticalScrollBar().isVisible()
    choice.hidePopup()
    mask_panel.correction.set_label(14175)
    mask_panel.tools.protects.click()
    go_to(opened, scan, (20, 24, 4))
    drag(pane_of(opened), scan, (20, 24, 4), (26, 24, 4))
    painted = voxels_of(mask_panel) != labels
    assert painted.sum() > 5 and set(voxels_of(mask_panel)[painted]) == {14175}
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    QTest.mouseClick(mask_panel.save, LEFT)
    until(lambda: target.exists() and is_idle(opened))
    saved = np.asarray(nib.load(target).dataobj)
    assert saved.dtype.kind == "i" and saved.dtype.itemsize == 4
    assert np.array_equal(saved, np.where(painted, 14175, labels))


@pytest.mark.parametrize("named", [False, True])
def test_a_session_keeps_an_empty_mask_with_its_names_and_colours(
    named: bool, opened: MainWindow, empty_mask: MaskPanel, until: Until, tmp_path: Path
) -> None:
    correction = empty_mask.correction
    if named:
        correction.change_label(name="Lesion", colour=(1, 2, 3))
        correction.add_label()
    assert correction.unsaved is named  # only then there is anything to ask about
    labels, name = correction.overlay.labels, correction.overlay.volume.name
    path = tmp_path / "work.srviewer"
    opened.housekeeping.files.save(path)
    until(lambda: path.exists() and is_idle(opened))
    assert not correction.unsaved
    opened.contents.closing.close_current()
    opened.open([path])
    until(lambda: opened.study.scan is not None and is_idle(opened))
    (overlay,) = opened.study.overlays
    assert overlay.correction is not None and not overlay.volume.voxels.any()
    assert (overlay.labels, overlay.volume.name) == (labels, name)
    assert len(labels) == 1 + named
