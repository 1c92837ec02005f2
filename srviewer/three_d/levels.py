"""Intensities by which a scan is shown in 3D: MRI has no unit, so they come from its values."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BINS = 256


@dataclass(frozen=True)
class Levels:
    """Intensities of a scan, in its unit.

    Attributes:
        least: The smallest measured value.
        most: The largest.
        threshold: Between background and tissue, by Otsu's method.
        median: Of the values above the threshold.
        bright: The 90th percentile of them.
        brightest: The 99.5th percentile of them.
    """

    least: float
    most: float
    threshold: float
    median: float
    bright: float
    brightest: float


def levels_of(some: npt.NDArray[np.float32], limits: tuple[float, float]) -> Levels:
    """Measure the intensities of a scan.

    Args:
        some: (n,) measured voxels from all over the scan, in its unit; n is 1 or more.
        limits: The smallest and the largest of all.

    Returns:
        The levels. In a constant scan they are all the same.
    """
    least, most = limits
    high = float(np.percentile(some, 99.9))
    high = high if high > least else most  # less than one voxel in a thousand is not background
    threshold = _otsu(some, least, high) if high > least else least
    tissue = some[some >= threshold]
    median, bright, brightest = np.percentile(tissue if tissue.size else some, (50, 90, 99.5))
    return Levels(least, most, threshold, float(median), float(bright), float(brightest))


def _otsu(values: npt.NDArray[np.float32], low: float, high: float) -> float:
    """The limit between two classes with the largest variance between them (Otsu 1979)."""
    counts, edges = np.histogram(values, BINS, (low, high))
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1]
    above = counts.sum() - below
    sums = np.cumsum(counts * middles)
    between = np.zeros(BINS - 1)
    used = (below > 0) & (above > 0)
    means = sums[:-1][used] / below[used], (sums[-1] - sums[:-1][used]) / above[used]
    between[used] = below[used] * above[used].astype(float) * (means[0] - means[1]) ** 2
    # Where no value lies between the classes, any limit there is as good: the middle one.
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return float(edges[1:][round(float(best.mean()))])
