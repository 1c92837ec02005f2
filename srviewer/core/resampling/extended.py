"""Volumes that cover a part of a grid, extended to all of it."""

import numpy as np

from srviewer.core.geometry.grid import AXIS_NAMES, Geometry
from srviewer.core.resampling.reorient import closest_axes, coincide
from srviewer.core.volumes.volume import Volume


def extended(volume: Volume, onto: Geometry) -> Volume | None:
    """A volume whose voxels are some of those of a grid, on all of that grid.

    Nothing is interpolated; other voxels get the value that the volume has outside its own grid.

    Args:
        volume: The volume, which may be stored along other axes.
        onto: The grid.

    Returns:
        The volume on the grid; None where it has no value outside its own grid, or where its voxels
        are not some of the grid's.
    """
    if volume.outside is None:
        return None
    axes = closest_axes(volume.geometry, onto)
    grid = axes.grid(volume.geometry)
    first = np.rint(onto.index(grid.world((0, 0, 0)))).astype(int).tolist()
    part = onto
    for axis, (start, count) in enumerate(zip(first, grid.shape, strict=True)):
        if not 0 <= start <= onto.shape[axis] - count:
            return None
        part = part.cropped(axis, start, start + count)
    if not coincide(grid, part):
        return None
    voxels = np.full(onto.shape, volume.outside, np.float32, order="F")
    i, j, k = (slice(n, n + count) for n, count in zip(first, grid.shape, strict=True))
    voxels[i, j, k] = axes.view(volume.voxels)
    named = zip(AXIS_NAMES, first, grid.shape, strict=True)
    spans = ", ".join(f"{name} {n} to {n + count - 1}" for name, n, count in named)
    return volume.derived(voxels, onto, f"extended to the whole grid, of which it covers {spans}")
