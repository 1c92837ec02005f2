"""The patient of a DICOM folder is given to a NIfTI scan only where grid and voxels prove it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from pydicom import dcmread

from srviewer.__main__ import main
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.dicom.export.writer import write_series
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.references.source_dicom import source_dicom

Series = Callable[..., Path]


@pytest.fixture
def series(thick_head: Volume, tmp_path: Path) -> Series:
    """Write the phantom, with ``change`` applied to its voxels, as the DICOM series of a person."""

    def write(person: str = "A", change: Callable[..., np.ndarray] = np.rint) -> Path:
        folder = tmp_path / f"dicom-{person}"
        volume = replace(thick_head, voxels=change(thick_head.voxels), stored_as="int16")
        run(write_series(volume, folder, {}))
        for path in folder.iterdir():
            image = dcmread(path)
            image.PatientName, image.PatientID, image.StudyInstanceUID = person, person, "1.2.34"
            image.save_as(path)
        return folder

    return write


@pytest.fixture
def converted(thick_head: Volume, tmp_path: Path) -> Path:
    """The same scan as a converter writes it: other axes, and values of another scale."""
    voxels = (np.rint(thick_head.voxels) * 12.5 + 7).transpose(2, 0, 1)[:, ::-1]
    affine = thick_head.geometry.affine[:, [2, 0, 1, 3]].copy()
    affine[:3, 3] += affine[:3, 1] * (voxels.shape[1] - 1)
    affine[:3, 1] *= -1
    path = tmp_path / "scan.nii.gz"
    nib.save(nib.Nifti1Image(voxels.astype(np.float32), affine), path)
    return path


def noisy(voxels: np.ndarray) -> np.ndarray:
    """The same anatomy a minute later."""
    noise = np.random.default_rng(3).normal(0, 0.01 * float(voxels.max()), voxels.shape)
    return np.asarray(np.rint(voxels + np.abs(noise)))


def test_the_result_is_of_the_patient_and_along_the_axes_of_the_series(
    series: Series, converted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = series(), tmp_path / "out"
    words = ["--method=cubic", "--dicom", str(out), "--source-dicom", str(folder), "--json", "-"]
    assert main(["reconstruct", str(converted), *words]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["source_dicom"]["slope"] == pytest.approx(12.5)
    source, image = dcmread(folder / "00001.dcm"), dcmread(out / "00001.dcm")
    for keyword in ("PatientName", "PatientID", "StudyInstanceUID", "FrameOfReferenceUID"):
        assert image[keyword].value == source[keyword].value
    assert image.ImageOrientationPatient == source.ImageOrientationPatient
    assert (image.Rows, image.Columns) == (source.Rows, source.Columns)
    assert image.SeriesInstanceUID != source.SeriesInstanceUID
    cited = {item.ReferencedSOPInstanceUID for item in image.SourceImageSequence}
    assert cited == {dcmread(path).SOPInstanceUID for path in folder.iterdir()}
    assert "A" not in json.loads(image.private_block(0x0099, "SRVIEWER")[1].value)["name"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (noisy, "1 of them on the same grid, but with other voxels"),
        (np.flip, "with other voxels"),
        (lambda voxels: 1000 + (voxels > 1), "with other voxels"),
        (lambda voxels: np.full_like(voxels, 9), "with other voxels"),
        (lambda voxels: np.rint(-voxels), "with other voxels"),
    ],
    ids=["noise", "mirrored", "nearly constant", "constant", "inverted"],
)
def test_other_voxels_are_nobodys(
    change: Callable[..., np.ndarray], reason: str, series: Series, converted: Path
) -> None:
    folder = series(change=change)
    with pytest.raises(UserError, match=reason) as error:
        run(source_dicom(run(read(converted)), folder))
    assert "Nobody's name is given" in str(error.value)


def test_another_grid_is_nobodys(series: Series, converted: Path) -> None:
    folder, scan = series(), run(read(converted))
    affine = scan.geometry.affine.copy()
    affine[0, 3] += 1
    moved = replace(scan, geometry=replace(scan.geometry, affine=affine))
    with pytest.raises(UserError, match="its grid differs"):
        run(source_dicom(moved, folder))


def test_the_right_series_among_several_and_never_one_of_two_people(
    series: Series, converted: Path
) -> None:
    folder, scan = series(), run(read(converted))
    series("B", noisy)
    assert run(source_dicom(scan, folder.parent)).header.frame == run(read(folder)).frame
    series("C")
    with pytest.raises(UserError, match="several people"):
        run(source_dicom(scan, folder.parent))


def test_it_is_for_dicom_of_what_is_none(
    series: Series, converted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = series()
    with pytest.raises(UserError, match="is DICOM itself"):
        run(source_dicom(run(read(folder)), folder))
    out = tmp_path / "thin.nii.gz"
    assert main(["reconstruct", str(converted), "-o", str(out), "--source-dicom", str(folder)]) == 1
    assert "goes with --dicom" in capsys.readouterr().err and not out.exists()
