"""Texts on a scan and its result: an empty scan, the card of a result, its map."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from srviewer.gui.panels.reconstruct.reconstruct_panel import ReconstructPanel
from srviewer.gui.study.constant_scan_notice import ConstantScanNotice
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]


def _framed(window: MainWindow, name: str) -> str:
    (frame,) = (f for f in window.findChildren(QFrame) if f.accessibleName() == name)
    texts = [text.text() for text in frame.findChildren(QLabel)]
    return "\n".join(texts) if frame.isVisibleTo(window) else ""


def test_a_card_in_plain_words_with_its_own_warnings_and_a_map_of_one_study_alone(
    opened: MainWindow, until: Until, qtbot: QtBot, truth_file: Path
) -> None:
    study = opened.study
    assert study.request is not None
    study.set_request(replace(study.request, method="linear", isotropic=True))
    opened.controller.reconstructing.start()
    until(lambda: study.result is not None)
    panel = opened.panels.panels["reconstruct"]
    assert isinstance(panel, ReconstructPanel)
    card = "\n".join(text.text() for text in panel.findChildren(QLabel) if text.text())
    assert "averaged back to thick slices" in card
    assert "Method: Linear" in card and "before 4.00 mm" in card
    assert "rank correlation" not in card
    assert "isotropic voxels" in _framed(opened, "Warnings about this result")

    # A map chosen here does not lie over the next scan.
    (maps,) = (box for box in opened.findChildren(QComboBox) if box.accessibleName() == "Map")
    maps.setFocus()
    maps.setCurrentIndex(maps.findData("residual") - 1)
    qtbot.keyClick(maps, Qt.Key.Key_Down)
    assert study.comparing.map == "residual"
    opened.studies.next = "add"
    opened.open([truth_file])
    until(lambda: len(opened.studies.states) == 2)
    assert study.comparing.map == ""
    study.set_request(replace(study.request, method="linear", factor=2, isotropic=False))
    opened.controller.reconstructing.start()
    until(lambda: study.result is not None)
    assert study.comparing.map == "" and maps.currentData() == ""
    assert _framed(opened, "Warnings about this result").count("isotropic") == 0
    opened.studies.show(0)
    assert study.comparing.map == "residual"  # it is still chosen where it was


@pytest.mark.parametrize("value", [0, np.nan])
def test_a_scan_of_one_value_is_reported_when_it_is_opened(
    opened: MainWindow, until: Until, tmp_path: Path, qtbot: QtBot, value: float
) -> None:
    notice = opened.findChild(ConstantScanNotice)
    assert notice is not None and not notice.isVisible()
    opened.panels.setCurrentIndex(2)  # whatever panel is in front
    nib.save(
        nib.Nifti1Image(np.full((20, 20, 9), value, np.float32), np.diag((1, 1, 4, 1))),
        path := tmp_path / "zero.nii",
    )
    opened.open([path])
    until(lambda: opened.study.sources == (path,))
    assert notice.isVisible() and "same value (0)" in notice.text.text()
    opened.study.acknowledge()
    opened.panels.setCurrentIndex(0)
    (start,) = (b for b in opened.panels.findChildren(QPushButton) if "One value" in b.text())
    assert start.text() == "One value: to view only" and not start.isEnabled()
    assert "same value (0)" in start.toolTip()
    assert not opened.actions_offered["reconstruct"].isEnabled()
    qtbot.keyClick(opened, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    opened.controller.reconstructing.start()
    assert opened.controller.reconstructing.task is None
    opened.studies.close(opened.studies.current)
    until(lambda: not notice.isVisible())
