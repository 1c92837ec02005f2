"""Histogram of the intensities of a volume."""

from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from srviewer.core.intensity.padding import measured_limits, measured_voxels
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import Job, Progress

BINS = 256
LARGEST_WHOLE = 2.0**24  # float32 holds no fractions beyond
COUNTING = "Counting grey values"


@dataclass(frozen=True, eq=False)
class Histogram:
    """The number of voxels in equal steps of intensity.

    Attributes:
        counts: (n,) voxels in each step, at most BINS.
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
        A job with the histogram, from the smallest to the largest voxel. Where all voxels are whole
        numbers, each step holds equally many of them and begins midway between two: otherwise
        steps with and without a number would take turns.
    """
    planes = _along_memory(volume.voxels)
    low, high = measured_limits(volume)
    if high <= low:
        high = low + 1.0
    whole = high - low < LARGEST_WHOLE
    for number, plane in enumerate(planes):
        yield Progress(number / len(planes) / 2, COUNTING)
        if not (whole := whole and _is_whole(measured_voxels(plane, volume.padding))):
            break
    step = ceil((high - low + 1) / BINS)
    bins = ceil((high - low + 1) / step) if whole else BINS
    counts = np.zeros(bins, np.int64)
    for number, plane in enumerate(planes):
        yield Progress((1 + number / len(planes)) / 2, COUNTING)
        values = measured_voxels(plane, volume.padding).ravel(order="K")
        if whole:  # a third of the time of the other
            numbers = (values - np.float32(low)).astype(np.int32) // step
            counts += np.bincount(numbers, minlength=bins)
        else:
            counts += np.histogram(values, bins=bins, range=(low, high))[0]
    return (
        Histogram(counts, low - 0.5, low - 0.5 + bins * step)
        if whole
        else (Histogram(counts, low, high))
    )


def _along_memory(voxels: Voxels) -> Voxels:
    """The voxels with the axis of the largest stride first: its planes lie closest together."""
    return np.moveaxis(voxels, int(np.argmax(voxels.strides)), 0)


def _is_whole(values: npt.NDArray[np.float32]) -> bool:
    return bool((values == np.rint(values)).all())
