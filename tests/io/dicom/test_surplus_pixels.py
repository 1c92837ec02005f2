"""DICOM files whose pixel data are longer than their headers promise are told of."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom.data
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import scan
from srviewer.io.scans.series import Series
from srviewer.job import run

Writer = Callable[..., list[Path]]
ODD_FILES = Path(pydicom.data.__file__).parent / "test_files"


def _told(path: Path) -> tuple[Series, list[str]]:
    (series,) = run(scan([path], to_view=True)).every_series
    messages = [w.message for w in series.warnings if w.code == "trailing_bytes"]
    assert [
        w.message for w in run(series.read(0)).warnings if w.code == "trailing_bytes"
    ] == messages
    return series, messages


def _longer(by: dict[int, int]) -> Callable[[Dataset, int], None]:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.PixelData += bytes(by.get(k, 0))

    return edit


@pytest.mark.parametrize(
    ("by", "others"), [({}, ""), ({2: 2}, ""), ({1: 80, 3: 80}, " and 1 more")]
)
def test_more_bytes_than_promised_are_told_once(
    write_dicom: Writer, thick: Volume, by: dict[int, int], others: str
) -> None:
    series, messages = _told(write_dicom(thick, edit=_longer(by))[0].parent)
    assert len(messages) == bool(by)
    for message in messages:
        more = next(iter(by.values()))
        assert f"40 bytes of pixels, and {more} more follow them in '" in message
        assert f".dcm'{others}. They" in message
    assert sorted(run(series.read(0)).voxels.flat) == sorted(thick.voxels.flat)


def test_the_byte_that_makes_a_length_even_is_not_more(write_dicom: Writer, thick: Volume) -> None:
    def odd(dataset: Dataset, k: int) -> None:
        dataset.Rows, dataset.Columns = 3, 5
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
        dataset.PixelData = bytes(range(k, k + 15)) + b"\0"

    assert _told(write_dicom(thick, edit=odd)[0].parent)[1] == []


def test_frames_that_the_header_does_not_count(
    write_enhanced: Callable[..., Path], thick: Volume
) -> None:
    path = write_enhanced(thick, range(6), [1.0] * 6)
    dataset = dcmread(path)
    dataset.NumberOfFrames = 5
    del dataset.PerFrameFunctionalGroupsSequence[5]
    dataset.save_as(path)
    series, (message,) = _told(path)
    assert series.geometry.shape[2] == 5 and "200 bytes of pixels, and 40 more" in message


def test_a_real_file_with_padding_still_opens() -> None:
    series, (message,) = _told(ODD_FILES / "MR_small_padded.dcm")
    assert "8,192 bytes of pixels, and 128 more follow" in message
    plain, none = _told(ODD_FILES / "MR_small.dcm")
    assert none == []
    assert np.array_equal(run(series.read(0)).voxels, run(plain.read(0)).voxels)
