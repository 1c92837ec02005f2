"""Padding: voxels that are no image (DICOM PS3.3 C.7.5.1.1.2), left out of all that is measured.

A volume marks them by one value, so that no mask has to be kept beside its voxels. For a
computation they are filled from the measured voxels beside them, and marked again in what comes.
"""

from collections.abc import Callable

import numpy as np

from srviewer.core.geometry.grid import Axis
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.interpolate import Positions, nearest
from srviewer.core.volumes.volume import Volume, Voxels

Kernel = Callable[[Voxels, Axis, Positions], Voxels]


def measured(voxels: Voxels, padding: float | None) -> Voxels:
    """The voxels that are no padding, (n,); the array itself where there is none."""
    return voxels if padding is None else voxels[voxels != np.float32(padding)]


def measured_limits(volume: Volume) -> tuple[float, float]:
    """The smallest and the largest voxel that is no padding; of all where nothing was measured."""
    values = measured(volume.voxels, volume.padding)
    values = values if values.size else volume.voxels
    return float(values.min()), float(values.max())


def empty_value(volume: Volume) -> float:
    """What voxels hold where nothing was measured: the padding, or the smallest value."""
    return float(volume.voxels.min()) if volume.padding is None else volume.padding


def without_padding(voxels: Voxels, padding: float | None) -> Voxels:
    """``voxels`` with the smallest measured value in the place of padding."""
    values = measured(voxels, padding)
    if values is voxels or not values.size:
        return voxels
    return np.where(voxels == np.float32(padding), values.min(), voxels)


def marked(voxels: Voxels, padded: Mask, padding: float) -> Voxels:
    """Give padded voxels the value ``padding``, in place; others that hold it move a hair away."""
    value = np.float32(padding)
    away = np.float32(-np.inf if value > 0 else np.inf)
    voxels[voxels == value] = np.nextafter(value, away)
    voxels[padded] = value
    return voxels


def filled(voxels: Voxels, padded: Mask, axis: Axis, otherwise: float) -> Voxels:
    """Each padded voxel as the nearest measured one of its line along ``axis``.

    ``otherwise``: for lines that hold none.
    """
    rows, gaps = np.moveaxis(voxels, axis, 0), np.moveaxis(padded, axis, 0)
    count = len(rows)
    numbers = np.arange(count, dtype=np.int32).reshape(-1, *[1] * (rows.ndim - 1))
    before = np.maximum.accumulate(np.where(gaps, np.int32(-2 * count), numbers), axis=0)
    later = np.where(gaps, np.int32(3 * count), numbers)
    behind = np.minimum.accumulate(later[::-1], axis=0)[::-1]
    closest = np.where(numbers - before <= behind - numbers, before, behind)
    found = np.take_along_axis(rows, closest.clip(0, count - 1), axis=0)
    found[(before < 0) & (behind >= count)] = otherwise
    return np.moveaxis(found, 0, axis)


def interpolated(
    kernel: Kernel, voxels: Voxels, axis: Axis, positions: Positions, padding: float | None
) -> Voxels:
    """``kernel`` without what padding would add; padded where the nearest voxel is padded."""
    if padding is None:
        return kernel(voxels, axis, positions)
    padded = voxels == np.float32(padding)
    values = measured(voxels, padding)
    whole = filled(voxels, padded, axis, float(values.min()) if values.size else padding)
    moved = nearest(padded.astype(np.float32), axis, positions) > 0
    return marked(np.array(kernel(whole, axis, positions)), moved, padding)
