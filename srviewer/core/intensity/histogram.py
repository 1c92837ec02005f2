"""How often each grey value of a volume occurs, counted once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srviewer.core.intensity.padding import measured, measured_limits
from srviewer.core.volumes.volume import Volume
from srviewer.job import Job, Progress

BINS = 256


@dataclass(frozen=True, eq=False)
class Histogram:
    """``counts``: voxels in each of equal steps from ``low`` to ``high``, in the volume's unit."""

    counts: npt.NDArray[np.int64]
    low: float
    high: float


def histogram(volume: Volume) -> Job[Histogram]:
    """Count every voxel of ``volume`` that is no padding, slice by slice."""
    voxels = volume.voxels
    low, high = measured_limits(volume)
    if high <= low:
        high = low + 1.0
    counts = np.zeros(BINS, np.int64)
    for number, plane in enumerate(voxels):
        yield Progress(number / len(voxels), "Counting grey values")
        counts += np.histogram(measured(plane, volume.padding), bins=BINS, range=(low, high))[0]
    return Histogram(counts, low, high)
