"""Results as DICOM series: valid, whole, in their place, and the same patient's."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from pydicom import dcmread
from pydicom.dataset import Dataset

import phantoms
from children import ran
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.dicom.export.writer import write_series
from srviewer.io.formats import read, scan
from srviewer.job import run

LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
PROVENANCE = {"method": "cross-plane", "model_sha256": "ab" * 32, "sources": ["/home/secret.nii"]}


def thin(scan: Volume) -> Volume:
    """Twice as many slices, with values that are no whole numbers."""
    voxels = np.repeat(scan.voxels, 2, axis=2) * np.float32(1.013)
    return scan.derived(voxels, scan.geometry.refined(2, 2), "refined by 2 along k", "T2 (thin)")


def export(volume: Volume, folder: Path) -> list[Dataset]:
    run(write_series(volume, folder, PROVENANCE))
    return [dcmread(path) for path in sorted(folder.iterdir())]


@pytest.fixture
def from_dicom(thick: Volume, write_dicom: Callable[..., list[Path]]) -> Volume:
    """A result of a DICOM series of a named patient."""

    def name(dataset: Dataset, k: int) -> None:
        dataset.PatientID, dataset.PatientBirthDate = "4711", "19700101"
        dataset.StudyInstanceUID, dataset.FrameOfReferenceUID = "1.2.34", "1.2.56"
        dataset.StudyDate, dataset.StudyTime = "20200131", "101112"
        dataset.Manufacturer, dataset.BodyPartExamined = "Maker", "HEAD"
        dataset.ScanningSequence, dataset.EchoTime = "SE", "90"
        dataset.PatientAge = "050Y"

    files = write_dicom(thick, edit=name)
    for path in files:
        # What the standard does not allow.
        path.write_bytes(path.read_bytes().replace(b"050Y", b"50ys"))
    return thin(run(read(files[0].parent)))


def test_it_stays_the_same_patients_in_the_same_place(from_dicom: Volume, tmp_path: Path) -> None:
    slices = export(from_dicom, tmp_path / "out")
    assert len(slices) == from_dicom.geometry.shape[2]
    for number, one in enumerate(slices):
        assert (one.PatientName, one.PatientID) == ("Secret^Name", "4711")
        assert (one.StudyInstanceUID, one.FrameOfReferenceUID) == ("1.2.34", "1.2.56")
        assert one.SeriesInstanceUID == slices[0].SeriesInstanceUID != "1.2.3"
        assert list(one.ImageType)[:2] == ["DERIVED", "SECONDARY"]
        assert one.InstanceNumber == number + 1
        assert "PatientAge" not in one
        assert one.EchoTime == 90 and one.BodyPartExamined == "HEAD"
        cited = {item.ReferencedSOPInstanceUID for item in one.SourceImageSequence}
        assert cited == {f"1.2.3.{100 - k}" for k in range(6)}
        assert one.SliceThickness == one.SpacingBetweenSlices == pytest.approx(2.5)
        assert "research use only" in one.SeriesDescription.lower()
        assert "Research use only" in one.ImageComments
        assert one.BurnedInAnnotation == "NO"
    uids = {one.SOPInstanceUID for one in slices}
    assert len(uids) == len(slices) and not any(uid.startswith("1.2.3.") for uid in uids)


def test_how_it_was_made_travels_in_each_file_without_the_patient(
    from_dicom: Volume, tmp_path: Path
) -> None:
    one = export(from_dicom, tmp_path / "out")[0]
    text = one.private_block(0x0099, "SRVIEWER")[1].value
    story = json.loads(text)
    assert story["provenance"] == {"method": "cross-plane", "model_sha256": "ab" * 32}
    assert "Secret" not in text and "4711" not in text
    assert "Secret" not in repr(from_dicom) and "4711" not in repr(from_dicom)
    assert "refined by 2 along k" in one.DerivationDescription
    makers = [item.Manufacturer for item in one.ContributingEquipmentSequence]
    assert makers == ["Maker", "srviewer"] and one.Manufacturer == "srviewer"


@pytest.mark.parametrize("directions", [*phantoms.ORIENTATIONS[::7], phantoms.rotation((9, 4, 2))])
def test_we_and_simpleitk_read_it_back(directions: np.ndarray, tmp_path: Path) -> None:
    volume = thin(phantoms.numbered((5, 4, 6), phantoms.affine_of(directions, (1.8, 1.4, 5.0))))
    slices = export(volume, tmp_path / "out")
    again = run(read(tmp_path / "out"))
    assert again.frame == slices[0].FrameOfReferenceUID
    index = np.indices(again.geometry.shape).reshape(3, -1)
    there = volume.geometry.index(again.geometry.world(index.T))
    nearest = np.rint(there).astype(int)
    assert np.abs(there - nearest).max() < 1e-3
    expected = volume.voxels[tuple(nearest.T)]
    step = float(slices[0].RescaleSlope)
    assert np.abs(again.voxels[tuple(index)] - expected).max() <= step * 0.51
    assert step < np.ptp(volume.voxels) / 60000

    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(tmp_path / "out")))
    image = reader.Execute()
    affine = np.eye(4)
    affine[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * image.GetSpacing()
    affine[:3, 3] = image.GetOrigin()
    np.testing.assert_allclose(LPS @ affine, again.geometry.affine, atol=1e-3)
    pixels = sitk.GetArrayFromImage(image).transpose(2, 1, 0)
    np.testing.assert_allclose(pixels, again.voxels, atol=step)


def test_a_tilted_stack_keeps_its_tilt(tmp_path: Path) -> None:
    affine = phantoms.affine_of(np.eye(3), (1.8, 1.4, 5.0))
    affine[1, 2] = 1.2
    volume = phantoms.numbered((5, 4, 6), affine)
    export(volume, tmp_path / "out")
    again = run(read(tmp_path / "out"))
    assert again.geometry.matches(volume.geometry, 1e-3)
    np.testing.assert_array_equal(again.voxels, volume.voxels)  # whole numbers stay exact


def test_a_grid_sheared_within_its_slices_is_refused(tmp_path: Path) -> None:
    affine = phantoms.affine_of(np.eye(3))
    affine[0, 1] = 0.3
    with pytest.raises(UserError, match="DICOM cannot express"):
        export(phantoms.numbered((5, 4, 6), affine), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_values_below_zero_and_far_from_it(tmp_path: Path) -> None:
    base = phantoms.numbered((5, 4, 6), phantoms.affine_of(np.eye(3)))
    for number, (low, high) in enumerate([(-1024.0, 900.25), (1e6, 1e6 + 1.5), (7.25, 7.25)]):
        voxels = np.linspace(low, high, base.voxels.size, dtype=np.float32)
        volume = replace(base, voxels=voxels.reshape(base.geometry.shape))
        export(volume, tmp_path / str(number))
        again = run(read(tmp_path / str(number)))
        allowed = max((high - low) / 60000, abs(high) * 1e-7)
        assert np.abs(again.voxels - volume.voxels).max() <= allowed


def test_a_scan_of_nobody_gets_a_whole_set_of_its_own(head: Volume, tmp_path: Path) -> None:
    both = [export(thin(head), tmp_path / name)[0] for name in ("a", "b")]
    assert all(str(one.PatientName).startswith("Anonymous") for one in both)
    for keyword in ("PatientID", "StudyInstanceUID", "FrameOfReferenceUID", "SeriesInstanceUID"):
        assert both[0][keyword].value != both[1][keyword].value


@pytest.mark.parametrize("missing", ["ImagePositionPatient", "ImageOrientationPatient"])
def test_a_guessed_place_is_not_claimed_to_be_the_studys(
    missing: str, thick: Volume, write_dicom: Callable[..., list[Path]], tmp_path: Path
) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.StudyInstanceUID, dataset.FrameOfReferenceUID = "1.2.34", "1.2.56"
        dataset.PatientPosition = "HFS"
        del dataset[missing]

    scanned = run(read(write_dicom(thick, edit=edit)[0].parent))
    assert scanned.frame == ""
    one = export(thin(scanned), tmp_path / "out")[0]
    assert one.StudyInstanceUID == "1.2.34"
    assert one.FrameOfReferenceUID not in ("", "1.2.56") and not one.PatientPosition
    assert "are a guess" in one.ImageComments


def test_names_and_numbers_of_a_series_stay_within_the_standard(
    thick: Volume, write_dicom: Callable[..., list[Path]], tmp_path: Path
) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.SeriesNumber = 2**31 - 5

    result = thin(run(read(write_dicom(thick, edit=edit)[0].parent)))
    one = export(replace(result, name="T2\nof\ta\\b " * 9), tmp_path / "out")[0]
    assert one.SeriesNumber == 2**31 - 1
    assert one.SeriesDescription.startswith("T2 of a/b T2") and one["SeriesDescription"].VM == 1
    assert len(one.SeriesDescription) <= 64 and one.SeriesDescription.isprintable()


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="needs dciodvfy of dicom3tools")
@pytest.mark.skipif(shutil.which("dcmdump") is None, reason="needs dcmdump of DCMTK")
@pytest.mark.parametrize("source", ["dicom", "nifti"])
def test_the_checkers_of_the_trade_find_no_error(
    source: str, from_dicom: Volume, head: Volume, tmp_path: Path
) -> None:
    export(from_dicom if source == "dicom" else thin(head), tmp_path / "out")
    for path in sorted((tmp_path / "out").iterdir())[:3]:
        assert _errors(path) == []


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="needs dciodvfy of dicom3tools")
@pytest.mark.skipif(shutil.which("dcmdump") is None, reason="needs dcmdump of DCMTK")
@pytest.mark.parametrize(
    "folder",
    ["ge_ct_gantry_tilt_variable_spacing", "siemens_enhanced_t1_2mm", "siemens_liver_haste_8p75mm"],
)
def test_real_scans_make_series_without_errors(
    folder: str, shared_data: Path, tmp_path: Path
) -> None:
    series = run(scan([shared_data / "dicom" / folder])).series[0]
    result = thin(run(series.read(0)))
    result = replace(
        result,
        voxels=result.voxels[:, :, :6],
        geometry=replace(result.geometry, shape=(*result.geometry.shape[:2], 6)),
    )
    export(result, tmp_path / "out")
    assert _errors(min((tmp_path / "out").iterdir())) == []


def _errors(path: Path) -> list[str]:
    found = ran(["dciodvfy", path])
    assert "Image" in found.stderr
    dump = ran(["dcmdump", path])
    assert dump.returncode == 0
    return [*_lines(found.stderr), *dump.stderr.splitlines()]


def _lines(told: str) -> Iterator[str]:
    yield from (line for line in told.splitlines() if line.startswith("Error"))


def test_a_folder_that_is_there_is_never_written_into(head: Volume, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="is there already and is not overwritten"):
        export(head, tmp_path / "out")
    (tmp_path / "out" / "mine.txt").unlink()
    export(head, tmp_path / "out")
    assert len(list((tmp_path / "out").iterdir())) == head.geometry.shape[2]


def test_cancelling_at_any_step_leaves_nothing(head: Volume, tmp_path: Path) -> None:
    volume = phantoms.numbered((5, 4, 6), phantoms.affine_of(np.eye(3)))
    steps = sum(1 for _ in write_series(volume, tmp_path / "whole", {}))
    assert steps > 10
    for count in range(steps):
        job = write_series(volume, tmp_path / "out", {})
        for _ in range(count):
            next(job)
        job.close()
        assert [path.name for path in tmp_path.iterdir()] == ["whole"]


def test_what_does_not_read_back_is_not_kept(tmp_path: Path) -> None:
    volume = phantoms.numbered((64, 64, 8), phantoms.affine_of(np.eye(3)))
    job = write_series(volume, tmp_path / "out", {})
    for _ in range(3):
        next(job)
    first = next(iter(tmp_path.glob(".srviewer-*-out/00001.dcm")))
    content = bytearray(first.read_bytes())
    content[-100] ^= 1
    first.write_bytes(content)
    with pytest.raises(UserError, match="not written correctly"):
        run(job)
    assert list(tmp_path.iterdir()) == []


def test_other_modalities_are_refused(head: Volume, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="modality PT"):
        export(replace(head, modality="PT"), tmp_path / "out")
