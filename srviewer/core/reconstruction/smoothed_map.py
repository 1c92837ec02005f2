"""Smoothing of the disagreement map, so that it shows regions and not single voxels."""

from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np

from srviewer.core.volumes.slabwise import filtered_in_place
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, within

SIGMA = 1.5  # voxels of the map, along each axis
REACH = 6  # voxels: where the Gaussian is cut, four times its sigma
SMOOTHING = "Smoothing the disagreement"
HISTORY = f"smoothed (Gaussian, sigma {SIGMA:g} voxels)"


def smoothed(voxels: Voxels) -> Job[Voxels]:
    """Smooth a map by a Gaussian of ``SIGMA`` voxels.

    Args:
        voxels: (i, j, k) values of the map; beyond its faces the outermost ones are repeated.

    Returns:
        A job with the (i, j, k) smoothed values, in the unit of the map.
    """
    result = np.array(voxels, np.float32)
    for axis in range(3):
        along = partial(_along, axis=axis)
        job = filtered_in_place(along, result, message=SMOOTHING, along=axis)
        yield from within(job, axis / 3, (axis + 1) / 3)
    return result


def smoothed_planes(planes: Iterable[Voxels]) -> Iterator[Voxels]:
    """Smooth a map that is read plane by plane, with a few planes in memory.

    Args:
        planes: (i, j) values for each k.

    Yields:
        (i, j) smoothed values for each k: those of ``smoothed``.
    """
    window: deque[Voxels] = deque(maxlen=2 * REACH + 1)
    for plane in _with_outermost_repeated(planes):
        window.append(_along(_along(plane, axis=0), axis=1))
        if len(window) == window.maxlen:
            yield _middle(window)


def _with_outermost_repeated(planes: Iterable[Voxels]) -> Iterator[Voxels]:
    """The planes, with the first and the last ``REACH`` times more."""
    last: Voxels | None = None
    for plane in planes:
        yield from [plane] * (REACH if last is None else 0)
        yield plane
        last = plane
    if last is not None:
        yield from [last] * REACH


def _along(voxels: Voxels, axis: int) -> Voxels:
    from scipy.ndimage import gaussian_filter1d  # half a second, which no start waits for

    filtered: Voxels = gaussian_filter1d(voxels, SIGMA, axis, mode="nearest", radius=REACH)
    return filtered


def _middle(window: Iterable[Voxels]) -> Voxels:
    """The smoothed plane in the middle of ``2 * REACH + 1`` planes."""
    offsets = np.arange(-REACH, REACH + 1)
    weights = np.exp(-0.5 * (offsets / SIGMA) ** 2)
    stack = np.stack(list(window), axis=-1)
    return np.asarray(stack @ (weights / weights.sum()), np.float32)
