"""Interpolation along one axis: the baseline of every super-resolution result."""

import sys
from functools import partial
from importlib import import_module

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, aside

Positions = npt.NDArray[np.float64]


def thin_positions(count: int, factor: int) -> Positions:
    """The centres of thin voxels, as indices of the thick ones.

    The first lies at ``(1 / factor - 1) / 2``: half a voxel of error costs more than a good network
    gains.

    Args:
        count: The number of thick voxels.
        factor: Thin voxels for each thick one, 1 or more.

    Returns:
        (count * factor,) indices, not rounded.
    """
    return np.asarray((np.arange(count * factor) + 0.5) / factor - 0.5)


def nearest(voxels: Voxels, axis: Axis, positions: Positions) -> Voxels:
    """Nearest-neighbour interpolation along an axis.

    Args:
        voxels: (i, j, k), of any unit.
        axis: The array axis, 0..2.
        positions: (n,) indices along the axis, not rounded; those outside take the outer voxel.

    Returns:
        (i, j, k) float32 with n voxels along the axis.
    """
    index = np.floor(positions + 0.5).astype(int)
    inside = np.clip(index, 0, voxels.shape[axis] - 1)
    return np.asarray(np.take(voxels, inside, axis=axis), np.float32)


def linear(voxels: Voxels, axis: Axis, positions: Positions) -> Voxels:
    """Linear interpolation along an axis, continued by mirroring as in ``cubic``.

    Args:
        voxels: (i, j, k), of any unit.
        axis: The array axis, 0..2.
        positions: (n,) indices along the axis, not rounded.

    Returns:
        (i, j, k) float32 with n voxels along the axis.
    """
    start = np.floor(positions)
    offset = positions - start
    return _weighted(voxels, axis, start.astype(int), np.stack([1 - offset, offset]))


def cubic(voxels: Voxels, axis: Axis, positions: Positions) -> Voxels:
    """Cubic B-spline interpolation along an axis.

    The volume is continued by its mirror image about the outer edge of its last voxels (scipy's
    "reflect"); a single slice is repeated.

    Args:
        voxels: (i, j, k), of any unit.
        axis: The array axis, 0..2.
        positions: (n,) indices along the axis, not rounded.

    Returns:
        (i, j, k) float32 with n voxels along the axis.
    """
    if voxels.shape[axis] == 1:
        return nearest(voxels, axis, positions)
    from scipy.ndimage import spline_filter1d  # half a second, which the window does not wait for

    coefficients = spline_filter1d(voxels, 3, axis, output=np.float32, mode="reflect")
    start = np.floor(positions)
    t = positions - start
    taps = np.stack([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3])
    return _weighted(coefficients, axis, start.astype(int) - 1, taps / 6)


def spline_library() -> Job[None]:
    """Load the library of ``cubic`` in a thread, before anything waits for it."""
    yield from aside(partial(import_module, "scipy.ndimage"), Progress(0.0, "Loading a library"))


def spline_library_is_loaded() -> bool:
    """Whether ``cubic`` starts at once."""
    return "scipy.ndimage" in sys.modules


def _weighted(voxels: Voxels, axis: Axis, first: npt.NDArray[np.int_], taps: Positions) -> Voxels:
    """The sum over taps n of ``taps[n] * voxels[first + n]``, reflected at the outer edges."""
    rows = np.moveaxis(voxels, axis, 0)
    shape = (len(first), *rows.shape[1:])
    result = np.zeros(shape, np.float32)
    for offset, weights in enumerate(taps):
        index = _reflected(first + offset, len(rows))
        result += weights.astype(np.float32)[:, None, None] * rows[index]
    return np.moveaxis(result, 0, axis)


def _reflected(index: npt.NDArray[np.int_], count: int) -> npt.NDArray[np.int_]:
    period = index % (2 * count)
    return np.where(period < count, period, 2 * count - 1 - period)
