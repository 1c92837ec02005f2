"""Padding of a scan through a refinement: filled before, restored in the result.

All thin voxels of a padded thick voxel are padding, and no others. So the measured thick voxels are
reproduced as they are, whatever is next to them.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import Intensity
from srviewer.core.intensity.padding import filled, marked
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import KeptVolume, Storage, VoxelSource, computed
from srviewer.job import Job
from srviewer.sr.cross_plane.estimate import Estimate
from srviewer.sr.cross_plane.refinement import across

FILLING = "Leaving out the padding"


def image_alone(
    scan: KeptVolume, axis: Axis, intensity: Intensity, storage: Storage
) -> Job[VoxelSource]:
    """The voxels of a scan with its padding filled, so that a network sees only measured values.

    Args:
        scan: The thick scan.
        axis: The axis to be refined: padding takes the nearest measured voxel along it.
        intensity: Floor and range of the scan; lines without a measured voxel take the floor.
        storage: Takes the filled voxels.

    Returns:
        A job whose result is (i, j, k) voxels in the unit of the scan: the scan's own where it has
        no padding, or some that is as dark as air, since many scanners declare 0 to be padding in
        every image.
    """
    padding = scan.header.padding
    if padding is None or intensity.is_air(padding):
        return scan.voxels
    slabs = across(axis)

    def of_slab(start: int, stop: int) -> Voxels:
        slab = scan.voxels.read(slabs, start, stop)
        return filled(slab, slab == np.float32(padding), axis, intensity.floor)

    return (yield from computed(of_slab, scan.voxels.shape, slabs, storage, FILLING))


def thin_padding(padded: Mask, steps: Iterable[tuple[Axis, int]]) -> Mask:
    """The padding of a scan on its refined grid.

    Args:
        padded: (i, j, k) on the grid of the scan, true where a voxel is padding.
        steps: (axis, factor) of each refinement.

    Returns:
        (i, j, k) on the refined grid, true where a voxel is padding.
    """
    for axis, factor in steps:
        padded = np.repeat(padded, factor, axis=axis)
    return padded


def marked_estimate(estimate: Estimate[Voxels], padded: Mask, padding: float) -> Estimate[Voxels]:
    """Restore the padding of a scan in a slab of an estimate.

    Args:
        estimate: On the refined grid.
        padded: (i, j, k) on the same grid, true where a voxel is padding.
        padding: The value of padding, in the unit of the scan.

    Returns:
        The estimate with the padding value in its voxels and 0 there in its maps.
    """
    cleared = estimate.each_map(lambda values: np.where(padded, np.float32(0), values))
    return replace(cleared, voxels=marked(np.array(estimate.voxels), padded, padding))


def measured_residual(residual: Voxels, padded: Mask | None, degradation: Degradation) -> Voxels:
    """Select the values of a residual to which padding does not contribute.

    Args:
        residual: (i, j, k) on the grid of the scan; the other values become 0 in it.
        padded: (i, j, k) on the grid of the scan, true where a voxel is padding; None for none.
        degradation: The acquisition by which the residual was computed.

    Returns:
        The selected values, in one dimension where some were taken out; all where padding
        contributes to every voxel, or to none.
    """
    if padded is None:
        return residual
    reached = degradation.reached(thin_padding(padded, [(degradation.axis, degradation.factor)]))
    residual[reached] = 0
    return residual if reached.all() else residual[~reached]
