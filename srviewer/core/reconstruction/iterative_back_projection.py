"""Iterative back-projection: data consistency of an estimate with the scan (Irani & Peleg 1991)."""

import numpy as np

from srviewer.core.acquisition.degradation import Degradation, consistency_of, residual
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress

# The largest residual that is accepted, as a share of the intensity range.
TOLERANCE = 1e-3
MOST_ROUNDS = 40


def back_projected(
    estimate: Voxels, scan: Voxels, degradation: Degradation, data_range: float
) -> Job[Voxels]:
    """Change an estimate until, degraded, it is the scan within ``TOLERANCE``.

    Each round spreads the residual over the thin voxels by cubic interpolation: the transpose of
    the degradation would put the edges of the slice profile into the result. A plain mean of blocks
    ends exactly. A profile that blurs away what the scan would determine (slices several times as
    thick as their spacing) may not get there in ``MOST_ROUNDS``: the consistency of the result
    shows it.

    Args:
        estimate: (i, j, k) thin voxels.
        scan: (i, j, k) thick voxels in the same unit.
        degradation: The acquisition that leads from the grid of the estimate to that of the scan.
        data_range: R, the intensity range of the scan, in its unit.

    Returns:
        A job with the changed estimate, (i, j, k) float32.
    """
    result = np.array(estimate, np.float32)
    positions = thin_positions(scan.shape[degradation.axis], degradation.factor)
    for number in range(MOST_ROUNDS):
        yield Progress(number / MOST_ROUNDS, "Restoring data consistency")
        scan_residual = residual(result, scan, degradation)
        if consistency_of(scan_residual, data_range).max <= TOLERANCE:
            break
        result -= cubic(scan_residual, degradation.axis, positions)
    if degradation.is_block_mean:
        scan_residual = residual(result, scan, degradation)
        result -= np.repeat(scan_residual, degradation.factor, axis=degradation.axis)
    return result
