"""DICOM's pixel padding: which pixels it marks, whatever its VR, and how it is written."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from pydicom.uid import UID, ExplicitVRBigEndian, ImplicitVRLittleEndian

from srviewer.core.volume import Volume
from srviewer.io.dicom_export import write_series
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


@pytest.mark.parametrize("whole", (True, False))
def test_an_exported_series_states_its_padding(
    write_dicom: Writer, thick: Volume, tmp_path: Path, whole: bool
) -> None:
    scan = opened(write_dicom(painted(thick, -32768), edit=stated(-32768, "SS")))
    padded = scan.padded
    assert padded is not None
    if not whole:
        scan = replace(scan, voxels=np.where(padded, scan.voxels, scan.voxels * np.float32(1.013)))
    run(write_series(scan, tmp_path / "out", {}))
    first = dcmread(next((tmp_path / "out").iterdir()))
    assert first["PixelPaddingValue"].VR == "US" and first.PixelPaddingValue == 0
    again = run(read(tmp_path / "out"))
    assert again.padded is not None and (again.padding == -32768) == whole
    assert np.count_nonzero(again.padded) == np.count_nonzero(padded)
    assert again.voxels[~again.padded].max() == pytest.approx(scan.voxels.max(), rel=1e-3)
