"""An estimate held to the scan: what it lacks is added smoothly until it degrades to the scan."""

import numpy as np

from srviewer.core.acquisition.degradation import Degradation, residual, size_of
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress

# The largest difference that is let be, as a share of the intensity range.
TOLERANCE = 1e-3
MOST_ROUNDS = 40


def back_projected(
    estimate: Voxels, scan: Voxels, degradation: Degradation, data_range: float
) -> Job[Voxels]:
    """``estimate`` so that, degraded, it is ``scan`` within TOLERANCE (Irani & Peleg 1991).

    Each round spreads the residual over the thin voxels by cubic interpolation: the transpose of
    the degradation would put the edges of the slice profile into the result. A plain mean of blocks
    ends exactly. A profile that blots out what it should be held to (slices several times as thick
    as their spacing) may not get there in MOST_ROUNDS: the consistency of the result tells.
    ``data_range``: R of the scan, in its unit.
    """
    result = np.array(estimate, np.float32)
    positions = thin_positions(scan.shape[degradation.axis], degradation.factor)
    for number in range(MOST_ROUNDS):
        yield Progress(number / MOST_ROUNDS, "Holding the result to the scan")
        off = residual(result, scan, degradation)
        if size_of(off, data_range).max <= TOLERANCE:
            break
        result -= cubic(off, degradation.axis, positions)
    if degradation.is_block_mean:
        off = residual(result, scan, degradation)
        result -= np.repeat(off, degradation.factor, axis=degradation.axis)
    return result
