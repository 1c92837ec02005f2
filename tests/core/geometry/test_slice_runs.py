"""Regular runs of slices, and tilted stacks made rectangular."""

from dataclasses import replace

import numpy as np
import pytest

import phantoms
from srviewer.core.geometry.grid import Geometry
from srviewer.core.geometry.slice_runs import Planes, longest, runs
from srviewer.core.resampling.deskew import deskewed, tilt_degrees
from srviewer.core.volumes.volume import Volume
from srviewer.job import run


def found(*places: float | None) -> list[tuple[int, int, float, float]]:
    return [
        (one.start, one.stop, one.first_mm, pytest.approx(one.step_mm, abs=1e-6))
        for one in runs(Planes(2, places))
    ]


def test_a_missing_slice_cuts_a_run_in_two() -> None:
    assert found(0, 5, None, 15, 20, 25) == [(0, 2, 0, 5), (3, 6, 15, 5)]


def test_a_change_of_distance_cuts_a_run() -> None:
    assert found(0, 4, 8, 9, 16, 23) == [(0, 3, 0, 4), (3, 6, 9, 7)]
    assert found(0, 5, 10, 17, 22, 27) == [(0, 3, 0, 5), (3, 6, 17, 5)]


def test_a_slice_alone_has_the_usual_distance() -> None:
    assert found(0, 5, None, 15, None, 25, 30) == [(0, 2, 0, 5), (3, 4, 15, 5), (5, 7, 25, 5)]


def test_rounded_places_are_one_run() -> None:
    assert len(found(0, 5.02, 9.97, 15.01, 20)) == 1


def test_the_longest_run_has_most_slices_then_most_millimetres() -> None:
    assert longest(runs(Planes(2, (0, 4, 8, 9, 16, 23)))).first_mm == 9
    assert longest(runs(Planes(2, (0, 4, 8, 12, 13, 20)))).first_mm == 0


def test_a_run_lies_where_its_slices_do() -> None:
    affine = phantoms.affine_of(phantoms.rotation((12, -7, 21)), (0.8, 1.1, 5.0))
    affine[:3, 2] += 2 * affine[:3, 1]  # sheared
    grid = Geometry((5, 4, 6), affine)
    step = grid.distance(2)
    (_, second) = runs(Planes(2, (0, step, None, 3 * step, 4 * step, 5 * step)))
    assert second.geometry(grid, 2).matches(grid.cropped(2, 3, 6))


def tilted(degrees: float) -> Volume:
    """A head whose slices are shifted along j like those of a tilted gantry."""
    spacing = (1.0, 1.0, 3.0)
    thick = phantoms.head((40, 48, 12), spacing)
    affine = thick.geometry.affine.copy()
    affine[1, 2] = 3.0 * np.tan(np.radians(degrees))
    sheared = Geometry(thick.geometry.shape, affine)
    return replace(thick, geometry=sheared)


@pytest.mark.parametrize("degrees", [18.5, -12.0])
def test_straightening_keeps_every_place_in_the_patient(degrees: float) -> None:
    scan = tilted(degrees)
    assert scan.geometry.slice_axis == 2
    assert tilt_degrees(scan.geometry, 2) == pytest.approx(abs(degrees))
    assert scan.geometry.distance(2) == pytest.approx(3.0)
    square = run(deskewed(scan, 2))
    assert tilt_degrees(square.geometry, 2) == pytest.approx(0, abs=1e-5)
    assert square.geometry.spacing == pytest.approx((1, 1, 3))
    assert square.geometry.shape[1] > scan.geometry.shape[1]
    assert "deskewed" in square.history[-1]
    for index in ((10, 20, 3), (25, 30, 8), (20, 12, 11)):
        there = square.geometry.index(scan.geometry.world(index))
        assert there[2] == pytest.approx(index[2], abs=1e-6)
        low = np.floor(there).astype(int)
        share = there[1] - low[1]
        i, k = round(there[0]), round(there[2])
        around = square.voxels[i, low[1] : low[1] + 2, k]
        value = (1 - share) * around[0] + share * around[1]
        assert value == pytest.approx(scan.voxels[index], abs=40)  # of 1000


def test_whole_voxel_shifts_lose_nothing() -> None:
    scan = tilted(45.0)  # 3 voxels a slice
    square = run(deskewed(scan, 2))
    assert square.geometry.shape == (40, 48 + 33, 12)
    for k in range(12):
        part = square.voxels[:, 3 * k : 3 * k + 48, k]
        np.testing.assert_allclose(part, scan.voxels[:, :, k], atol=0.01)


def test_a_square_stack_comes_back_as_it_is(thick_head: Volume) -> None:
    assert run(deskewed(thick_head, 2)) is thick_head
