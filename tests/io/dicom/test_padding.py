"""DICOM's pixel padding: which pixels it marks, whatever its VR, and how it is written."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from pydicom.uid import UID, ExplicitVRBigEndian, ImplicitVRLittleEndian

import phantoms
from children import ran
from srviewer.core.volumes.volume import Volume
from srviewer.io.dicom.export.writer import write_series
from srviewer.io.export.image import DataType
from srviewer.io.formats import read
from srviewer.job import run

Writer = Callable[..., list[Path]]


def opened(files: list[Path]) -> Volume:
    return run(read(files[0].parent))


def painted(thick: Volume, value: float) -> Volume:
    """Two columns, and one slice, of ``value``."""
    voxels = np.array(thick.voxels)
    voxels[:2], voxels[:, :, 4] = value, value
    return replace(thick, voxels=voxels)


def stated(value: int, vr: str, limit: int | None = None) -> Callable[[Dataset, int], None]:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.add_new("PixelPaddingValue", vr, value)
        if limit is not None:
            dataset.add_new("PixelPaddingRangeLimit", vr, limit)

    return edit


@pytest.mark.parametrize(("value", "vr"), [(-32768, "SS"), (32768, "US")])
def test_padding_is_marked_whatever_its_vr(
    write_dicom: Writer, thick: Volume, value: int, vr: str
) -> None:
    scan = painted(thick, -32768)
    found = opened(write_dicom(scan, edit=stated(value, vr)))
    assert found.padding == -32768 and found.padded is not None
    assert np.count_nonzero(found.padded) == np.count_nonzero(scan.voxels == -32768)
    assert found.stored_as == "int16"


@pytest.mark.parametrize("syntax", (ImplicitVRLittleEndian, ExplicitVRBigEndian))
def test_padding_is_marked_in_other_encodings(
    write_dicom: Writer, thick: Volume, syntax: UID
) -> None:
    files = write_dicom(painted(thick, -2000), edit=stated(-2000, "SS"))
    for path in files:
        dataset = dcmread(path)
        implicit = syntax == ImplicitVRLittleEndian
        if not implicit:
            dataset.PixelData = dataset.pixel_array.astype(">i2").tobytes()
        dataset.file_meta.TransferSyntaxUID = syntax
        dcmwrite(path, dataset, implicit_vr=implicit, little_endian=implicit, force_encoding=True)
    found = opened(files)
    assert found.padding == -2000 and found.padded is not None and found.padded[:2].all()


def test_a_range_becomes_one_value_after_the_rescale(write_dicom: Writer, thick: Volume) -> None:
    voxels = np.array(thick.voxels) + 5000
    voxels[:2], voxels[2] = -1000, -1024
    edit = stated(-1024, "SS", limit=-1000)

    def scaled(dataset: Dataset, k: int) -> None:
        edit(dataset, k)
        dataset.RescaleSlope, dataset.RescaleIntercept = str(1 + k), "3"

    found = opened(write_dicom(replace(thick, voxels=voxels), edit=scaled))
    assert found.padding is not None and found.padded is not None
    assert found.padded[:3].all() and not found.padded[3:].any()


def test_padding_is_turned_with_monochrome1(write_dicom: Writer, thick: Volume) -> None:
    edit = stated(4000, "US")

    def dark(dataset: Dataset, k: int) -> None:
        edit(dataset, k)
        dataset.PhotometricInterpretation = "MONOCHROME1"
        dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 12, 11, 0

    found = opened(write_dicom(painted(thick, 4000), edit=dark))
    assert found.padding == 95 and found.padded is not None and found.padded[:2].all()


def test_enhanced_files_state_it_too(write_enhanced: Callable[..., Path], thick: Volume) -> None:
    path = write_enhanced(painted(thick, -2000), [3, 0, 5, 1, 4, 2], [1.0] * 6)
    dataset = dcmread(path)
    dataset.add_new("PixelPaddingValue", "SS", -2000)
    dataset.save_as(path, enforce_file_format=True)
    found = run(read(path))
    assert found.padding == -2000 and found.padded is not None and found.padded[:2].all()


def test_what_no_pixel_holds_is_no_padding(write_dicom: Writer, thick: Volume) -> None:
    found = opened(write_dicom(thick, edit=stated(-2000, "SS")))
    assert found.padding is None and found.padded is None
    assert found.voxels.min() == thick.voxels.min()


def padded_result(
    low: float, high: float, padding: float, stored_as: str = "int16", modality: str = "MR"
) -> Volume:
    """A result with fractions from ``low`` to ``high`` and some padding."""
    base = phantoms.numbered((6, 5, 4), phantoms.affine_of(phantoms.rotation((9, 4, 2))))
    voxels = np.linspace(low, high, base.voxels.size, dtype=np.float32)
    voxels[7:20], voxels[30] = padding, np.nextafter(np.float32(padding), np.float32(np.inf))
    voxels[30] = np.clip(voxels[30], low, high)
    voxels = voxels.reshape(base.geometry.shape)
    return replace(
        base, voxels=voxels, stored_as=stored_as, modality=modality, padding=float(padding)
    )


@pytest.mark.parametrize(
    ("low", "high", "padding", "vr", "pixel"),
    [
        (0.2, 900.7, -32768, "SS", -32768),
        (-37.4, 1500.5, -2000, "SS", -2000),
        (0.2, 900.7, 65535, "US", 65535),
        (1.0, 900.7, 0, "US", 0),
        (0.3, 900.7, 0, "US", 0),  # the least measured value would be rounded to the padding
        (-0.3, 900.7, 0, "SS", 0),
        (-20.0, 900.7, 400, "SS", 400),
        (5.0, 900.7, -100000, "US", 4),  # just below the values
        (-5.0, 900.7, 100000, "SS", -6),
        (0.2, 900.7, -1e30, "SS", -1),
        (0.2, 60000.0, -1, "US", 60001),  # just above
        (0.2, 900.7, -0.5, "SS", -1),
    ],
)
def test_padding_is_a_whole_number_beside_those_of_the_scan(
    low: float, high: float, padding: float, vr: str, pixel: int, tmp_path: Path
) -> None:
    volume = padded_result(low, high, padding)
    scale = run(write_series(volume, tmp_path / "out", {}))
    assert scale.is_identity and not scale.note and scale.described()["padding"] == pixel
    padded = volume.padded
    assert padded is not None and padded.sum() == 13
    for path in (tmp_path / "out").iterdir():
        one = dcmread(path)
        assert "RescaleSlope" not in one and "RescaleIntercept" not in one
        element = one["PixelPaddingValue"]
        assert (element.VR, element.value) == (vr, pixel)
        assert one.PixelRepresentation == (vr == "SS")
        assert low - 1 <= one.WindowCenter <= high + 1 and one.WindowWidth <= high - low + 1
    again = run(read(tmp_path / "out"))
    assert again.padding == pixel
    np.testing.assert_array_equal(again.padded, padded)
    off = np.abs(again.voxels - np.rint(volume.voxels))[~padded]
    assert off.max() <= 1 and np.count_nonzero(off) <= 2


@pytest.mark.parametrize(
    ("low", "high", "padding", "stored_as", "asked", "reason"),
    [
        (-500.0, 60000.0, -600, "int32", "original", "only with an offset"),
        (-500.0, 60000.0, -32768, "int32", "original", "only with an offset"),
        (-9.0, 90000.0, -32768, "int32", "original", "do not fit into 16 bits"),
        (-32768.0, 32767.0, 100000, "int32", "original", "padding do not fit into 16 bits"),
        (-2.3, 400.8, -32768, "float32", "original", "holds fractions"),
        (-2.3, 400.8, -32768, "int16", "float32", "were asked for"),
        (3.5, 3.5, -1, "float32", "original", "holds fractions"),
    ],
)
def test_with_a_slope_padding_has_the_lowest_pixel(
    low: float,
    high: float,
    padding: float,
    stored_as: str,
    asked: DataType,
    reason: str,
    tmp_path: Path,
) -> None:
    volume = padded_result(low, high, padding, stored_as)
    scale = run(write_series(volume, tmp_path / "out", {}, asked))
    assert reason in scale.note
    first = dcmread(next((tmp_path / "out").iterdir()))
    assert first["PixelPaddingValue"].VR == "US" and first.PixelPaddingValue == 0
    again = run(read(tmp_path / "out"))
    np.testing.assert_array_equal(again.padded, volume.padded)
    assert again.padding is not None and again.padding < low
    off = np.abs(again.voxels - volume.voxels)[~again.padded]
    assert off.max() <= max(0.51 * float(scale.slope), 1e-7 * high)


def test_padding_of_whole_numbers_in_a_float_file_is_not_looked_at(tmp_path: Path) -> None:
    volume = padded_result(-2.3, 400.8, -0.25, "float32")
    scan = replace(volume, voxels=np.where(volume.padded, volume.voxels, np.rint(volume.voxels)))
    assert run(write_series(volume, tmp_path / "out", {}, "original", scan)).is_identity


def test_a_scan_comes_back_with_its_padding(
    write_dicom: Writer, thick: Volume, tmp_path: Path
) -> None:
    scan = opened(write_dicom(painted(thick, -32768), edit=stated(-32768, "SS")))
    run(write_series(scan, tmp_path / "out", {}))
    again = run(read(tmp_path / "out"))
    assert again.padding == -32768 and again.stored_as == "int16"
    np.testing.assert_array_equal(again.voxels, scan.voxels)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="needs dciodvfy of dicom3tools")
@pytest.mark.parametrize(("modality", "low", "padding"), [("MR", 1, 0), ("CT", -1000, -2000)])
def test_the_checker_accepts_the_padding(
    modality: str, low: float, padding: float, tmp_path: Path
) -> None:
    volume = padded_result(low, 900.0, padding, modality=modality)
    run(write_series(replace(volume, unit="HU" if modality == "CT" else ""), tmp_path / "out", {}))
    said = ran(["dciodvfy", tmp_path / "out" / "00001.dcm"]).stderr
    assert f"{modality}Image" in said and "Error" not in said and "Padding" not in said


def test_padding_hides_no_labels_and_makes_none(write_dicom: Writer) -> None:
    affine = phantoms.affine_of(phantoms.rotation((0, 0, 0)), (4.0, 4.0, 4.0))
    base = phantoms.numbered((40, 36, 20), affine)
    ball = np.zeros(base.geometry.shape, np.float32)
    ball[10:30, 8:20, 5:15] = 7
    noisy = np.random.default_rng(3).integers(0, 400, ball.shape).astype(np.float32)
    noisy[:25] = -2000
    framed = np.array(ball)
    framed[:4] = -2000
    for voxels, padding, labels in (
        (ball, 0, True),
        (framed, -2000, True),
        (noisy, -2000, False),
        (np.where(noisy == -2000, noisy, noisy // 100), -2000, False),
    ):
        found = opened(write_dicom(replace(base, voxels=voxels), edit=stated(padding, "SS")))
        assert found.padding == padding
        assert ("label_like" in {one.code for one in found.warnings}) == labels
