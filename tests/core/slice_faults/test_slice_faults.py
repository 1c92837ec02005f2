"""Faults between slices: each gives its own code alone, and a clean scan gives none."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import phantoms
from slices_at_fault import (
    Spoil,
    banded,
    black_pair,
    half_black,
    moved,
    repeated,
    replaced,
    scaled,
    spoilt,
)
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Axis
from srviewer.core.geometry.slice_runs import Planes
from srviewer.core.slice_faults.faults import SliceFaults, volume_faults
from srviewer.core.slice_faults.warnings import slice_fault_warnings
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import read
from srviewer.job import run

SHAPE = (80, 96, 112)
FACTORS = (2, 4)


@pytest.fixture(scope="module")
def thin() -> Volume:
    return phantoms.head(SHAPE)


def thick(thin: Volume, axis: Axis, factor: int = 4, noise: float = 0.0) -> Volume:
    return Degradation(axis, factor, noise=noise).thick_volume(thin)


def codes(scan: Volume) -> list[str]:
    return [w.code for w in slice_fault_warnings(run(volume_faults(scan)), scan.geometry)]


def cut(scan: Volume, start: int, stop: int) -> Volume:
    """Some of the slices along k."""
    geometry = scan.geometry.cropped(2, start, stop)
    return replace(scan, voxels=scan.voxels[:, :, start:stop], geometry=geometry)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("factor", FACTORS)
def test_a_clean_scan_has_no_fault(axis: Axis, factor: int, thin: Volume) -> None:
    scan = thick(thin, axis, factor)
    shade = np.linspace(0.5, 1.5, scan.geometry.shape[0])[:, None, None]
    for voxels in (scan.voxels, scan.voxels - 1000, scan.voxels * shade):
        assert codes(replace(scan, voxels=voxels.astype(np.float32))) == []


@pytest.mark.parametrize("noise", [0.03, 0.08])
def test_noise_is_no_fault(noise: float, thin: Volume) -> None:
    assert codes(thick(thin, 2, noise=noise)) == []
    scan = thick(thin, 2)
    pure = np.random.default_rng(5).normal(100, 20, scan.voxels.shape).astype(np.float32)
    assert codes(replace(scan, voxels=pure)) == []


@pytest.mark.parametrize("count", [1, 2, 5, 6, 8])
def test_few_slices_are_not_taken_for_faults(count: int, thin: Volume) -> None:
    assert codes(cut(thick(thin, 2), 10, 10 + count)) == []


def test_empty_slices_beside_the_image_are_no_fault(thin: Volume) -> None:
    def emptied(slices: np.ndarray) -> None:
        slices[:9], slices[-8:] = 0, 0

    assert codes(spoilt(thick(thin, 2), 2, emptied)) == []
    assert codes(replace(thick(thin, 2), voxels=np.zeros((80, 96, 28), np.float32))) == []


def test_a_scan_without_a_thick_axis_is_not_looked_at(thin: Volume) -> None:
    assert run(volume_faults(spoilt(thin, 2, scaled(50, 0)))) == SliceFaults(2)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("shift", [(1, 0), (2, 0), (0, -2), (1, 1), (-1.5, 2), (0.5, 0), (4, 0)])
def test_moved_slices_are_found_with_their_shift(
    axis: Axis, shift: tuple[float, float], thin: Volume
) -> None:
    scan = spoilt(thick(thin, axis), axis, moved(shift))
    assert codes(scan) == ["interleave_motion"]
    assert run(volume_faults(scan)).shift == pytest.approx(shift, abs=0.1)


def test_moved_even_slices_are_moved_odd_ones(thin: Volume) -> None:
    scan = spoilt(thick(thin, 2), 2, moved((2, 0), first=0))
    assert codes(scan) == ["interleave_motion"]
    assert run(volume_faults(scan)).shift == pytest.approx((-2, 0), abs=0.1)


@pytest.mark.parametrize("ratio", [0.6, 0.9, 1.1, 1.4])
@pytest.mark.parametrize("first", [0, 1])
def test_bands_are_found_with_their_ratio(ratio: float, first: int, thin: Volume) -> None:
    scan = spoilt(thick(thin, 2), 2, banded(ratio, first))
    assert codes(scan) == ["slice_brightness"]
    expected = ratio if first else 1 / ratio
    assert run(volume_faults(scan)).ratio == pytest.approx(expected, rel=0.02)


BAD: list[tuple[Spoil, dict[int, str]]] = [
    (scaled(13, 0), {13: "dark"}),
    (scaled(13, 0.4), {13: "dark"}),
    (scaled(13, 2), {13: "bright"}),
    (black_pair(13), {13: "dark", 14: "dark"}),
    (half_black(13), {13: "dark"}),
    (repeated(14), {14: "repeated"}),
    (replaced(12, 16), {12: "unlike"}),
]


@pytest.mark.parametrize(("spoil", "expected"), BAD)
def test_bad_slices_are_found_one_by_one(
    spoil: Spoil, expected: dict[int, str], thin: Volume
) -> None:
    scan = spoilt(thick(thin, 2), 2, spoil)
    found = run(volume_faults(scan))
    assert {one.number: one.kind for one in found.bad} == expected
    (warning,) = slice_fault_warnings(found, scan.geometry)
    assert warning.code == "bad_slice"
    places = scan.geometry.world([[0, 0, n] for n in expected])[:, 2]
    assert warning.where_mm == pytest.approx(places, abs=1e-3)


def test_two_bad_slices_apart_are_both_found(thin: Volume) -> None:
    scan = spoilt(spoilt(thick(thin, 2), 2, scaled(9, 0)), 2, scaled(16, 2.5))
    found = run(volume_faults(scan))
    assert {one.number: one.kind for one in found.bad} == {9: "dark", 16: "bright"}
    assert codes(scan) == ["bad_slice"]


@pytest.mark.parametrize("end", [0, -1])
@pytest.mark.parametrize("by", [0, 0.3])
def test_a_bad_first_or_last_slice_is_found_where_the_image_does_not_end(
    end: int, by: float, thin: Volume
) -> None:
    inner = cut(thick(thin, 2), 11, 20)  # as a scan that does not reach the ends of the head
    assert codes(inner) == []
    assert codes(spoilt(inner, 2, scaled(end, by))) == ["bad_slice"]


def test_two_faults_give_two_codes_and_planes_without_a_slice_none(thin: Volume) -> None:
    scan = thick(thin, 2)
    both = spoilt(spoilt(scan, 2, moved((2, 0))), 2, banded(1.15))
    assert codes(both) == ["interleave_motion", "slice_brightness"]
    places = tuple(None if n == 13 else 4.0 * n for n in range(28))
    missing = replace(spoilt(scan, 2, scaled(13, 0)), planes=Planes(2, places))
    assert codes(missing) == []


def test_padding_is_no_part_of_what_is_compared(thin: Volume) -> None:
    scan = thick(thin, 2)
    corner = np.zeros(scan.voxels.shape, bool)
    corner[:20, :20, 1::2] = True
    voxels = np.where(corner, np.float32(-2000), scan.voxels)
    padded = replace(scan, voxels=voxels, padding=-2000.0)
    assert codes(padded) == []
    assert codes(spoilt(padded, 2, scaled(13, 0.3))) == ["bad_slice"]


@pytest.mark.parametrize("name", ["validation/t1_brain_100_c", "train/flair_brain_100_p19"])
@pytest.mark.parametrize("factor", [2, 6])
def test_real_scans_made_thick(name: str, factor: int, shared_data: Path) -> None:
    volume = run(read(shared_data / "mri" / f"{name}.nii.gz"))
    for axis in range(3):
        scan = thick(volume, axis, factor)
        assert codes(scan) == []
        assert codes(spoilt(scan, axis, moved((2, 0)))) == ["interleave_motion"]
        assert codes(spoilt(scan, axis, banded(1.1))) == ["slice_brightness"]
        middle = scan.geometry.shape[axis] // 2
        assert codes(spoilt(scan, axis, scaled(middle, 0))) == ["bad_slice"]


def test_real_thick_scans_but_one_have_no_fault(shared_data: Path) -> None:
    files = sorted((shared_data / "mri" / "thick").glob("*.nii.gz"))
    assert len(files) >= 8
    found = {path.name.split(".")[0]: run(read(path)).warnings for path in files}
    faults = {"interleave_motion", "slice_brightness", "bad_slice"}
    told = {name: {w.code for w in warnings} & faults for name, warnings in found.items()}
    assert {name: codes for name, codes in told.items() if codes} == {
        "t2_fetal_113x113x33_a": {"interleave_motion"}
    }
