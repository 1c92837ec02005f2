"""Doubtful regions: the cubes of a result in which a map of doubt is highest."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.slabwise import filtered_in_place
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, within

SIZE_MM = 8.0  # the side of a region: at this size the disagreement ranks the true error
MOST_REGIONS = 10
LEAST_FOREGROUND = 0.5  # of a region
SEARCHING = "Looking for the regions to check"


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
    sides = [_odd(SIZE_MM / mm) for mm in geometry.spacing]
    # No more than two further volumes at once: the memory of a reconstruction suffices.
    means = values * foreground
    yield from within(_box_mean(means, sides), 0.0, 0.4)
    shares = foreground.astype(np.float32)
    yield from within(_box_mean(shares, sides), 0.4, 0.8)
    means[(shares < LEAST_FOREGROUND) | ~foreground] = 0
    np.maximum(shares, np.float32(LEAST_FOREGROUND), out=shares)
    means /= shares
    np.copyto(shares, means)
    yield from within(_largest_neighbour(shares), 0.8, 0.98)
    yield Progress(0.98, SEARCHING)
    candidates = np.argwhere((means == shares) & (means > 0))
    return _separate(candidates, means, geometry)


def _separate(candidates: np.ndarray, means: Voxels, geometry: Geometry) -> tuple[CubeMean, ...]:
    """The highest candidates that are ``SIZE_MM`` from each other; ``candidates``: (n, 3)."""
    heights = means[tuple(candidates.T)]
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


def _box_mean(values: Voxels, sides: list[int]) -> Job[None]:
    """Replace values by their mean in a box, with 0 outside the grid; ``sides`` in voxels."""
    from scipy.ndimage import uniform_filter1d  # half a second, which no start waits for

    for axis, side in enumerate(sides):
        along = partial(uniform_filter1d, size=side, axis=axis, mode="constant")
        job = filtered_in_place(along, values, message=SEARCHING, along=axis)
        yield from within(job, axis / 3, (axis + 1) / 3)


def _largest_neighbour(values: Voxels) -> Job[None]:
    """Replace each voxel by the largest of it and its 26 neighbours."""
    from scipy.ndimage import maximum_filter1d

    for axis in range(3):
        along = partial(maximum_filter1d, size=3, axis=axis, mode="nearest")
        job = filtered_in_place(along, values, message=SEARCHING, along=axis)
        yield from within(job, axis / 3, (axis + 1) / 3)


def _odd(voxels: float) -> int:
    """The odd number of voxels that is nearest, at least 1."""
    return max(1, 2 * round((voxels - 1) / 2) + 1)
