"""How noisy a scan is, told from its finest detail."""

import numpy as np

from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.volumes.volume import Voxels

MOST_SLICES = 5  # around the middle: enough pixels, quick enough to ask at every change
MEDIAN_TO_SIGMA = 0.6745  # of the absolute values of Gaussian noise


def noise_level(voxels: Voxels, axis: Axis, padding: float | None = None) -> float:
    """The standard deviation of the noise in the foreground, as a share of the intensity range.

    From the diagonal detail of 2 x 2 blocks of slices across ``axis`` (the finest Haar band),
    whose median absolute value edges hardly move (Donoho & Johnstone 1994). 0 without foreground.
    Blocks with a voxel of the value ``padding`` are left out.
    """
    rows = np.moveaxis(voxels, axis, 0)
    start = max(0, (len(rows) - MOST_SLICES) // 2)
    slices = rows[start : start + MOST_SLICES]
    height, width = (n // 2 * 2 for n in slices.shape[1:])
    one, two = slices[:, 0:height:2, 0:width:2], slices[:, 0:height:2, 1:width:2]
    three, four = slices[:, 1:height:2, 0:width:2], slices[:, 1:height:2, 1:width:2]
    found = measured_intensity(slices, padding)
    brightness: Voxels = np.asarray((one + two + three + four) / np.float32(4))
    seen = found.foreground(brightness)
    if padding is not None:
        for part in (one, two, three, four):
            seen &= part != np.float32(padding)
    detail = np.abs(one - two - three + four)[seen] / 2
    return float(np.median(detail) / MEDIAN_TO_SIGMA / found.range) if detail.size else 0.0
