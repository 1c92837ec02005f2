"""How noisy a scan is, told from its finest detail."""

import numpy as np

from srviewer.core.geometry import Axis
from srviewer.core.metrics import foreground, intensity_range
from srviewer.core.volume import Voxels

MOST_SLICES = 5  # around the middle: enough pixels, quick enough to ask at every change
MEDIAN_TO_SIGMA = 0.6745  # of the absolute values of Gaussian noise


def noise_level(voxels: Voxels, axis: Axis) -> float:
    """The standard deviation of the noise in the foreground, as a share of the intensity range.

    From the diagonal detail of 2 x 2 blocks of slices across ``axis`` (the finest Haar band),
    whose median absolute value edges hardly move (Donoho & Johnstone 1994). 0 without foreground.
    """
    rows = np.moveaxis(voxels, axis, 0)
    start = max(0, (len(rows) - MOST_SLICES) // 2)
    slices = rows[start : start + MOST_SLICES]
    height, width = (n // 2 * 2 for n in slices.shape[1:])
    one, two = slices[:, 0:height:2, 0:width:2], slices[:, 0:height:2, 1:width:2]
    three, four = slices[:, 1:height:2, 0:width:2], slices[:, 1:height:2, 1:width:2]
    data_range = intensity_range(slices)
    brightness: Voxels = np.asarray((one + two + three + four) / np.float32(4))
    seen = foreground(brightness, data_range)
    detail = np.abs(one - two - three + four)[seen] / 2
    return float(np.median(detail) / MEDIAN_TO_SIGMA / data_range) if detail.size else 0.0
