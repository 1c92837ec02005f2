"""DICOM segmentations of every kind are named as that, and are never taken for scans."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels.utils import pack_bits
from pydicom.sequence import Sequence as Items

from srviewer.__main__ import main
from srviewer.core.volumes.volume import Volume, is_segmentation
from srviewer.io.formats import scan
from srviewer.io.scans.series import Series
from srviewer.job import run

Writer = Callable[..., list[Path]]
STORAGE = "1.2.840.10008.5.1.4.1.1."
REGIONS = np.arange(120, dtype=np.uint8).reshape(6, 4, 5) // 30  # (k, row, column): labels 0 to 3


def binary(dataset: Dataset) -> None:
    dataset.SOPClassUID = STORAGE + "66.4"
    dataset.SegmentationType = "BINARY"
    dataset.BitsAllocated = dataset.BitsStored = 1
    dataset.HighBit = 0
    dataset.PixelData = pack_bits((REGIONS > 1).ravel())


def fractional(dataset: Dataset) -> None:
    _eight_bits(dataset, REGIONS * 80)
    dataset.SOPClassUID = STORAGE + "66.4"
    dataset.SegmentationType = "FRACTIONAL"
    dataset.SegmentationFractionalType = "PROBABILITY"
    dataset.MaximumFractionalValue = 240


def label_map(dataset: Dataset) -> None:
    _eight_bits(dataset, REGIONS)
    dataset.SOPClassUID = STORAGE + "66.7"
    dataset.SegmentationType = "LABELMAP"


def coloured_label_map(dataset: Dataset) -> None:
    label_map(dataset)
    dataset.PhotometricInterpretation = "PALETTE COLOR"
    for number, colour in enumerate(("Red", "Green", "Blue")):
        table = np.roll([0, 60, 120, 240], number).astype("<u2") * 257
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [4, 0, 16])
        dataset[f"{colour}PaletteColorLookupTableDescriptor"].VR = "US"
        setattr(dataset, f"{colour}PaletteColorLookupTableData", table.tobytes())


def of_another_class(dataset: Dataset) -> None:
    """As some programs write them: plain images that only the modality tells from a scan."""
    _eight_bits(dataset, REGIONS)


def _eight_bits(dataset: Dataset, values: np.ndarray) -> None:
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit = 7
    dataset.PixelRepresentation = 0
    dataset.PixelData = values.astype(np.uint8).tobytes()


@pytest.fixture
def write_segmentation(
    write_enhanced: Callable[..., Path], thick: Volume, tmp_path: Path
) -> Callable[..., Path]:
    """Write a file of a segmentation of the thick volume's slices; the folder that it lies in."""

    def write(make: Callable[[Dataset], None], number: int = 1) -> Path:
        path = write_enhanced(thick, range(6), [1.0] * 6)
        dataset = dcmread(path)
        dataset.Modality, dataset.SeriesDescription = "SEG", "drawn"
        dataset.SeriesNumber = number
        dataset.SegmentSequence = Items()
        for number in (1, 2, 3):
            segment = Dataset()
            segment.SegmentNumber, segment.SegmentLabel = number, f"region {number}"
            dataset.SegmentSequence.append(segment)
        for one in dataset.PerFrameFunctionalGroupsSequence:
            del one.PixelValueTransformationSequence
            shown = Dataset()
            shown.ReferencedSegmentNumber = 1
            one.SegmentIdentificationSequence = Items([shown])
        make(dataset)
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        folder = tmp_path / "all"
        folder.mkdir(exist_ok=True)
        path.unlink()
        dataset.save_as(folder / "seg.dcm", enforce_file_format=True)
        return folder

    return write


def assert_segmentation(series: Series) -> None:
    warning = series.warnings[0]
    assert warning.code == "segmentation"
    assert warning.message.startswith("This is a segmentation, not a scan")
    assert is_segmentation(series.warnings)


@pytest.mark.parametrize(
    ("make", "values"),
    [
        (binary, [0, 1]),
        (fractional, [0, 1]),
        (label_map, [0, 1, 2, 3]),
        (coloured_label_map, [0, 1, 2, 3]),
        (of_another_class, [0, 1, 2, 3]),
    ],
    ids=lambda m: getattr(m, "__name__", ""),
)
def test_one_that_opens_says_what_it_is(
    write_segmentation: Callable[..., Path],
    make: Callable[[Dataset], None],
    values: list[int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = write_segmentation(make)
    (series,) = run(scan([folder])).series
    assert_segmentation(series)
    assert series.geometry.shape == (5, 4, 6)
    volume = run(series.read(0))
    assert volume.warnings[0].code == "segmentation"
    assert np.unique(volume.voxels).tolist() == values
    rebuild = ["reconstruct", str(folder), "-o", str(tmp_path / "x.nii.gz"), "--method", "linear"]
    assert main(rebuild) == 1
    assert "This is a segmentation, not a scan" in capsys.readouterr().err
    assert main([*rebuild, "--acknowledge"]) == 0


@pytest.mark.parametrize("storage", ["66.5", "66.8"])
def test_surfaces_and_height_maps_are_counted_as_segmentations(
    write_segmentation: Callable[..., Path], write_dicom: Writer, thick: Volume, storage: str
) -> None:
    def without_image(dataset: Dataset) -> None:
        for keyword in ("Rows", "Columns", "PixelData", "PerFrameFunctionalGroupsSequence"):
            delattr(dataset, keyword)
        dataset.SOPClassUID, dataset.Modality = STORAGE + storage, "OT"

    folder = write_segmentation(without_image)
    write_dicom(thick, folder.name)
    found = run(scan([folder]))
    assert found.skipped == (("segmentations", 1),)
    assert len(found.series) == 1


def test_registrations_and_raw_data_are_none(
    write_segmentation: Callable[..., Path], write_dicom: Writer, thick: Volume
) -> None:
    def registration(dataset: Dataset) -> None:
        del dataset.Rows, dataset.PixelData
        dataset.SOPClassUID, dataset.Modality = STORAGE + "66.1", "REG"

    folder = write_segmentation(registration)
    write_dicom(thick, folder.name)
    assert run(scan([folder])).skipped == (("raw data and registrations", 1),)


def test_images_of_one_bit_that_are_no_segmentation(
    write_segmentation: Callable[..., Path], write_dicom: Writer, thick: Volume
) -> None:
    def captured(dataset: Dataset) -> None:
        binary(dataset)
        dataset.SOPClassUID, dataset.Modality = STORAGE + "7.1", "OT"

    folder = write_segmentation(captured)
    write_dicom(thick, folder.name)
    assert run(scan([folder])).skipped == (("images of one bit", 1),)


@pytest.mark.parametrize("shared", [True, False])
def test_the_scan_comes_first_and_is_kept_apart(
    write_segmentation: Callable[..., Path],
    write_dicom: Writer,
    thick: Volume,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    shared: bool,
) -> None:
    folder = write_segmentation(fractional)  # series 1; the scan is series 7
    uid = "1.2.9" if shared else "1.2.3"
    write_dicom(thick, folder.name, edit=lambda d, k: setattr(d, "SeriesInstanceUID", uid))
    drawn = folder / "seg.dcm"
    scanned, segmented = run(scan([folder])).series
    assert not is_segmentation(scanned.warnings) and drawn not in scanned.sources
    assert_segmentation(segmented)
    assert segmented.sources == (drawn,)
    out = tmp_path / "thin.nii.gz"
    assert main(["reconstruct", str(folder), "-o", str(out), "--method", "linear"]) == 0
    assert "number 0 (T2 test (7)) is used" in capsys.readouterr().err
