"""A user takes a result away: as a DICOM series, into a BIDS data set, or not after all."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from pydicom import dcmread
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from srviewer.core.volumes.volume import Volume
from srviewer.gui.study.exporting import EXPORT
from srviewer.gui.window.main_window import MainWindow
from srviewer.io.bids.names import given_name, name_of
from srviewer.io.export.image import write_image
from srviewer.io.formats import read
from srviewer.io.targets import target
from srviewer.job import run

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def rebuilt(opened: MainWindow, until: Until) -> MainWindow:
    request = opened.study.request
    assert request is not None
    opened.study.set_request(replace(request, method="cubic"))
    opened.controller.reconstructing.start()
    until(lambda: opened.study.result is not None)
    return opened


def test_the_result_as_a_dicom_series(rebuilt: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    exports = rebuilt.exports
    assert all(one.isEnabled() for one in rebuilt.actions_offered.menu("exports").actions())
    with qtbot.waitSignal(rebuilt.controller.exporting.exported):
        exports.export(target("dicom"), tmp_path / "series", "original")
    slices = [dcmread(path) for path in sorted((tmp_path / "series").iterdir())]
    assert len(slices) == 36
    text = slices[0].private_block(0x0099, "SRVIEWER")[1].value
    assert json.loads(text)["provenance"]["acknowledged"] == []
    # The scan holds fractions.
    assert f"slope {float(slices[0].RescaleSlope):.6g}" in rebuilt.exported_bar.message.text()


def test_the_result_in_a_bids_data_set(
    rebuilt: MainWindow, qtbot: QtBot, thick_file: Path, tmp_path: Path
) -> None:
    with qtbot.waitSignal(rebuilt.controller.exporting.exported):
        exports = rebuilt.exports
        exports.export(target("bids"), tmp_path, "float32", given_name("3", "T2w"))
    made = tmp_path / "derivatives/srviewer/sub-3/anat/sub-3_desc-sr_T2w.nii.gz"
    assert made.exists()
    beside = json.loads(made.with_name("sub-3_desc-sr_T2w.json").read_text())
    assert beside["Sources"] == ["bids:raw:thick.nii.gz"]  # it lies inside
    assert beside["provenance"]["scores"] is None
    shutil.copy(thick_file, again := tmp_path / "sub-4_T1w.nii.gz")
    assert name_of(again) == given_name("4", "T1w")


@pytest.mark.parametrize(
    ("kind", "typed", "written"),
    [
        ("NRRD (*.nrrd)", None, ".nrrd"),  # the proposed name, with another kind of file
        ("FreeSurfer (*.mgz)", "mine", ".mgz"),
        ("NRRD (*.nrrd)", "mine.mha", ".mha"),
        ("NIfTI, float32 (*.nii.gz *.nii)", "mine", ".nii.gz"),
    ],
)
def test_the_kind_and_the_name_decide_the_format(
    kind: str,
    typed: str | None,
    written: str,
    rebuilt: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offered: list[str] = []

    def chosen(parent: QWidget, title: str, path: str, kinds: str) -> tuple[str, str]:
        offered.extend(kinds.split(";;"))
        return (path if typed is None else str(tmp_path / typed)), kind

    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)
    rebuilt.study.export_folder = tmp_path
    with qtbot.waitSignal(rebuilt.controller.exporting.exported) as signal:
        rebuilt.actions_offered["export-nifti"].trigger()
    assert kind in offered
    (path,) = signal.args
    assert path.name.endswith(written)
    assert rebuilt.study.result is not None
    np.testing.assert_array_equal(run(read(path)).voxels, rebuilt.study.result.volume.voxels)


def test_a_cancelled_series_leaves_nothing(
    rebuilt: MainWindow, until: Until, tmp_path: Path
) -> None:
    before = set(tmp_path.iterdir())
    rebuilt.exports.export(target("dicom"), tmp_path / "series", "original")
    rebuilt.controller.work.cancel(EXPORT)
    until(lambda: rebuilt.controller.work.tasks == ())
    assert set(tmp_path.iterdir()) == before


def test_a_folder_that_is_taken_is_told(rebuilt: MainWindow, until: Until, tmp_path: Path) -> None:
    (tmp_path / "series").mkdir()
    (tmp_path / "series" / "mine").write_text("mine")
    result = rebuilt.study.result
    rebuilt.exports.export(target("dicom"), tmp_path / "series", "original")
    until(rebuilt.error_bar.isVisible)
    assert "is not overwritten" in rebuilt.error_bar.message.text()
    assert rebuilt.study.result is result
    assert [path.name for path in (tmp_path / "series").iterdir()] == ["mine"]


def test_two_exports_to_one_file_do_not_meet(
    rebuilt: MainWindow, until: Until, qtbot: QtBot, tmp_path: Path
) -> None:
    """The second is refused in words; when the first has ended, the name is free again."""
    exporting, result = rebuilt.controller.exporting, rebuilt.study.result
    assert result is not None
    first = exporting.claims.holding(
        tmp_path / "thin.nii.gz", write_image(result.volume, tmp_path / "thin.nii.gz", {})
    )
    next(first)
    exporting.export(tmp_path / "thin.nii", "float32")  # with the same JSON beside it
    until(rebuilt.error_bar.isVisible)
    assert "'thin.nii' is being written at the moment" in rebuilt.error_bar.message.text()
    assert not (tmp_path / "thin.nii").exists()
    run(first)
    with qtbot.waitSignal(exporting.exported):
        exporting.export(tmp_path / "thin.nii.gz", "float32")
    assert [path.name for path in sorted(tmp_path.glob("thin.*"))] == ["thin.json", "thin.nii.gz"]


@pytest.mark.parametrize(("answer", "replaced"), [("Replace", True), ("Cancel", False)])
def test_what_was_made_from_another_scan_is_replaced_only_after_a_question(
    answer: str, replaced: bool, rebuilt: MainWindow, until: Until, tmp_path: Path
) -> None:
    """The system's own question about the name does not tell whose result lies there."""
    target, asked = tmp_path / "out.nii.gz", []
    result = rebuilt.study.result
    assert result is not None
    run(write_image(result.volume, target, {"source_sha256": "0" * 64, "sources": ["anna.nii"]}))
    before = target.with_name("out.json").read_bytes()

    def reply() -> bool:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            next(one for one in box.buttons() if answer in one.text()).click()
        return bool(asked)

    timer = QTimer()
    timer.timeout.connect(reply)
    timer.start(20)
    rebuilt.controller.exporting.export(target, "float32")
    until(lambda: bool(asked) and not rebuilt.controller.work.tasks)
    timer.stop()
    assert (
        "was made from another scan ('anna.nii', SHA-256 00000000" in asked[0] and len(asked) == 1
    )
    assert (target.with_name("out.json").read_bytes() != before) is replaced
    assert not rebuilt.error_bar.isVisible()


def test_the_export_of_a_tilted_stack_says_which_programs_refuse_it(
    window: MainWindow, thick_head: Volume, until: Until, tmp_path: Path
) -> None:
    affine = thick_head.geometry.affine.copy()
    affine[:3, 2] += 0.3 * affine[:3, 1]
    nib.save(nib.Nifti1Image(thick_head.voxels, affine), tilted := tmp_path / "tilted.nii")
    window.open([tilted])
    until(lambda: window.study.request is not None)
    assert window.study.request is not None
    window.study.set_request(replace(window.study.request, method="cubic"))
    window.controller.reconstructing.start()
    until(lambda: window.study.result is not None)
    window.controller.exporting.export(tmp_path / "thin.nii.gz", "float32")
    until(lambda: "Straighten the tilt" in window.exported_bar.message.text())
    assert "ITK" in window.exported_bar.message.text()
    assert (tmp_path / "thin.nii.gz").exists()
