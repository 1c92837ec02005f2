"""Pixels of exported series: the values themselves wherever that can be, and said where not."""

import json
import shutil
from collections.abc import Callable
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
from srviewer.io.dicom.export.stored_values import StoredScale
from srviewer.io.dicom.export.writer import write_series
from srviewer.io.export.image import DataType
from srviewer.io.formats import read
from srviewer.job import run

Written = tuple[StoredScale, list[Dataset]]


def result_of(low: float, high: float, stored_as: str = "int16", modality: str = "MR") -> Volume:
    """A result with fractions from ``low`` to ``high``, of a scan of this data type."""
    base = phantoms.numbered((6, 5, 4), phantoms.affine_of(phantoms.rotation((9, 4, 2))))
    voxels = np.linspace(low, high, base.voxels.size, dtype=np.float32)
    voxels = voxels.reshape(base.geometry.shape)
    return replace(base, voxels=voxels, stored_as=stored_as, modality=modality)


def export(
    volume: Volume, folder: Path, stored_as: DataType = "original", scan: Volume | None = None
) -> Written:
    scale = run(write_series(volume, folder, {}, stored_as, scan))
    return scale, [dcmread(path) for path in sorted(folder.iterdir())]


def read_back(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What we, SimpleITK, and a viewer that knows no rescaling read, each (i, j, k)."""
    reader = sitk.ImageSeriesReader()
    files = reader.GetGDCMSeriesFileNames(str(folder))
    reader.SetFileNames(files)
    theirs = sitk.GetArrayFromImage(reader.Execute()).transpose(2, 1, 0)
    plain = np.stack([dcmread(path).pixel_array.T for path in files], axis=2)
    return run(read(folder)).voxels, theirs, plain


@pytest.mark.parametrize(
    ("low", "high", "signed", "bits"),
    [
        (0.2, 900.7, 0, 12),
        (-37.4, 1500.5, 1, 12),
        (-3000.2, 5.6, 1, 13),
        (0.4, 65535.4, 0, 16),
        (-32768.0, 32767.0, 1, 16),
        (3.3, 3.3, 0, 12),
    ],
)
@pytest.mark.parametrize("stored_as", ["int16", "uint16", "uint8", "int32"])
def test_a_scan_of_whole_numbers_gives_whole_numbers(
    low: float, high: float, signed: int, bits: int, stored_as: str, tmp_path: Path
) -> None:
    volume = result_of(low, high, stored_as)
    scale, slices = export(volume, tmp_path / "out")
    assert scale.is_identity and not scale.note
    for one in slices:
        assert "RescaleSlope" not in one and "RescaleIntercept" not in one
        assert (one.PixelRepresentation, one.BitsStored, one.HighBit) == (signed, bits, bits - 1)
        assert low - 1 <= one.WindowCenter <= high + 1 and one.WindowWidth >= 1
    for found in read_back(tmp_path / "out"):
        np.testing.assert_array_equal(found, np.rint(volume.voxels))


def test_a_ct_image_keeps_its_rescaling_which_changes_nothing(tmp_path: Path) -> None:
    volume = replace(result_of(-1023.6, 900.2, modality="CT"), unit="HU")
    one = export(volume, tmp_path / "out")[1][0]
    assert (one.RescaleSlope, one.RescaleIntercept, one.RescaleType) == (1, 0, "HU")
    assert (one.PixelRepresentation, one.BitsStored) == (1, 12)


def test_whole_numbers_in_a_float_file_are_whole_numbers(tmp_path: Path) -> None:
    volume = result_of(-2.3, 400.8, "float32")
    scan = replace(volume, voxels=np.rint(volume.voxels))
    assert export(volume, tmp_path / "whole", scan=scan)[0].is_identity
    scan = replace(volume, voxels=scan.voxels / 2)
    assert not export(volume, tmp_path / "halves", scan=scan)[0].is_identity


@pytest.mark.parametrize(
    ("low", "high", "stored_as", "asked", "reason"),
    [
        (-2.3, 400.8, "float32", "original", "holds fractions"),
        (-2.3, 400.8, "int16", "float32", "were asked for"),
        (-500.0, 60000.0, "uint16", "original", "only with an offset"),
        (-9.0, 90000.0, "int32", "original", "do not fit into 16 bits"),
    ],
)
def test_a_slope_is_said_and_nothing_is_clipped(
    low: float, high: float, stored_as: str, asked: DataType, reason: str, tmp_path: Path
) -> None:
    volume = result_of(low, high, stored_as)
    scale, slices = export(volume, tmp_path / "out", asked)
    assert reason in scale.note and scale.note in slices[0].ImageComments
    story = json.loads(slices[0].private_block(0x0099, "SRVIEWER")[1].value)
    assert story["pixels"]["slope"] == pytest.approx(float(slices[0].RescaleSlope))
    ours, theirs, _ = read_back(tmp_path / "out")
    allowed = max(0.51 * float(scale.slope), 1e-7 * high)
    for found in (ours, theirs):
        assert np.abs(found - volume.voxels).max() <= allowed


def test_a_window_narrower_than_one_says_how_it_is_meant(tmp_path: Path) -> None:
    one = export(result_of(0.0, 0.9, "float32"), tmp_path / "out")[1][0]
    assert float(one.WindowWidth) < 1 and one.VOILUTFunction == "LINEAR_EXACT"


def test_what_tells_of_the_acquisition_stays_and_slices_say_where_they_lie(
    write_dicom: Callable[..., list[Path]], tmp_path: Path
) -> None:
    kept = {
        "AcquisitionDate": "20200131",
        "AcquisitionTime": "101112.5",
        "AcquisitionNumber": 3,
        "ProtocolName": "t2_tse_sag",
        "EchoNumbers": 2,
    }

    def edit(dataset: Dataset, k: int) -> None:
        for keyword, value in kept.items():
            setattr(dataset, keyword, value)
        dataset.SliceLocation = 5000.0 + k

    affine = phantoms.affine_of(phantoms.rotation((20, 10, 5)), (0.8, 1.1, 5.0))
    scan = run(read(write_dicom(phantoms.numbered((5, 4, 6), affine), edit=edit)[0].parent))
    geometry = scan.geometry.refined(2, 2)
    thin = scan.derived(np.repeat(scan.voxels, 2, axis=2), geometry, "refined", "thin")
    slices = export(thin, tmp_path / "out")[1]
    for one in slices:
        assert {keyword: one[keyword].value for keyword in kept} == kept
        across, down = np.reshape(one.ImageOrientationPatient, (2, 3)).astype(float)
        place = np.cross(across, down) @ np.array(one.ImagePositionPatient, float)
        assert float(one.SliceLocation) == pytest.approx(place, abs=1e-6)
    steps = np.diff([float(one.SliceLocation) for one in slices])
    np.testing.assert_allclose(steps, 2.5, atol=1e-6)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="needs dciodvfy of dicom3tools")
@pytest.mark.parametrize(("modality", "low"), [("MR", 0.0), ("MR", -37.0), ("CT", -1000.0)])
def test_the_checker_has_nothing_to_say_of_the_pixels(
    modality: str, low: float, tmp_path: Path
) -> None:
    volume = result_of(low, 900.0, modality=modality)
    export(replace(volume, unit="HU" if modality == "CT" else ""), tmp_path / "out")
    said = ran(["dciodvfy", tmp_path / "out" / "00001.dcm"]).stderr
    assert f"{modality}Image" in said and "Error" not in said
    for word in ("Rescale", "Modality LUT", "not present in", "Extended", "Window", "Bits"):
        assert word not in said
