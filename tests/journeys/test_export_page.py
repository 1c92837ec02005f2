"""A user exports: one proposal for all, one page for BIDS, the place stays and can be opened."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import RLELossless
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from srviewer.core.volumes.volume import Volume
from srviewer.gui.dialogs.bids_dialog import BidsDialog
from srviewer.gui.dialogs.dicom_dialog import DicomDialog
from srviewer.gui.dialogs.figure_dialog import FigureDialog
from srviewer.gui.study.report_box import ReportButton
from srviewer.gui.window.main_window import MainWindow
from srviewer.io.dicom.export.writer import write_series
from srviewer.job import run

Until = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton
DOWN = Qt.Key.Key_Down


def _bids(window: MainWindow) -> BidsDialog:
    window.actions_offered["export-bids"].trigger()
    (dialog,) = window.findChildren(BidsDialog)
    return dialog


def test_bids_is_one_page_that_waits_for_the_contrast_and_its_place_stays(
    opened: MainWindow,
    rebuild: Callable[..., None],
    thick_file: Path,
    until: Until,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    rebuild()
    (data_set := tmp_path / "data set").mkdir()
    dialog = _bids(opened)
    until(lambda: not opened.controller.work.tasks)
    # "thick" says nothing: nothing is chosen, and the page says what is missing, in its order.
    assert dialog.contrast.currentData() is None and not dialog.export.isEnabled()
    for field, typed, reason in (
        (dialog.folder, str(data_set), "Choose the folder of the data set."),
        (dialog.subject, "a b", "Enter the label of the subject."),
    ):
        assert dialog.reason.text() == reason and not dialog.export.isEnabled()
        qtbot.keyClicks(field, typed)
    assert dialog.reason.text() == "Choose the contrast." and not dialog.export.isEnabled()
    dialog.contrast.setFocus()
    qtbot.keyClick(dialog.contrast, DOWN)
    qtbot.keyClick(dialog.contrast, DOWN)
    assert dialog.contrast.currentData() == "T2w"
    assert "no BIDS label" in dialog.reason.text() and not dialog.export.isEnabled()
    dialog.subject.clear()
    qtbot.keyClicks(dialog.subject, "07")
    qtbot.keyClicks(dialog.session_label, "1")
    assert dialog.export.isEnabled() and dialog.reason.text() == ""
    qtbot.keyClick(dialog.session_label, Qt.Key.Key_Return)
    bar = opened.exported_bar
    until(bar.isVisible)
    image = data_set / "derivatives/srviewer/sub-07/ses-1/anat/sub-07_ses-1_desc-sr_T2w.nii.gz"
    assert image.exists() and bar.path == image and str(image) in bar.message.text()

    # The place can be copied and opened, and is there until it is closed.
    qtbot.mouseClick(bar.copy, LEFT)
    assert QApplication.clipboard().text() == str(image)
    qtbot.mouseClick(bar.open, LEFT)
    until(lambda: len(opened.studies.states) == 2)
    assert opened.study.sources == (image,) and bar.isVisible()
    opened.studies.close(1)

    # A name or a header that says the contrast has it chosen; the data set is proposed again.
    for sidecar, contrast in (
        ({"RepetitionTime": 9, "EchoTime": 0.093, "InversionTime": 2.5}, "FLAIR"),
        ({"SeriesDescription": "ax t1 flair"}, None),
    ):
        thick_file.with_name("thick.json").write_text(json.dumps(sidecar))
        dialog = _bids(opened)
        until(lambda: not opened.controller.work.tasks)
        assert dialog.contrast.currentData() == contrast
        assert dialog.folder.text() == str(data_set)
        dialog.reject()
        until(lambda: not opened.findChildren(BidsDialog))
    qtbot.mouseClick(bar.close_button, LEFT)
    assert not bar.isVisible() and bar.path is None


def test_every_export_is_proposed_in_one_folder_under_the_name_of_the_scan(
    opened: MainWindow,
    rebuild: Callable[..., None],
    until: Until,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rebuild()
    asked: list[Path] = []
    answer = [""]

    def ask(*given: str) -> tuple[str, str]:
        asked.append(Path(given[2]))
        return answer[0], ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)

    def propose() -> list[Path]:
        asked.clear()
        for action in ("export-nifti", "export-dicom", "save-session", "save-figure"):
            opened.actions_offered[action].trigger()
            for page in opened.findChildren(DicomDialog):
                asked.append(Path(page.folder.text()))
                page.reject()
                until(lambda: not opened.findChildren(DicomDialog))
        (figure,) = opened.findChildren(FigureDialog)
        figure.accept_button.click()
        figure.reject()
        until(lambda: not opened.findChildren(FigureDialog))
        report = opened.panels.findChild(ReportButton)
        assert report is not None
        report.start.click()
        return list(asked)

    names = ["thin.nii.gz", "thin_dicom", "", "figure.png", "report.html"]
    wanted = [f"thick_{name}" if name else "thick.srviewer" for name in names]
    assert propose() == [tmp_path / name for name in wanted]  # beside the scan
    # The folder of an export is that of the next; a name that is taken is not proposed.
    (other := tmp_path / "other").mkdir()
    answer[0] = str(other / "thick_thin.nii.gz")
    opened.actions_offered["export-nifti"].trigger()
    until(opened.exported_bar.isVisible)
    answer[0] = ""
    wanted[0] = "thick_thin-2.nii.gz"
    assert propose() == [other / name for name in wanted]


def test_dicom_is_one_page_with_its_form_and_the_series_of_the_scan(
    opened: MainWindow,
    rebuild: Callable[..., None],
    thick_head: Volume,
    until: Until,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    rebuild()
    for name, shift in (("theirs", 0), ("others", 50)):
        voxels = thick_head.voxels + np.float32(shift) * np.sin(thick_head.voxels)
        scan = replace(thick_head, voxels=voxels)
        run(write_series(scan, tmp_path / name, {}, "float32"))

    def export(out: str, source: str) -> None:
        opened.actions_offered["export-dicom"].trigger()
        (dialog,) = opened.findChildren(DicomDialog)
        dialog.folder.clear()
        assert not dialog.export.isEnabled() and dialog.reason.text()
        qtbot.keyClicks(dialog.folder, str(tmp_path / out))
        dialog.objects.setCurrentIndex(dialog.objects.findData("enhanced"))
        dialog.syntax.setCurrentIndex(dialog.syntax.findData("rle"))
        qtbot.keyClicks(dialog.source, str(tmp_path / source))
        assert dialog.export.isEnabled() and dialog.reason.text() == ""
        qtbot.mouseClick(dialog.export, LEFT)

    export("out", "theirs")
    until(lambda: (tmp_path / "out").exists() and not opened.controller.work.tasks)
    (file,) = (tmp_path / "out").iterdir()
    image, source = dcmread(file), dcmread(tmp_path / "theirs" / "00001.dcm")
    assert image.NumberOfFrames == 36 and image.file_meta.TransferSyntaxUID == RLELossless
    for keyword in ("PatientName", "PatientID", "StudyInstanceUID", "FrameOfReferenceUID"):
        assert image[keyword].value == source[keyword].value
    export("none", "others")
    until(opened.error_bar.isVisible)
    assert "with other voxels" in opened.error_bar.message.text()
    assert not (tmp_path / "none").exists()
