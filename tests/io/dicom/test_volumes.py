"""Slices make volumes despite bad headers: two kinds of image are never mixed silently."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from dicom_repeated import Edit, Writer, assert_volumes, taken
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import scan
from srviewer.io.scans.series import Series
from srviewer.job import run

DIRECTIONS = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()


def codes(series: Series) -> set[str]:
    return {warning.code for warning in series.warnings} - {"oblique"}


def directions(odd: set[tuple[int, int]]) -> list[Edit]:
    """Three directions of diffusion; the slices (direction, k) in ``odd`` have another number."""

    def edit(direction: int) -> Edit:
        def change(dataset: Dataset, k: int) -> None:
            dataset.DiffusionBValue = 1000.0
            dataset.DiffusionGradientOrientation = DIRECTIONS[direction]
            dataset.AcquisitionNumber = 19 if (direction, k) in odd else 22

        return change

    return [edit(direction) for direction in range(3)]


@pytest.mark.parametrize(
    "odd",
    [
        {(0, 2), (0, 4), (1, 3), (1, 5), (2, 1), (2, 0)},
        {(0, 2), (1, 2), (2, 4)},
        {(0, 0), (1, 1), (2, 2), (0, 3), (1, 4), (2, 5)},  # the number alone would do as well
        set(),
    ],
)
def test_directions_before_acquisition_numbers(
    write_dicom: Writer, thick: Volume, odd: set[tuple[int, int]]
) -> None:
    (series,) = taken(write_dicom, thick, directions(odd))
    assert codes(series) == set()
    volumes = [run(series.read(n)).voxels - thick.voxels for n in range(3)]
    assert sorted(float(v[0, 0, 0]) for v in volumes) == [0, 1000, 2000]
    assert all(len(np.unique(v)) == 1 for v in volumes)


def test_a_slice_missing_in_one_direction(
    write_dicom: Writer, thick: Volume, tmp_path: Path
) -> None:
    taken(write_dicom, thick, directions({(0, 2), (2, 1), (2, 0)}))
    next((tmp_path / "all/1").glob("*_3.dcm")).unlink()
    whole, holed = run(scan([tmp_path])).series
    assert (whole.frames, holed.frames) == (2, 1)
    assert codes(whole) == set()
    assert codes(holed) == {"missing_slices", "incomplete_volume"}
    volume = run(holed.read(0)).voxels
    np.testing.assert_array_equal(volume[:, :, 4], thick.voxels[:, :, 4] + 1000)


def numbered_b_values(number: int) -> Edit:
    def change(dataset: Dataset, k: int) -> None:
        dataset.DiffusionBValue = number / 1000 if number < 3 else 1000.0
        if number >= 3:
            dataset.DiffusionGradientOrientation = DIRECTIONS[number - 3]

    return change


def test_tiny_b_values_of_philips_are_repeats_of_none(write_dicom: Writer, thick: Volume) -> None:
    plain, weighted = taken(write_dicom, thick, [numbered_b_values(n) for n in range(6)])
    assert (plain.name, weighted.name) == ("T2 test (7), b 0", "T2 test (7), b 1000")
    assert_volumes(plain, thick, [0, 1, 2])
    assert weighted.frames == 3


def jittered(keyword: str, value: float, shift: float) -> Edit:
    def change(dataset: Dataset, k: int) -> None:
        setattr(dataset, keyword, str(value))
        x, y, z = (float(one) for one in dataset.ImagePositionPatient)
        noise = random.Random(k + int(value)).uniform(-shift, shift)
        dataset.ImagePositionPatient = [f"{v + noise:.6f}" for v in (x, y, z)]

    return change


@pytest.mark.parametrize("shift", [1e-5, 1e-3, 0.005, 0.02])
def test_positions_that_differ_by_little_are_one_place(
    write_dicom: Writer, thick: Volume, shift: float
) -> None:
    edits = [jittered("EchoTime", 20 + 60 * n, shift) for n in range(2)]
    first, second = taken(write_dicom, thick, edits)
    assert (first.name, second.name) == ("T2 test (7), TE 20 ms", "T2 test (7), TE 80 ms")
    assert_volumes(first, thick, [0])
    assert_volumes(second, thick, [1])


@pytest.mark.parametrize("shift", [1e-5, 0.005, 0.02])
def test_a_dynamic_series_with_jitter_is_one(
    write_dicom: Writer, thick: Volume, shift: float
) -> None:
    edits = [jittered("TemporalPositionIdentifier", n, shift) for n in range(4)]
    (series,) = taken(write_dicom, thick, edits)
    assert_volumes(series, thick, [0, 1, 2, 3])


def test_slices_thinner_than_the_tolerance_are_places_of_their_own(
    write_dicom: Writer, thick: Volume
) -> None:
    def shrink(dataset: Dataset, k: int) -> None:
        dataset.ImagePositionPatient = ["0", "0", f"{0.02 * k:.3f}"]
        dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        dataset.PixelSpacing, dataset.SliceThickness = [0.02, 0.02], "0.02"

    (series,) = taken(write_dicom, thick, [shrink])
    assert series.geometry.shape == (5, 4, 6)
    assert series.geometry.spacing[2] == pytest.approx(0.02, abs=1e-4)


def timed(volume: int, minutes: tuple[str, str] = ("1459", "1500")) -> Edit:
    """A time of its own for each slice, six of which follow each other in a second and a half."""

    def change(dataset: Dataset, k: int) -> None:
        seconds = 57 + 2 * volume + 0.25 * ((k * 5) % 6)
        minute = minutes[0] if seconds < 60 else minutes[1]
        dataset.AcquisitionTime = f"{minute}{seconds % 60:09.6f}"

    return change


@pytest.mark.parametrize("minutes", [("1459", "1500"), ("2359", "0000")])
def test_dynamics_with_a_time_for_each_slice(
    write_dicom: Writer, thick: Volume, minutes: tuple[str, str]
) -> None:
    (series,) = taken(write_dicom, thick, [timed(n, minutes) for n in range(4)])
    assert codes(series) == set()
    assert_volumes(series, thick, [0, 1, 2, 3])


@pytest.mark.parametrize("gone", [0, 1, 3])
def test_a_slice_missing_among_such_times(
    write_dicom: Writer, thick: Volume, tmp_path: Path, gone: int
) -> None:
    taken(write_dicom, thick, [timed(n) for n in range(4)])
    next((tmp_path / f"all/{gone}").glob("*_3.dcm")).unlink()
    whole, holed = sorted(run(scan([tmp_path])).series, key=lambda one: -one.frames)
    assert_volumes(whole, thick, [n for n in range(4) if n != gone])
    assert "missing_slices" in codes(holed)
    volume = run(holed.read(0)).voxels
    np.testing.assert_array_equal(volume[:, :, 4], thick.voxels[:, :, 4] + 1000 * gone)


def test_echoes_with_magnitude_and_phase_each_lacking_nothing(
    write_dicom: Writer, thick: Volume
) -> None:
    def edit(echo: int, part: str) -> Edit:
        def change(dataset: Dataset, k: int) -> None:
            dataset.EchoTime, dataset.ImageType = str(echo), ["ORIGINAL", "PRIMARY", part]
            dataset.AcquisitionNumber = 1 + k % 2

        return change

    found = taken(write_dicom, thick, [edit(e, p) for e in (20, 80) for p in "MP"])
    names = [f"T2 test (7), TE {echo} ms, {part}" for echo in (20, 80) for part in "MP"]
    assert [one.name for one in found] == names
    for number, one in enumerate(found):
        assert_volumes(one, thick, [number])


def test_two_kinds_in_one_volume_are_said(write_dicom: Writer, thick: Volume) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.EchoTime = "20" if k < 3 else "80"

    (series,) = taken(write_dicom, thick, [edit])
    assert codes(series) == {"mixed_contrasts"}
    assert "echo time" in series.warnings[0].message


def test_a_hundredth_of_the_echo_time_is_the_same_kind(write_dicom: Writer, thick: Volume) -> None:
    edit: Edit = lambda dataset, k: setattr(dataset, "EchoTime", f"{80 + 0.1 * k:.1f}")  # noqa: E731
    (series,) = taken(write_dicom, thick, [edit])
    assert codes(series) == set()


def test_times_against_numbers_are_said(write_dicom: Writer, thick: Volume) -> None:
    def edit(volume: int) -> Edit:
        def change(dataset: Dataset, k: int) -> None:
            dataset.AcquisitionNumber = (volume + k) % 2
            dataset.AcquisitionTime = f"1200{volume:02d}"

        return change

    (series,) = taken(write_dicom, thick, [edit(0), edit(1)])
    assert codes(series) == {"duplicate_positions"}


@pytest.mark.parametrize(
    ("seconds", "interval_s"), [((0, 2.5, 5), 2.5), ((0, 2.5, 9), None)], ids=["even", "uneven"]
)
def test_the_interval_of_volumes_by_times_of_acquisition(
    write_dicom: Writer, thick: Volume, seconds: tuple[float, ...], interval_s: float | None
) -> None:
    def edit(volume: int) -> Edit:
        def change(dataset: Dataset, k: int) -> None:
            dataset.AcquisitionNumber = volume
            dataset.AcquisitionTime = f"1200{seconds[volume] + 0.1 * k:09.6f}"

        return change

    (series,) = taken(write_dicom, thick, [edit(n) for n in range(len(seconds))])
    assert (series.frames, series.interval_s) == (3, interval_s)


def ge_part(number: int, sequence: str = "") -> Callable[[int], Edit]:
    """GE's number of the part of a complex image; ``taken`` numbers instances by volumes."""

    def of(volume: int) -> Edit:
        def change(dataset: Dataset, k: int) -> None:
            dataset.add_new((0x0043, 0x0010), "LO", "GEMS_PARM_01")
            dataset.add_new((0x0043, 0x102F), "SS", number)
            dataset.ImageType = ["ORIGINAL", "PRIMARY", "OTHER"]
            if sequence:
                dataset.add_new((0x0019, 0x0010), "LO", "GEMS_ACQU_01")
                dataset.add_new((0x0019, 0x109C), "LO", sequence)
                dataset.add_new((0x0021, 0x0010), "LO", "GEMS_RELA_01")
                dataset.add_new((0x0021, 0x104F), "SS", 6)
                dataset.InstanceNumber = 6 * volume + 6 - k

        return change

    return of


def test_parts_of_a_complex_image_of_ge(write_dicom: Writer, thick: Volume) -> None:
    found = taken(write_dicom, thick, [ge_part(n)(n) for n in (0, 1, 2, 3)])
    parts = ("magnitude", "phase", "real", "imaginary")
    assert [one.name for one in found] == [f"T2 test (7), {part}" for part in parts]
    for number, one in enumerate(found):
        assert_volumes(one, thick, [number])


def test_a_field_map_of_ge(write_dicom: Writer, thick: Volume) -> None:
    found = taken(write_dicom, thick, [ge_part(0, "B0map")(n) for n in range(2)])
    assert [one.name for one in found] == ["T2 test (7), field map", "T2 test (7), magnitude"]
    assert_volumes(found[0], thick, [0])
    assert_volumes(found[1], thick, [1])


def test_the_image_type_says_enough(write_dicom: Writer, thick: Volume) -> None:
    def edit(number: int, part: str) -> Edit:
        def change(dataset: Dataset, k: int) -> None:
            ge_part(number)(0)(dataset, k)
            dataset.ImageType = ["ORIGINAL", "PRIMARY", part]

        return change

    found = taken(write_dicom, thick, [edit(0, "M"), edit(1, "P")])
    assert [one.name for one in found] == ["T2 test (7), M", "T2 test (7), P"]


def test_stations_beside_each_other_are_series_each(write_dicom: Writer, thick: Volume) -> None:
    def edit(station: int) -> Edit:
        def change(dataset: Dataset, k: int) -> None:
            row = np.array(dataset.ImageOrientationPatient[:3], float)
            place = np.array(dataset.ImagePositionPatient, float) + 200 * station * row
            dataset.ImagePositionPatient = [f"{v:.6f}" for v in place]

        return change

    first, second = taken(write_dicom, thick, [edit(0), edit(1)])
    assert (codes(first), codes(second)) == (set(), set())
    assert_volumes(first, thick, [0])
    assert_volumes(second, thick, [1])
