"""The weighted mean of several stacks' results on one grid."""

from collections.abc import Sequence

import numpy as np

from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress


def weighted_mean(
    results: Sequence[Voxels], weights: Sequence[Voxels], empty: float
) -> Job[tuple[Voxels, Mask]]:
    """The mean of results, each with its own weight at each voxel.

    Args:
        results: (i, j, k) each, in one unit.
        weights: (i, j, k) each, 0 or more; 0 where a result means nothing.
        empty: The value where all weights are 0.

    Returns:
        A job with the mean, and where any weight is above 0.
    """
    total = np.zeros_like(results[0])
    sums = np.zeros_like(results[0])
    for number, (result, weight) in enumerate(zip(results, weights, strict=True)):
        yield Progress(number / len(results), "Taking the mean of the stacks")
        total += weight
        sums += weight * result
    known = total > 0
    mean = np.divide(sums, total, out=np.full_like(sums, np.float32(empty)), where=known)
    return mean, known
