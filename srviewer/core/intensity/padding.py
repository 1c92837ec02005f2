"""Padding: voxels that are no image (DICOM PS3.3 C.7.5.1.1.2), excluded from all measurements.

A volume marks them by one value, so that no mask has to be kept beside its voxels. For a
computation they are filled from the measured voxels beside them, and marked again in the result.
"""

from collections.abc import Callable, Iterable

import numpy as np

from srviewer.core.geometry.grid import Axis
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.interpolate import Positions, nearest
from srviewer.core.volumes.slabwise import parts_of
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import Job, Progress

Kernel = Callable[[Voxels, Axis, Positions], Voxels]


def measured_voxels(voxels: Voxels, padding: float | None) -> Voxels:
    """The voxels that are no padding.

    Args:
        voxels: Of any shape.
        padding: The value of padding; None where there is none.

    Returns:
        (n,); the array itself where there is no padding.
    """
    return voxels if padding is None else voxels[voxels != np.float32(padding)]


def measured_limits(volume: Volume) -> tuple[float, float]:
    """The smallest and the largest voxel that is no padding.

    Args:
        volume: The volume.

    Returns:
        In the unit of the volume; of all voxels where nothing was measured.
    """
    low, high = np.inf, -np.inf
    for part in parts_of(volume.voxels):
        values = measured_voxels(part, volume.padding)
        low = min(low, float(values.min(initial=np.float32(np.inf))))
        high = max(high, float(values.max(initial=-np.float32(np.inf))))
    if low > high:  # nothing but padding
        return float(volume.voxels.min()), float(volume.voxels.max())
    return low, high


def least_measured(parts: Callable[[], Iterable[Voxels]], padding: float | None) -> Job[float]:
    """The smallest voxel that is no padding, of an image that is read part by part.

    Args:
        parts: Gives the voxels in parts of any shape.
        padding: The value of padding; None where there is none.

    Returns:
        A job with the value; ``padding`` where nothing was measured.
    """
    least = np.inf
    for part in parts():
        yield Progress(0.0, "Looking for the least value")
        values = measured_voxels(part, padding)
        least = min(least, float(values.min(initial=np.float32(np.inf))))
    return least if padding is None or np.isfinite(least) else padding


def empty_value(volume: Volume) -> float:
    """The value for voxels at which nothing was measured.

    Args:
        volume: The volume.

    Returns:
        The padding, or the smallest value where there is none.
    """
    return float(volume.voxels.min()) if volume.padding is None else volume.padding


def without_padding(voxels: Voxels, padding: float | None) -> Voxels:
    """Voxels with the smallest measured value in the place of padding.

    Args:
        voxels: Of any shape.
        padding: The value of padding; None where there is none.

    Returns:
        Of the same shape; the array itself where nothing is replaced.
    """
    values = measured_voxels(voxels, padding)
    if values is voxels or not values.size:
        return voxels
    return np.where(voxels == np.float32(padding), values.min(), voxels)


def marked(voxels: Voxels, padded: Mask, padding: float) -> Voxels:
    """Mark padding by its value, in place; other voxels of that value change by the least step.

    Args:
        voxels: Of any shape, writable.
        padded: Of the same shape, the voxels that become padding.
        padding: The value of padding.

    Returns:
        ``voxels``.
    """
    value = np.float32(padding)
    away = np.float32(-np.inf if value > 0 else np.inf)
    voxels[voxels == value] = np.nextafter(value, away)
    voxels[padded] = value
    return voxels


def filled(voxels: Voxels, padded: Mask, axis: Axis, otherwise: float) -> Voxels:
    """Fill each padded voxel with the nearest measured one of its line.

    Args:
        voxels: (i, j, k).
        padded: (i, j, k), which voxels are padding.
        axis: The array axis of the lines, 0..2.
        otherwise: The value of lines that hold no measured voxel.

    Returns:
        (i, j, k), a copy.
    """
    rows, gaps = np.moveaxis(voxels, axis, 0), np.moveaxis(padded, axis, 0)
    count = len(rows)
    numbers = np.arange(count, dtype=np.int32).reshape(-1, *[1] * (rows.ndim - 1))
    before = np.maximum.accumulate(np.where(gaps, np.int32(-2 * count), numbers), axis=0)
    later = np.where(gaps, np.int32(3 * count), numbers)
    behind = np.minimum.accumulate(later[::-1], axis=0)[::-1]
    closest = np.where(numbers - before <= behind - numbers, before, behind)
    closest_values = np.take_along_axis(rows, closest.clip(0, count - 1), axis=0)
    closest_values[(before < 0) & (behind >= count)] = otherwise
    return np.moveaxis(closest_values, 0, axis)


def interpolated_around_padding(
    kernel: Kernel, voxels: Voxels, axis: Axis, positions: Positions, padding: float | None
) -> Voxels:
    """Interpolate along an axis without the influence of padding.

    Args:
        kernel: An interpolation of ``interpolate``, such as ``cubic``.
        voxels: (i, j, k).
        axis: The array axis, 0..2.
        positions: (n,) indices along the axis, not rounded.
        padding: The value of padding; None where there is none.

    Returns:
        (i, j, k) with n voxels along the axis; padding where the nearest voxel is padding.
    """
    if padding is None:
        return kernel(voxels, axis, positions)
    padded = voxels == np.float32(padding)
    values = measured_voxels(voxels, padding)
    without_gaps = filled(voxels, padded, axis, float(values.min()) if values.size else padding)
    padded_after = nearest(padded.astype(np.float32), axis, positions) > 0
    return marked(np.array(kernel(without_gaps, axis, positions)), padded_after, padding)
