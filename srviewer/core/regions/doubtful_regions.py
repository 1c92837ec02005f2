"""Doubtful regions: the cubes of a result in which a map of doubt is highest."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Geometry
from srviewer.core.regions.box_sums import box_sums
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.slabwise import TOGETHER
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress

SIZE_MM = 8.0  # the side of a region: at this size the disagreement ranks the true error
MOST_REGIONS = 10
LEAST_FOREGROUND = 0.5  # of a region
SEARCHING = "Looking for the regions to check"
SLAB_VOXELS = 2**20  # of a slab in whose cubes the map is averaged
# Shares of the voxels among which maxima are looked for, one after the other until they suffice.
TOP_SHARES = (0.002, 0.02, 0.2, 1.0)
SAMPLED = 61  # of so many voxels one says which belong to a share

Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True)
class CubeMean:
    """The mean of a map over a cube.

    Attributes:
        index: (i, j, k) of the voxel in its middle.
        mean: Over the foreground in it, in the unit of the map.
    """

    index: tuple[int, int, int]
    mean: float


def highest_cubes(
    values: Voxels, foreground: Mask, geometry: Geometry
) -> Job[tuple[CubeMean, ...]]:
    """Find the cubes in which a map is highest.

    Args:
        values: (i, j, k) values of the map, 0 or more.
        foreground: (i, j, k), true where the map counts.
        geometry: The grid of both.

    Returns:
        A job with ``MOST_REGIONS`` cubes of ``SIZE_MM`` at most, the highest first: local maxima
        of the mean over the foreground, whose middles are foreground and at least ``SIZE_MM``
        from each other. Cubes with less than half foreground do not count.
    """
    # In the order of the memory, in which neighbouring voxels are read together.
    order = sorted(range(3), key=lambda axis: -abs(values.strides[axis]))
    sides = [_odd(SIZE_MM / geometry.spacing[axis]) for axis in order]
    box = _box_of(foreground)
    kept = tuple(box[axis] for axis in order)
    inside = values.transpose(order)[kept], foreground.transpose(order)[kept]
    means = yield from _cube_means(*inside, sides)
    yield Progress(0.98, SEARCHING)
    starts = np.array([span.start for span in box])
    cubes: tuple[CubeMean, ...] = ()
    for least in _thresholds(means):
        found = _maxima(means, least)[:, np.argsort(order)]
        # Of the same height, the first counts in the order of (i, j, k).
        found = found[np.lexsort(found.T[::-1])]
        heights = means.transpose(np.argsort(order))[tuple(found.T)]
        cubes = _separate(found + starts, heights, geometry)
        if len(cubes) == MOST_REGIONS:
            break
    return cubes


def _box_of(mask: Mask) -> tuple[slice, ...]:
    """The smallest box that holds all of a mask, along (i, j, k); empty for an empty mask."""
    spans = []
    for axis in range(3):
        seen = np.flatnonzero(mask.any(axis=tuple(other for other in range(3) if other != axis)))
        spans.append(slice(int(seen[0]), int(seen[-1]) + 1) if seen.size else slice(0, 0))
    return tuple(spans)


def _cube_means(values: Voxels, foreground: Mask, sides: list[int]) -> Job[Voxels]:
    """The mean over the foreground of the box around each voxel; 0 where it does not count.

    ``values`` and ``foreground``: of one shape, 0 and False outside. ``sides``: odd, in voxels.
    """
    means = np.empty(values.shape, np.float32)
    least = LEAST_FOREGROUND * float(np.prod(sides, dtype=np.float64))
    count = len(values)
    thick = max(1, SLAB_VOXELS * count // max(1, values.size))

    def average(start: int) -> None:
        stop = min(start + thick, count)
        around = slice(max(0, start - sides[0] // 2), min(count, stop + sides[0] // 2))
        missing = start - sides[0] // 2, stop + sides[0] // 2
        before, behind = max(0, -missing[0]), max(0, missing[1] - count)
        seen = foreground[around]
        sums = box_sums(values[around] * seen, sides, (before, behind))
        counts = box_sums(seen, sides, (before, behind))
        counts[~foreground[start:stop]] = 0
        np.divide(sums, counts, out=means[start:stop], where=counts >= least)
        means[start:stop][counts < least] = 0

    with ThreadPoolExecutor(TOGETHER) as threads:
        for start in range(0, count, TOGETHER * thick):
            yield Progress(0.98 * start / count, SEARCHING)
            list(threads.map(average, range(start, min(count, start + TOGETHER * thick), thick)))
    return means


def _thresholds(means: Voxels) -> Iterator[float]:
    """Values above which the maxima are looked for, the highest first; the last one is 0."""
    some = np.sort(means.ravel()[::SAMPLED])
    for share in TOP_SHARES[:-1]:
        value = float(some[int((1 - share) * len(some))]) if len(some) else 0.0
        if value > 0:
            yield value
    yield 0.0


def _maxima(means: Voxels, least: float) -> Numbers:
    """(n, 3): the voxels above ``least`` that none of their 26 neighbours exceeds."""
    thick = max(1, SLAB_VOXELS * len(means) // max(1, means.size))
    found = [np.empty((0, 3), np.intp)]
    for start in range(0, len(means), thick):
        maxima = np.argwhere(means[start : start + thick] > least) + np.array([start, 0, 0])
        for shift in product((-1, 0, 1), repeat=3):
            near = np.clip(maxima + shift, 0, np.array(means.shape) - 1)
            maxima = maxima[means[tuple(maxima.T)] >= means[tuple(near.T)]]
        found.append(maxima)
    return np.concatenate(found)


def _separate(candidates: np.ndarray, heights: Voxels, geometry: Geometry) -> tuple[CubeMean, ...]:
    """The highest candidates that are ``SIZE_MM`` from each other; ``candidates``: (n, 3)."""
    cubes: list[CubeMean] = []
    positions_mm: list[np.ndarray] = []
    for number in np.argsort(-heights, kind="stable"):
        position_mm = geometry.world(candidates[number])
        if all(np.linalg.norm(position_mm - other) >= SIZE_MM for other in positions_mm):
            i, j, k = (int(n) for n in candidates[number])
            cubes.append(CubeMean((i, j, k), float(heights[number])))
            positions_mm.append(position_mm)
        if len(cubes) == MOST_REGIONS:
            break
    return tuple(cubes)


def _odd(voxels: float) -> int:
    """The odd number of voxels that is nearest, at least 1."""
    return max(1, 2 * round((voxels - 1) / 2) + 1)
