"""Segments of DICOM segmentations, written by highdicom: where they lie, and whose they are."""

from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import RLELossless

import phantoms
from segmented_series import FIXTURES, drawn_regions, write_series
from srviewer.__main__ import main
from srviewer.core.comparison.belonging import check_belongs
from srviewer.core.resampling.extended import extended
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import read, scan
from srviewer.io.scans.series import Series
from srviewer.job import run

LIVER, VESSEL, TUMOUR = drawn_regions()
APART = np.where(VESSEL, 2, LIVER)  # without the tumour, which overlaps the liver


@pytest.fixture
def series_folder(tmp_path: Path) -> Path:
    return write_series(tmp_path / "series")


def opened(path: Path) -> Series:
    (series,) = run(scan([path])).series
    return series


def changed(path: Path, edit: Callable[[Dataset], None]) -> Path:
    """A segmentation of the fixtures, changed and written to ``path``."""
    made = dcmread(FIXTURES / f"{path.stem}.dcm")
    edit(made)
    made.save_as(path)
    return path


def on_scan(labels: Volume, folder: Path) -> np.ndarray:
    """(plane, row, column) labels on the grid of the scan."""
    whole = extended(labels, run(read(folder)).geometry)
    assert whole is not None
    return whole.voxels.T


@pytest.mark.parametrize("name", ["binary", "fractional", "labelmap"])
def test_segments_lie_where_they_were_drawn(series_folder: Path, name: str) -> None:
    series = opened(FIXTURES / f"{name}.dcm")
    labels = run(series.read(0))
    assert labels.geometry.shape == (12, 10, 4)  # empty slices were left out
    np.testing.assert_array_equal(on_scan(labels, series_folder), APART)
    assert series.segments is not None
    names = [(entry.value, entry.name) for entry in series.segments.names]
    assert names == [(1, "Liver"), (2, "Vessel")]
    assert series.warnings[0].code == "segmentation"
    (vessel,) = run(series.segments.read([2]))
    np.testing.assert_array_equal(on_scan(vessel, series_folder), 2 * VESSEL)


def test_colours_of_segments(tmp_path: Path) -> None:
    def colour(made: Dataset) -> None:
        made.SegmentSequence[1].RecommendedDisplayCIELabValue = [34885, 53485, 50171]  # sRGB red

    series = opened(changed(tmp_path / "binary.dcm", colour))
    assert series.segments is not None
    liver, vessel = series.segments.names
    assert liver.colour is None
    assert vessel.colour is not None
    assert np.abs(np.subtract(vessel.colour, (255, 0, 0))).max() <= 3


def test_frames_are_placed_by_position_and_not_by_order(
    series_folder: Path, tmp_path: Path
) -> None:
    def reverse(made: Dataset) -> None:
        frames = made.PerFrameFunctionalGroupsSequence
        pixels = made.pixel_array[::-1].astype(np.uint8)
        made.PerFrameFunctionalGroupsSequence = list(frames)[::-1]
        made.PixelData = np.packbits(pixels.ravel(), bitorder="little").tobytes() + b"\0"

    labels = run(read(changed(tmp_path / "binary.dcm", reverse)))
    np.testing.assert_array_equal(on_scan(labels, series_folder), APART)


def test_segments_that_overlap_are_never_one_label_map(series_folder: Path) -> None:
    series = opened(FIXTURES / "overlapping.dcm")
    with pytest.raises(UserError, match=r"overlap.*1 \(Liver\), 2 \(Vessel\), 3 \(Tumour\)"):
        run(series.read(0))
    assert series.segments is not None
    first, second = run(series.segments.read((1, 2, 3)))
    np.testing.assert_array_equal(on_scan(first, series_folder), APART)
    np.testing.assert_array_equal(on_scan(second, series_folder), 3 * TUMOUR)


def test_labels_and_lock(
    series_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    thin, out = tmp_path / "thin.nii.gz", tmp_path / "labels.nrrd"
    command = ["reconstruct", str(series_folder), "-o", str(thin), "--method", "linear"]
    labels = ["--labels", str(FIXTURES / "overlapping.dcm"), "-o-labels", str(out)]
    assert main([*command, *labels]) == 1
    assert "overlap" in capsys.readouterr().err
    assert not out.exists()
    assert main([*command, *labels, "--segments", "liver,9"]) == 1
    assert "has no segment '9'" in capsys.readouterr().err
    assert main([*command, *labels, "--segments", "liver,2"]) == 0
    image = run(read(out))
    assert image.geometry.matches(run(read(thin)).geometry)
    counts = np.unique(image.voxels, return_counts=True)[1]
    factor = image.geometry.shape[2] // 6
    np.testing.assert_allclose(counts[1:], factor * np.bincount(APART.ravel())[1:], rtol=0.01)
    assert main([*command, "--lock", str(FIXTURES / "overlapping.dcm")]) == 0
    assert main([*command, "--segments", "1"]) == 1
    nib.save(nib.Nifti1Image(np.zeros((3, 3, 3), np.uint8), np.eye(4)), plain := tmp_path / "m.nii")
    assert main([*command, "--lock", str(plain), "--segments", "1"]) == 1
    assert "names no segments" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("keyword", "value", "says"),
    [
        ("PatientID", "phantom-2", "names another patient"),
        ("FrameOfReferenceUID", "1.2.3", "another frame of reference"),
    ],
)
def test_the_segmentation_of_another_scan_is_refused(
    series_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    keyword: str,
    value: str,
    says: str,
) -> None:
    path = changed(tmp_path / "binary.dcm", lambda made: setattr(made, keyword, value))
    out = tmp_path / "thin.nii.gz"
    command = ["reconstruct", str(series_folder), "-o", str(out), "--method", "linear"]
    for options in (
        ["--lock", str(path)],
        ["--labels", str(path), "-o-labels", str(tmp_path / "l.nii.gz")],
    ):
        assert main([*command, *options]) == 1
        assert says in capsys.readouterr().err


def _moved_by_slices(count: int) -> Callable[[Dataset], None]:
    """Every frame moved along the normal, and still naming the slice that it was drawn on."""
    across = 4.5 * count * np.round(phantoms.rotation((10, -15, 25)), 6)[:, 2]

    def edit(made: Dataset) -> None:
        for frame in made.PerFrameFunctionalGroupsSequence:
            place = frame.PlanePositionSequence[0]
            moved = np.array(place.ImagePositionPatient, float) + across
            place.ImagePositionPatient = [f"{mm:.6f}" for mm in moved]

    return edit


def _without_sources(made: Dataset) -> None:
    for frame in made.PerFrameFunctionalGroupsSequence:
        del frame.DerivationImageSequence


def test_a_segmentation_moved_by_whole_slices_is_refused(
    series_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "thin.nii.gz"
    command = ["reconstruct", str(series_folder), "-o", str(out), "--method", "linear", "--lock"]
    for slices in (1, -1):
        moved = changed(tmp_path / "binary.dcm", _moved_by_slices(slices))
        assert main([*command, str(moved)]) == 1
        assert "lies 4.5 mm from the slice" in capsys.readouterr().err
        assert not out.exists()

    def vaguely(made: Dataset) -> None:  # moved, but nothing says that it was not drawn there
        _moved_by_slices(1)(made)
        _without_sources(made)

    assert main([*command, str(changed(tmp_path / "binary.dcm", vaguely))]) == 0


def test_a_frame_that_names_many_images_names_no_place(series_folder: Path, tmp_path: Path) -> None:
    def the_series(made: Dataset) -> None:
        _moved_by_slices(1)(made)
        for frame in made.PerFrameFunctionalGroupsSequence:
            sources = frame.DerivationImageSequence[0].SourceImageSequence
            frame.DerivationImageSequence[0].SourceImageSequence = [*sources] * 9

    check_belongs(run(read(changed(tmp_path / "binary.dcm", the_series))), run(read(series_folder)))


def test_sources_that_cannot_be_read_name_no_place(series_folder: Path, tmp_path: Path) -> None:
    def numbered(made: Dataset) -> None:
        for frame in made.PerFrameFunctionalGroupsSequence:
            frame.DerivationImageSequence[0].SourceImageSequence[0].ReferencedFrameNumber = 12345678

    path = changed(tmp_path / "binary.dcm", numbered)
    path.write_bytes(path.read_bytes().replace(b"12345678", b"abcdefgh"))
    labels = run(read(path))
    assert not labels.drawn_on
    np.testing.assert_array_equal(on_scan(labels, series_folder), APART)


def _only_ones(made: Dataset) -> None:
    made.decompress()
    made.PixelData = (np.frombuffer(made.PixelData, np.uint8) > 0).astype(np.uint8).tobytes()


def test_a_fractional_segmentation_that_would_be_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"reaches half of the largest value .*200.* is 1\."):
        run(read(changed(tmp_path / "fractional.dcm", _only_ones)))


def test_single_bits_are_inside_or_outside_whatever_the_header_says(
    series_folder: Path, tmp_path: Path
) -> None:
    def fractional(made: Dataset) -> None:
        made.SegmentationType, made.MaximumFractionalValue = "FRACTIONAL", 255
        made.SegmentationFractionalType = "PROBABILITY"

    labels = run(read(changed(tmp_path / "binary.dcm", fractional)))
    np.testing.assert_array_equal(on_scan(labels, series_folder), APART)


def _place(made: Dataset, frame: int, position: list[float]) -> None:
    group = made.PerFrameFunctionalGroupsSequence[frame]
    group.PlanePositionSequence[0].ImagePositionPatient = position


def _no_segment(made: Dataset) -> None:
    del made.PerFrameFunctionalGroupsSequence[0].SegmentIdentificationSequence


def _compressed(made: Dataset) -> None:
    made.file_meta.TransferSyntaxUID = RLELossless
    item = b"\xfe\xff\x00\xe0"
    fragments = [item + (8).to_bytes(4, "little") + bytes(8) for _ in range(made.NumberOfFrames)]
    made.PixelData = item + bytes(4) + b"".join(fragments) + b"\xfe\xff\xdd\xe0" + bytes(4)
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda made: setattr(made, "PixelData", made.PixelData[:40]), "cut short"),
        (lambda made: setattr(made, "NumberOfFrames", 5_000_000), "cut short or damaged"),
        (lambda made: setattr(made, "NumberOfFrames", 5), "describes 6 frames and holds 5"),
        (lambda made: setattr(made, "Rows", 60_000), "cut short"),
        (lambda made: delattr(made, "SegmentSequence"), "names no segment"),
        (_no_segment, "which segment each frame shows"),
        (lambda made: _place(made, 0, [1e9, 1e9, 1e9]), "too large|regular grid"),
        (lambda made: _place(made, 0, [-20, 10, 7]), "regular grid"),
        (_compressed, "compressed"),
    ],
)
def test_segmentations_that_lie_are_refused(
    tmp_path: Path, edit: Callable[[Dataset], None], says: str
) -> None:
    with pytest.raises(UserError, match=says):
        run(read(changed(tmp_path / "binary.dcm", edit)))
