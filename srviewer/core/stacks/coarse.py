"""A stack's result on a coarse grid along the patient's axes, equally blurred in all directions."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.intensity_range import Intensity
from srviewer.core.resampling.spline import sampled
from srviewer.core.scores.metrics import Mask
from srviewer.core.stacks.rigid import corners
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, aside, within

VOXEL_MM = 2.5
BLUR_MM = 1.5  # standard deviation: what thick slices have lost, lost in the slices too


@dataclass(frozen=True, eq=False)
class Coarse:
    """A coarse image.

    Attributes:
        voxels: (i, j, k) on ``grid``.
        seen: (i, j, k), the field of view.
        foreground: (i, j, k), the foreground within it.
        grid: Along the axes of RAS+, at the position by the header.
    """

    voxels: Voxels
    seen: Mask
    foreground: Mask
    grid: Geometry


def coarse_image(voxels: Voxels, grid: Geometry, intensity: Intensity) -> Job[Coarse]:
    """A result on a coarse grid.

    Args:
        voxels: (i, j, k), the result.
        grid: Its grid.
        intensity: Floor and range of the stack.

    Returns:
        A job with the coarse image.
    """
    blurring = Progress(0.3, "Blurring")
    blurred, mean_grid = yield from aside(partial(_blurred, voxels, grid), blurring)
    onto = _around(mean_grid)
    values = yield from within(sampled(blurred, mean_grid, onto, order=1), 0.5, 1.0)

    def image() -> Coarse:
        index = mean_grid.index(onto.world(np.indices(onto.shape).reshape(3, -1).T)).T
        limits = np.array(mean_grid.shape)[:, None] - 0.5
        inside = ((index >= -0.5) & (index <= limits)).all(axis=0)
        seen: Mask = np.asarray(inside).reshape(onto.shape)
        return Coarse(values, seen, intensity.foreground(values) & seen, onto)

    return (yield from aside(image, replace(blurring, fraction=1.0)))


def _blurred(voxels: Voxels, grid: Geometry) -> tuple[Voxels, Geometry]:
    from scipy.ndimage import gaussian_filter  # half a second, which no window waits for

    means, mean_grid = _block_means(voxels, grid)
    sigmas = [BLUR_MM / mm for mm in mean_grid.spacing]
    blurred = gaussian_filter(means, sigmas, output=np.float32, mode="nearest", truncate=3)
    return blurred, mean_grid


def _block_means(voxels: Voxels, grid: Geometry) -> tuple[Voxels, Geometry]:
    for axis in range(3):
        factor = max(1, int(BLUR_MM / grid.spacing[axis]))
        count = voxels.shape[axis] // factor
        if factor == 1 or count < 1:
            continue
        rows = np.moveaxis(voxels, axis, 0)[: count * factor]
        blocks = rows.reshape(count, factor, *rows.shape[1:])
        voxels = np.moveaxis(blocks.mean(axis=1, dtype=np.float32), 0, axis)
        grid = grid.coarsened(axis, factor)
    return voxels, grid


def _around(grid: Geometry) -> Geometry:
    """Voxels of ``VOXEL_MM`` along RAS+ that hold a grid."""
    points = corners(grid)
    low, high = points.min(axis=0), points.max(axis=0)
    i, j, k = (max(1, int(n)) for n in np.ceil((high - low) / VOXEL_MM))
    affine = np.diag([VOXEL_MM, VOXEL_MM, VOXEL_MM, 1.0])
    affine[:3, 3] = (low + high) / 2 - VOXEL_MM * (np.array([i, j, k]) - 1) / 2
    return Geometry((i, j, k), affine)
