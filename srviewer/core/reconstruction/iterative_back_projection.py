"""Iterative back-projection: data consistency of an estimate with the scan (Irani & Peleg 1991)."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from srviewer.core.acquisition.degradation import Degradation, consistency_of, residual
from srviewer.core.geometry.grid import Axis
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import VoxelSource, VoxelStore
from srviewer.job import Job, Progress, within

# The largest residual that is accepted, as a share of the intensity range.
TOLERANCE = 1e-3
MOST_ROUNDS = 40
# Up to this thickness, over the spacing, no profile turns the sign of a frequency of the scan.
SIGNED = 2.0
RESTORING = "Restoring data consistency"


def back_project(
    estimate: VoxelStore,
    scan: VoxelSource,
    degradation: Degradation,
    data_range: float,
    slabs: tuple[Axis, Sequence[tuple[int, int]]],
) -> Job[None]:
    """Change an estimate in place until, degraded, it is the scan within ``TOLERANCE``.

    Each round spreads the residual over the thin voxels by cubic interpolation: the transpose of
    the degradation would put the edges of the slice profile into the result. A plain mean of blocks
    ends exactly. A profile that blurs away what the scan would determine (slices several times as
    thick as their spacing) may not get there in ``MOST_ROUNDS``: the consistency of the result
    shows it. Where such a profile turns the sign of a frequency, so that rounds would grow without
    bound, the residual goes through the transpose of a round first (Landweber 1951, AJM 73:615).

    All slabs go through the same number of rounds, the least after which each is within the
    tolerance, so that the slabs make no difference.

    Args:
        estimate: (i, j, k) thin voxels.
        scan: (i, j, k) thick voxels in the same unit.
        degradation: The acquisition that leads from the grid of the estimate to that of the scan.
        data_range: R, the intensity range of the scan, in its unit.
        slabs: The array axis across the slabs, another than the thick one, and their spans.
    """
    axis, spans = slabs
    turned = _turned(degradation, scan.shape[degradation.axis])
    rounds, wanted = [-1] * len(spans), 0
    while min(rounds) < wanted:
        for number, (start, stop) in enumerate(spans):
            if rounds[number] == wanted:
                continue
            slab, measured = estimate.read(axis, start, stop), scan.read(axis, start, stop)
            done = max(0, rounds[number])
            job = _advanced(slab, measured, degradation, turned, data_range, done, wanted)
            span = number / len(spans), (number + 1) / len(spans)
            voxels, wanted = yield from within(job, *span)
            rounds[number] = wanted
            estimate.write(axis, start, voxels)
    if not degradation.is_block_mean:
        return
    for start, stop in spans:
        yield Progress(1.0, RESTORING)
        slab, measured = estimate.read(axis, start, stop), scan.read(axis, start, stop)
        slab_residual = residual(slab, measured, degradation)
        exact = slab - np.repeat(slab_residual, degradation.factor, axis=degradation.axis)
        estimate.write(axis, start, exact)


def _advanced(
    slab: Voxels,
    measured: Voxels,
    degradation: Degradation,
    turned: npt.NDArray[np.float32] | None,
    data_range: float,
    done: int,
    wanted: int,
) -> Job[tuple[Voxels, int]]:
    """A slab after ``wanted`` rounds, or more until it is within the tolerance; their number."""
    result = np.array(slab, np.float32)
    positions = thin_positions(measured.shape[degradation.axis], degradation.factor)
    while done < MOST_ROUNDS:
        yield Progress(done / MOST_ROUNDS, RESTORING)
        slab_residual = residual(result, measured, degradation)
        if done >= wanted and consistency_of(slab_residual, data_range).max <= TOLERANCE:
            break
        if turned is not None:
            lines = np.tensordot(turned, slab_residual, (1, degradation.axis))
            slab_residual = np.moveaxis(lines, 0, degradation.axis)
        result -= cubic(slab_residual, degradation.axis, positions)
        done += 1
    return result, done


def _turned(degradation: Degradation, count: int) -> npt.NDArray[np.float32] | None:
    """The transpose of what a round takes from a residual of ``count`` slices, where needed."""
    if degradation.thickness <= SIGNED:
        return None
    units = np.eye(count, dtype=np.float32)[:, :, None]
    thin = cubic(units, 0, thin_positions(count, degradation.factor))
    taken = replace(degradation, axis=0).apply(thin)[:, :, 0]
    if np.linalg.eigvals(taken.astype(np.float64)).real.min() >= 0:
        return None
    return np.ascontiguousarray(taken.T)
