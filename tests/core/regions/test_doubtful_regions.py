"""The regions where a map is highest, each a region of its own."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, maximum_filter, uniform_filter

from srviewer.core.geometry.grid import Geometry
from srviewer.core.regions import doubtful_regions
from srviewer.core.regions.doubtful_regions import (
    MOST_REGIONS,
    SIZE_MM,
    CubeMean,
    DoubtMap,
    highest_cubes,
)
from srviewer.core.volumes.slabwise import planes_of
from srviewer.core.volumes.voxel_sources import ArrayVoxels
from srviewer.job import run


def found(values: np.ndarray, foreground: np.ndarray, geometry: Geometry) -> list[CubeMean]:
    source = ArrayVoxels(geometry.shape, values.astype(np.float32))
    doubt = DoubtMap(source, lambda *planes: planes_of(foreground, 0, *planes), geometry)
    return list(run(highest_cubes(doubt)))


def test_the_highest_come_first_apart_and_in_the_foreground() -> None:
    shape = (40, 30, 20)
    geometry = Geometry(shape, np.diag([1.0, 1.0, 2.0, 1.0]))
    values, foreground = np.full(shape, 0.01), np.ones(shape, bool)
    for i, height in ((8, 1.0), (9, 0.9), (20, 2.0), (32, 3.0)):  # 8 and 9 are one region
        values[i - 2 : i + 3, 10:15, 8:11] += height
    foreground[28:] = False
    cubes = found(values, foreground, geometry)
    assert abs(cubes[0].index[0] - 20) <= 2 and abs(cubes[1].index[0] - 8) <= 3
    assert len(cubes) <= MOST_REGIONS
    assert [cube.mean for cube in cubes] == sorted((cube.mean for cube in cubes), reverse=True)
    assert all(cube.index[0] < 28 for cube in cubes)
    positions = geometry.world([cube.index for cube in cubes])
    gaps = np.linalg.norm(positions[:, None] - positions[None], axis=-1)
    assert gaps[~np.eye(len(cubes), dtype=bool)].min() >= SIZE_MM
    i, j, k = cubes[0].index
    cube = values[i - 4 : i + 5, j - 4 : j + 5, k - 2 : k + 3]  # 9 x 9 x 5 voxels: 8 mm, made odd
    assert abs(cubes[0].mean - cube.mean()) < 0.2 * cube.mean()


def test_nothing_is_listed_without_foreground_or_doubt() -> None:
    geometry, values = Geometry((12, 12, 12), np.eye(4)), np.ones((12, 12, 12))
    assert found(values, np.zeros(values.shape, bool), geometry) == []
    assert found(0 * values, np.ones(values.shape, bool), geometry) == []


@pytest.mark.parametrize("held", [2**23, 6_000, 1])
def test_they_are_those_of_a_direct_search(held: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Means over cubes, foreground and local maxima by the filters of SciPy."""
    monkeypatch.setattr(doubtful_regions, "MOST_HELD", held)  # searched at once, or in bands
    random = np.random.default_rng(5)
    geometry = Geometry((30, 41, 23), np.diag([1.1, 2.6, 0.9, 1.0]))
    values = gaussian_filter(random.random(geometry.shape), 1.5).astype(np.float32)
    foreground = gaussian_filter(random.random(geometry.shape), 3) > 0.5
    sides = (7, 3, 9)  # 8 mm, made odd
    sums = uniform_filter(values * foreground, sides, np.float64, mode="constant")
    shares = uniform_filter(foreground.astype(float), sides, mode="constant")
    counts = foreground & (shares > 0.5)
    means = np.where(counts, sums / np.maximum(shares, 0.5), 0)
    maxima = np.argwhere((means == maximum_filter(means, 3)) & counts)
    expected: list[np.ndarray] = []
    for index in sorted(maxima, key=lambda index: -means[tuple(index)]):
        apart = [np.linalg.norm(geometry.world(index) - geometry.world(n)) for n in expected]
        if min(apart, default=SIZE_MM) >= SIZE_MM:
            expected.append(index)
    for order in ("C", "F"):
        arrays = np.asarray(values, order=order), np.asarray(foreground, order=order)
        cubes = found(*arrays, geometry)
        assert [cube.index for cube in cubes] == [tuple(n) for n in expected[:MOST_REGIONS]]
        heights = [means[cube.index] for cube in cubes]
        np.testing.assert_allclose([cube.mean for cube in cubes], heights, rtol=1e-6)
