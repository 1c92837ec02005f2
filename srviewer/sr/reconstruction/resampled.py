"""Resampling of a result along one axis, slab by slab, with its lower bound and padding."""

from collections.abc import Mapping

import numpy as np

from srviewer.core.geometry.grid import AXIS_NAMES, Axis
from srviewer.core.intensity.padding import interpolated_around_padding, marked
from srviewer.core.volumes.interpolate import Positions, cubic, linear
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import (
    KeptVolume,
    Storage,
    computed,
    slab_planes,
    with_length,
)
from srviewer.job import Job, within
from srviewer.sr.cross_plane.methods import Interpolation
from srviewer.sr.cross_plane.refinement import across

RESAMPLING = "Resampling to isotropic voxels"


def made_isotropic(
    volume: KeptVolume,
    maps: Mapping[str, KeptVolume],
    axis: Axis,
    lowest: float | None,
    storage: Storage,
) -> Job[tuple[KeptVolume, dict[str, KeptVolume]]]:
    """Resample a result and its maps to the coarser in-plane spacing.

    Args:
        volume: The result.
        maps: Its maps on the same grid.
        axis: The refined axis, along which it is resampled.
        lowest: The lower bound, to which voxels are clipped; None for none.
        storage: Where the resampled volumes are kept.

    Returns:
        A job with the resampled result and maps.
    """
    job = _isotropic(volume, axis, cubic, lowest, storage)
    resampled = yield from within(job, 0.0, 1 / (1 + len(maps)))
    made = {}
    for number, (kind, one) in enumerate(maps.items(), start=1):
        # A spline would swing below zero, where nothing can disagree.
        job = _isotropic(one, axis, linear, None, storage)
        made[kind] = yield from within(job, *((number + n) / (1 + len(maps)) for n in (0, 1)))
    return resampled, made


def clipped(voxels: Voxels, lowest: float | None, padding: float | None) -> Voxels:
    """Clip resampled voxels to the lower bound.

    They belong to no slices any more, so block means need not be kept.

    Args:
        voxels: Of any shape.
        lowest: The lower bound; None for none.
        padding: The value of padding, which stays; None for none.

    Returns:
        The clipped voxels; the same array without a lower bound.
    """
    if lowest is None:
        return voxels
    above = np.maximum(voxels, np.float32(lowest))
    return above if padding is None else marked(above, voxels == np.float32(padding), padding)


def clipping(lowest: float) -> str:
    """The line of a history on clipping to a lower bound.

    Args:
        lowest: The lower bound.

    Returns:
        The line.
    """
    return f"clipped to at least {lowest:.6g}"


def _isotropic(
    volume: KeptVolume, axis: Axis, kernel: Interpolation, lowest: float | None, storage: Storage
) -> Job[KeptVolume]:
    """``volume`` resampled along ``axis`` to the coarser in-plane spacing."""
    header, shape = volume.header, volume.voxels.shape
    spacing = max(mm for a, mm in enumerate(header.geometry.spacing) if a != axis)
    target = header.geometry.regridded(axis, spacing)
    index = np.zeros((target.shape[axis], 3))
    index[:, axis] = np.arange(target.shape[axis])
    positions: Positions = header.geometry.index(target.world(index))[:, axis]
    slabs, new = across(axis), with_length(shape, axis, len(positions))

    def of_slab(start: int, stop: int) -> Voxels:
        slab = volume.voxels.read(slabs, start, stop)
        fine = interpolated_around_padding(kernel, slab, axis, positions, header.padding)
        return clipped(fine, lowest, header.padding)

    planes = min(slab_planes(shape, slabs), slab_planes(new, slabs))
    voxels = yield from computed(of_slab, new, slabs, storage, RESAMPLING, planes)
    step = f"resampled to {spacing:.4g} mm along {AXIS_NAMES[axis]}"
    made = header.derived_header(target, step)
    if lowest is not None:
        made = made.derived_header(target, clipping(lowest))
    return KeptVolume(made, voxels)
