"""A user opens a mask, or a folder with masks beside scans."""

from collections.abc import Callable, Sequence
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

import phantoms
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume
from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.panels.train import TrainPanel
from srviewer.gui.window.main_window import MainWindow
from srviewer.sr.inputs.segmentations import BY_NAME, BY_VOXELS

Drop = Callable[[Sequence[Path]], bool]
Until = Callable[[Callable[[], bool]], None]


def _save(voxels: np.ndarray, like: Volume, path: Path) -> Path:
    nib.save(nib.Nifti1Image(voxels, like.geometry.affine), path)
    return path


def _button(window: MainWindow, text: str) -> QPushButton:
    return next(b for b in window.panels.findChildren(QPushButton) if b.text() == text)


def _panel_text(window: MainWindow) -> str:
    return "\n".join(one.text() for one in window.panels.findChildren(QLabel) if one.isVisible())


@pytest.mark.parametrize("name", ["sub-01_desc-brain_mask.nii", "brain.nii"])
def test_a_mask_is_rebuilt_once_it_is_acknowledged(
    window: MainWindow, until: Until, qtbot: QtBot, tmp_path: Path, thick_head: Volume, name: str
) -> None:
    mask = _save((thick_head.voxels > 200).astype(np.uint8), thick_head, tmp_path / name)
    window.open([mask])
    until(lambda: window.study.scan is not None)
    assert "mask or label map" in _panel_text(window)
    start, read = _button(window, "Reconstruct"), _button(window, "I have read this")
    assert not start.isEnabled() and read.isVisible()
    assert not _button(window, "Test on this scan").isEnabled()
    qtbot.mouseClick(read, Qt.MouseButton.LeftButton)
    assert start.isEnabled() and not read.isEnabled()


def test_a_mask_is_neither_scored_nor_tested(
    window: MainWindow, until: Until, tmp_path: Path, head: Volume, qtbot: QtBot
) -> None:
    mask = _save((head.voxels > 200).astype(np.uint8), head, tmp_path / "mask.nii")
    window.open([mask])
    until(lambda: window.study.scan is not None)
    window.study.acknowledge()
    before = window.study.scan
    window.controller.simulate(Degradation(axis=2, factor=2))
    assert window.error_bar.isVisible() and window.study.scan is before
    assert "'mask' is not scored" in window.error_bar.message.text()
    window.error_bar.hide()
    qtbot.mouseClick(_button(window, "Test on this scan"), Qt.MouseButton.LeftButton)
    until(window.error_bar.isVisible)
    assert "'mask' is not tested" in window.error_bar.message.text()


def test_of_a_scan_and_its_mask_the_scan_is_offered(
    window: MainWindow, until: Until, tmp_path: Path, thick_head: Volume
) -> None:
    folder = tmp_path / "both"
    folder.mkdir()
    _save((thick_head.voxels > 200).astype(np.uint8), thick_head, folder / "a_mask.nii")
    _save(np.asarray(thick_head.voxels), thick_head, folder / "b_T2w.nii")
    window.open([folder])
    until(lambda: bool(window.findChildren(SeriesPicker)))
    (picker,) = window.findChildren(SeriesPicker)
    assert picker.choices()[0][0].name == "b_T2w"
    assert picker.tree.row(0).text(5) == "no scan: mask or labels"
    picker.reject()


def test_masks_are_nobody_to_learn_from(
    panel: TrainPanel, people: Path, until: Until, window: MainWindow
) -> None:
    head = phantoms.head()
    _save((head.voxels > 200).astype(np.uint8), head, people / "sub-04_brain.nii")
    _save((head.voxels > 400).astype(np.uint8), head, people / "sub-01_mask.nii")
    setup = panel.setup
    for _ in range(2):  # the same folder twice is counted once
        setup.add([people])
        until(lambda: not window.controller.work.tasks)
    everybody = (*setup.split.train, *setup.split.validation)
    assert sorted(one.title for one in everybody) == ["sub-01", "sub-02", "sub-03"]
    assert all("mask" not in name for one in everybody for name in one.names)
    assert f"Left out: 1 {BY_NAME}, 1 {BY_VOXELS}." in setup.note.text.text()
