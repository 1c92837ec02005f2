"""DICOM files whose pixel data are shorter than promised, though further elements follow them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import DeflatedExplicitVRLittleEndian, RLELossless, SegmentationStorage
from pydicom.uid import ExplicitVRLittleEndian as PLAIN

from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import scan
from srviewer.io.scans.series import NothingOpened, ScanListing
from srviewer.job import run

Writer = Callable[..., list[Path]]
BEHIND = 400  # bytes of an element behind the pixels, more than are missing


def _shorter(dataset: Dataset, by: int) -> None:
    dataset.PixelData = dataset.PixelData[:-by]
    dataset.DataSetTrailingPadding = bytes(range(200)) * (BEHIND // 200)


def _opened(path: Path) -> ScanListing:
    return run(scan([path], to_view=True))


@pytest.mark.parametrize("syntax", [PLAIN, DeflatedExplicitVRLittleEndian])
def test_a_slice_with_too_few_bytes_is_left_out(
    write_dicom: Writer, thick: Volume, syntax: str
) -> None:
    files = write_dicom(thick)
    for k, path in enumerate(files):
        dataset = dcmread(path)
        if k == 5:
            _shorter(dataset, 2)
        dataset.file_meta.TransferSyntaxUID = syntax
        dataset.save_as(path)
    (series,) = _opened(files[0].parent).series
    assert [w.message for w in series.warnings if w.code == "truncated"] == [
        "1 of 6 slices is left out: its file is cut short."
    ]
    assert np.array_equal(run(series.read(0)).voxels, thick.voxels[:, :, :5])


@pytest.mark.parametrize(("by", "held"), [(2, 5), (40, 5), (42, 4)])
def test_frames_with_too_few_bytes_are_refused(
    write_enhanced: Callable[..., Path], thick: Volume, by: int, held: int
) -> None:
    path = write_enhanced(thick, range(6), [1.0] * 6)
    dataset = dcmread(path)
    _shorter(dataset, by)
    dataset.save_as(path)
    told = f"promises 6 frames, and it holds at most {held}. Copy it again"
    with pytest.raises(NothingOpened, match=told):
        _opened(path)


def test_pixels_packed_as_compressed_ones_are_not_taken_for_plain_ones(
    write_enhanced: Callable[..., Path], thick: Volume
) -> None:
    path = write_enhanced(thick, range(6), [1.0] * 6)
    dataset = dcmread(path)
    dataset.PixelData = encapsulate([dataset.PixelData[40 * k : 40 * k + 40] for k in range(6)])
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = RLELossless
    dataset.save_as(path)
    path.write_bytes(path.read_bytes().replace(RLELossless.encode(), PLAIN.encode()))
    told = "says that its pixels are not compressed .Explicit VR Little Endian."
    with pytest.raises(NothingOpened, match=told):
        _opened(path)


def test_a_segment_of_single_bits_with_too_few_bytes_is_refused(
    write_enhanced: Callable[..., Path], thick: Volume
) -> None:
    path = write_enhanced(thick, [0], [1.0])
    dataset = dcmread(path)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = SegmentationStorage
    dataset.Modality, dataset.SegmentationType = "SEG", "BINARY"
    dataset.BitsAllocated = dataset.BitsStored = 1
    dataset.HighBit = 0
    dataset.PixelData = bytes(4)
    _shorter(dataset, 2)
    dataset.save_as(path)
    with pytest.raises(NothingOpened, match="promises 3 bytes of pixels, and it holds at most 2"):
        _opened(path)
