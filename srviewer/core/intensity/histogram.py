"""Histogram of the intensities of a volume."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srviewer.core.intensity.padding import measured_limits, measured_voxels
from srviewer.core.volumes.volume import Volume
from srviewer.job import Job, Progress

BINS = 256


@dataclass(frozen=True, eq=False)
class Histogram:
    """The number of voxels in equal steps of intensity.

    Attributes:
        counts: (BINS,) voxels in each step.
        low: The lower edge of the first step, in the volume's unit.
        high: The upper edge of the last step, in the volume's unit.
    """

    counts: npt.NDArray[np.int64]
    low: float
    high: float


def histogram(volume: Volume) -> Job[Histogram]:
    """Count every voxel that is no padding, slice by slice.

    Args:
        volume: The volume.

    Returns:
        A job with the histogram, from the smallest to the largest voxel.
    """
    voxels = volume.voxels
    low, high = measured_limits(volume)
    if high <= low:
        high = low + 1.0
    counts = np.zeros(BINS, np.int64)
    for number, plane in enumerate(voxels):
        yield Progress(number / len(voxels), "Counting grey values")
        counts += np.histogram(
            measured_voxels(plane, volume.padding), bins=BINS, range=(low, high)
        )[0]
    return Histogram(counts, low, high)
