"""Estimation of the noise of a scan from its finest detail."""

import numpy as np

from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.volumes.volume import Voxels

MOST_SLICES = 5  # around the middle: enough pixels, quick enough to ask at every change
MEDIAN_TO_SIGMA = 0.6745  # of the absolute values of Gaussian noise


def noise_level(voxels: Voxels, axis: Axis, padding: float | None = None) -> float:
    """The standard deviation of the noise in the foreground, as a share of the intensity range.

    It is estimated from the diagonal detail of 2 x 2 blocks of slices (the finest Haar band), whose
    median absolute value edges hardly move (Donoho & Johnstone 1994).

    Args:
        voxels: (i, j, k), of any unit.
        axis: The axis across the slices, 0..2.
        padding: Blocks with a voxel of this value do not count; None for none.

    Returns:
        0 or more; 0 without foreground.
    """
    rows = np.moveaxis(voxels, axis, 0)
    start = max(0, (len(rows) - MOST_SLICES) // 2)
    slices = rows[start : start + MOST_SLICES]
    height, width = (n // 2 * 2 for n in slices.shape[1:])
    top_left, top_right = slices[:, 0:height:2, 0:width:2], slices[:, 0:height:2, 1:width:2]
    bottom_left, bottom_right = slices[:, 1:height:2, 0:width:2], slices[:, 1:height:2, 1:width:2]
    intensity = measured_intensity(slices, padding)
    brightness: Voxels = np.asarray(
        (top_left + top_right + bottom_left + bottom_right) / np.float32(4)
    )
    mask = intensity.foreground(brightness)
    if padding is not None:
        for pixels in (top_left, top_right, bottom_left, bottom_right):
            mask &= pixels != np.float32(padding)
    detail = np.abs(top_left - top_right - bottom_left + bottom_right)[mask] / 2
    return float(np.median(detail) / MEDIAN_TO_SIGMA / intensity.range) if detail.size else 0.0
