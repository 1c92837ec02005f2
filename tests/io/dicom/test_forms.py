"""Results as enhanced images and in RLE: valid, and the same voxels for every reader."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import RLELossless

import phantoms
from children import ran
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.dicom.export.form import OBJECTS, SYNTAXES, DicomForm
from srviewer.io.dicom.export.writer import write_series
from srviewer.io.formats import read
from srviewer.job import run

FORMS = [DicomForm(objects, syntax) for objects in OBJECTS for syntax in SYNTAXES][1:]
NAMES = [f"{form.objects}-{form.syntax}" for form in FORMS]
ENHANCED = DicomForm("enhanced")
LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


@pytest.fixture
def oblique() -> Volume:
    """Signed whole numbers on an oblique grid, with padding, stored against the normal."""
    affine = phantoms.affine_of(phantoms.rotation((9, 4, 2)), (1.8, 1.4, 2.5))
    affine[:3, 2] *= -1
    volume = phantoms.numbered((20, 16, 6), affine)
    voxels = volume.voxels - np.float32(900)
    voxels[:4] = -2000
    return replace(volume, voxels=voxels, padding=-2000.0, stored_as="int16", modality="MR")


@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_all_readers_get_the_same_voxels_in_the_same_place(
    form: DicomForm, oblique: Volume, tmp_path: Path
) -> None:
    run(write_series(oblique, tmp_path / "out", {"method": "cubic"}, form=form))
    files = sorted((tmp_path / "out").iterdir())
    assert len(files) == (1 if form.objects == "enhanced" else 6)
    assert (dcmread(files[0]).file_meta.TransferSyntaxUID == RLELossless) == (form.syntax == "rle")
    again = run(read(tmp_path / "out"))
    assert again.padding == -2000 and again.modality == "MR"
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(tmp_path / "out"))
    image = sitk.ReadImage(names if form.objects == "classic" else str(files[0]))
    affine = np.eye(4)
    affine[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * image.GetSpacing()
    affine[:3, 3] = image.GetOrigin()
    pixels = sitk.GetArrayFromImage(image).transpose(2, 1, 0)
    for voxels, grid in ((again.voxels, again.geometry.affine), (pixels, LPS @ affine)):
        index = np.indices(voxels.shape).reshape(3, -1)
        world = (grid[:3, :3] @ index).T + grid[:3, 3]
        there = oblique.geometry.index(world)
        nearest = np.rint(there).astype(int)
        assert np.abs(there - nearest).max() < 1e-3
        np.testing.assert_array_equal(voxels[tuple(index)], oblique.voxels[tuple(nearest.T)])


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="needs dciodvfy of dicom3tools")
@pytest.mark.skipif(shutil.which("dcmdump") is None, reason="needs dcmdump of DCMTK")
@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_the_checkers_of_the_trade_find_no_error(
    form: DicomForm,
    oblique: Volume,
    thick: Volume,
    write_dicom: Callable[..., list[Path]],
    tmp_path: Path,
) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.StudyInstanceUID, dataset.EchoTime = "1.2.34", "90"

    from_dicom = run(read(write_dicom(thick, edit=edit)[0].parent))
    for name, volume in (("a", oblique), ("b", from_dicom)):
        run(write_series(volume, tmp_path / name, {"method": "cubic"}, form=form))
        files = sorted((tmp_path / name).iterdir())
        verdict = ran(["dciodvfy", files[0]])
        assert "Image" in verdict.stderr and "Error" not in verdict.stderr
        entities = ran(["dcentvfy", *files])
        assert entities.stdout + entities.stderr == ""
        assert ran(["dcmdump", files[0]]).stderr == ""


def test_an_enhanced_image_is_marked_as_research_and_cites_its_source(
    thick: Volume, write_dicom: Callable[..., list[Path]], tmp_path: Path
) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.StudyInstanceUID = "1.2.34"

    scanned = run(read(write_dicom(thick, edit=edit)[0].parent))
    run(write_series(scanned, tmp_path / "out", {}, form=ENHANCED))
    image = dcmread(tmp_path / "out" / "00001.dcm")
    assert image.ContentQualification == "RESEARCH" and image.PatientName == "Secret^Name"
    assert list(image.ImageType)[:2] == ["DERIVED", "PRIMARY"] and image.NumberOfFrames == 6
    (shared,) = image.SharedFunctionalGroupsSequence
    cited = shared.DerivationImageSequence[0].SourceImageSequence
    assert {item.ReferencedSOPInstanceUID for item in cited} == {
        f"1.2.3.{100 - k}" for k in range(6)
    }
    assert "Research use only" in image.ImageComments


def test_an_enhanced_image_of_ct_is_refused(oblique: Volume, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="classic"):
        run(write_series(replace(oblique, modality="CT"), tmp_path / "out", {}, form=ENHANCED))
    assert list(tmp_path.iterdir()) == []
