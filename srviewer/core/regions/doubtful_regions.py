"""Doubtful regions: the cubes of a result in which a map of doubt is highest."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.regions.box_sums import box_sums
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.slabwise import TOGETHER, planes_of
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import VoxelSource, slab_spans
from srviewer.job import Job, Progress

SIZE_MM = 8.0  # the side of a region: at this size the disagreement ranks the true error
MOST_REGIONS = 10
LEAST_FOREGROUND = 0.5  # of a region
SEARCHING = "Looking for the regions to check"
MOST_HELD = 2**23  # voxels around a slab; a larger volume is searched in bands
OUTSIDE = np.float32(-1)  # the map where there is no foreground

Foreground = Callable[[int, int], Mask]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class CubeMean:
    """The mean of a map over a cube.

    Attributes:
        index: (i, j, k) of the voxel in its middle.
        mean: Over the foreground in it, in the unit of the map.
    """

    index: tuple[int, int, int]
    mean: float


@dataclass(frozen=True, eq=False)
class DoubtMap:
    """A map of doubt and where it counts, read plane by plane.

    Attributes:
        values: (i, j, k) values of the map, 0 or more.
        foreground: Gives (i, j, k) planes of a mask along i, from the first and the one behind the
            last: true where the map counts.
        geometry: The grid of both.
    """

    values: VoxelSource
    foreground: Foreground
    geometry: Geometry

    def read(self, start: int, stop: int, band: slice) -> Voxels:
        """Read planes along i.

        Args:
            start: The first plane.
            stop: The plane behind the last one.
            band: The rows, along j.

        Returns:
            (i, j, k) values of the map, ``OUTSIDE`` where it does not count.
        """
        values, seen = self.values.read(0, start, stop), self.foreground(start, stop)
        return np.where(seen[:, band], values[:, band], OUTSIDE)


class _Maxima:
    """Local maxima, of which at least the ``most`` highest are kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.indices: Indices = np.empty((0, 3), np.intp)
        self.heights: Voxels = np.empty(0, np.float32)
        self.least = np.float32(0)  # maxima up to here are not kept

    def add(self, indices: Indices, heights: Voxels) -> None:
        """Take further maxima: (n, 3) indices and their heights."""
        self.indices = np.concatenate([self.indices, indices])
        self.heights = np.concatenate([self.heights, heights])
        if len(self.heights) > self._most:
            lowest = np.partition(self.heights, -self._most)[-self._most]
            self.least = np.nextafter(lowest, np.float32(0))
            kept = self.heights >= lowest
            self.indices, self.heights = self.indices[kept], self.heights[kept]


def highest_cubes(doubt: DoubtMap) -> Job[tuple[CubeMean, ...]]:
    """Find the cubes in which a map is highest.

    Args:
        doubt: The map.

    Returns:
        A job with ``MOST_REGIONS`` cubes of ``SIZE_MM`` at most, the highest first: local maxima
        of the mean over the foreground, whose middles are foreground and at least ``SIZE_MM``
        from each other. Cubes with less than half foreground do not count.
    """
    shape = doubt.values.shape
    sides = [_odd(SIZE_MM / spacing) for spacing in doubt.geometry.spacing]
    maxima, margin = _Maxima(_most_maxima(doubt.geometry)), sides[1] // 2 + 1
    rows = max(1, MOST_HELD // (shape[2] * (sides[0] + 2)))
    bands = range(0, shape[1], rows)
    with ThreadPoolExecutor(TOGETHER) as threads:
        for first in bands:
            last = min(first + rows, shape[1])
            held = slice(max(0, first - margin), min(last + margin, shape[1]))
            for start, means in _with_neighbours(_cube_means(doubt, held, sides, threads)):
                yield Progress(0.98 * (first + rows * start / shape[0]) / shape[1], SEARCHING)
                found, heights = _maxima_of(means, maxima.least)
                found += (start, held.start, 0)
                inner = (found[:, 1] >= first) & (found[:, 1] < last)
                maxima.add(found[inner], heights[inner])
    return _separate(maxima, doubt.geometry)


def _cube_means(
    doubt: DoubtMap, band: slice, sides: list[int], threads: ThreadPoolExecutor
) -> Iterator[tuple[int, Voxels]]:
    """(i, j, k) means over the foreground of the box around each voxel, with the first plane's i.

    They are 0 where the mean does not count.
    """
    count, margin = doubt.values.shape[0], sides[0] // 2
    spans = slab_spans(doubt.values.shape, 0)
    held: list[tuple[int, Voxels]] = []
    behind = 0
    for start, stop in slab_spans(doubt.values.shape, 0):
        while behind < min(stop + margin, count):
            first, behind = next(spans)
            held.append((first, doubt.read(first, behind, band)))
        held = [(first, planes) for first, planes in held if first + len(planes) > start - margin]
        low = held[0][0]
        around = np.concatenate([planes for _, planes in held])
        around = around[max(0, start - margin) - low : stop + margin - low]
        missing = max(0, margin - start), max(0, stop + margin - count)
        yield start, _means(around, sides, missing, threads)


def _means(
    around: Voxels, sides: list[int], ends: tuple[int, int], threads: ThreadPoolExecutor
) -> Voxels:
    """The means in the planes that have all of their boxes in ``around``, with ``ends`` of nothing.

    They are summed in blocks of rows, in the box of the foreground alone.
    """
    seen = around != OUTSIDE
    margin = sides[0] // 2
    before, count = margin - ends[0], len(around) + sum(ends) - 2 * margin
    means = np.zeros((count, *around.shape[1:]), np.float32)
    middles = seen[before : before + count]
    least = LEAST_FOREGROUND * float(np.prod(sides, dtype=np.float64))
    rows, columns = (_span(middles.any(axis=axes)) for axes in ((0, 2), (0, 1)))
    side = sides[1] // 2
    wide = slice(max(0, columns.start - sides[2] // 2), columns.stop + sides[2] // 2)
    inner = slice(columns.start - wide.start, columns.stop - wide.start)

    def average(first: int, last: int) -> None:
        near = slice(max(0, first - side), last + side)
        here = slice(first - near.start, last - near.start)
        box = np.s_[:, near, wide]
        sums = box_sums(np.where(seen[box], around[box], 0), sides, ends)[:, here, inner]
        counts = box_sums(seen[box], sides, ends)[:, here, inner]
        block = np.s_[:, first:last, columns]
        counted = middles[block] & (counts >= least)
        np.divide(sums, counts, out=means[block], where=counted)

    thick = max(1, -(-(rows.stop - rows.start) // TOGETHER))
    blocks = [(n, min(n + thick, rows.stop)) for n in range(rows.start, rows.stop, thick)]
    list(threads.map(average, *zip(*blocks, strict=True)) if blocks else ())
    return means


def _span(seen: npt.NDArray[np.bool_]) -> slice:
    """The smallest span that holds every true value."""
    numbers = np.flatnonzero(seen)
    return slice(int(numbers[0]), int(numbers[-1]) + 1) if numbers.size else slice(0, 0)


def _with_neighbours(slabs: Iterator[tuple[int, Voxels]]) -> Iterator[tuple[int, Voxels]]:
    """Slabs with one plane more on both sides, of 0 at the ends; the number is the second plane's.

    The last plane of a slab comes with the next one.
    """
    held, first = None, 0
    for start, planes in slabs:
        before = np.zeros_like(planes[:1]) if held is None else held
        joined = np.concatenate([before, planes])
        if len(joined) > 2:
            yield first, joined
        held, first = joined[-2:], start + len(planes) - 1
    if held is not None:
        yield first, np.concatenate([held, np.zeros_like(held[:1])])


def _maxima_of(means: Voxels, least: np.float32) -> tuple[Indices, Voxels]:
    """The voxels above ``least`` that none of their 26 neighbours exceeds, and their values.

    The first and the last plane are neighbours alone; indices count from the second.
    """
    inner = means[1:-1]
    above = inner > least
    if not above.any():
        return np.empty((0, 3), np.intp), np.empty(0, np.float32)
    pairs = np.maximum(means[:-1], means[1:])
    highest = np.maximum(pairs[:-1], pairs[1:])
    for axis in (1, 2):
        highest = _highest_along(highest, axis)
    found = np.flatnonzero(above & (inner >= highest))
    return np.stack(np.unravel_index(found, inner.shape), axis=1), inner.ravel()[found]


def _highest_along(values: Voxels, axis: Axis) -> Voxels:
    """The highest of each voxel and its two neighbours along an axis."""
    count = values.shape[axis]
    if count == 1:
        return values
    pairs = np.maximum(planes_of(values, axis, 0, count - 1), planes_of(values, axis, 1, count))
    highest = np.empty_like(values)
    before, behind = planes_of(pairs, axis, 0, count - 2), planes_of(pairs, axis, 1, count - 1)
    np.maximum(before, behind, out=planes_of(highest, axis, 1, count - 1))
    for end, pair in ((0, 0), (count - 1, count - 2)):
        planes_of(highest, axis, end, end + 1)[...] = planes_of(pairs, axis, pair, pair + 1)
    return highest


def _separate(maxima: _Maxima, geometry: Geometry) -> tuple[CubeMean, ...]:
    """The highest maxima that are ``SIZE_MM`` from each other."""
    cubes: list[CubeMean] = []
    positions_mm: list[np.ndarray] = []
    # Of the same height, the first counts in the order of (i, j, k).
    for number in np.lexsort((*maxima.indices.T[::-1], -maxima.heights)):
        position_mm = geometry.world(maxima.indices[number])
        if all(np.linalg.norm(position_mm - other) >= SIZE_MM for other in positions_mm):
            i, j, k = (int(n) for n in maxima.indices[number])
            cubes.append(CubeMean((i, j, k), float(maxima.heights[number])))
            positions_mm.append(position_mm)
        if len(cubes) == MOST_REGIONS:
            break
    return tuple(cubes)


def _most_maxima(geometry: Geometry) -> int:
    """More maxima than there are within ``SIZE_MM`` of all cubes but the last.

    Of eight voxels that touch, one can exceed the others.
    """
    around_mm3 = 4 / 3 * np.pi * (SIZE_MM + max(geometry.spacing)) ** 3
    return int(np.ceil(MOST_REGIONS * around_mm3 / np.prod(geometry.spacing) / 8))


def _odd(voxels: float) -> int:
    """The odd number of voxels that is nearest, at least 1."""
    return max(1, 2 * round((voxels - 1) / 2) + 1)
