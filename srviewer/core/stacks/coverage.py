"""The part of a grid that a stack covers, fading out towards the edge of its field of view."""

import numpy as np

from srviewer.core.geometry.grid import Axis, Geometry, Matrix
from srviewer.core.resampling.spline import sampled, slabs_at_once
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, within

FADING = 1.5  # thick voxels, and as many in the plane as are as long
OUTSIDE_PADDING = 1e-3  # of a voxel


def coverage(stack: Geometry, padded: Mask | None, onto: Geometry, across: Axis) -> Job[Voxels]:
    """The depth of the voxels of a grid inside the field of view of a stack.

    Args:
        stack: The thick grid, at its true position.
        padded: (i, j, k) thick voxels that are padding; None where there are none.
        onto: The grid of the joined volume.
        across: The axis across the slices.

    Returns:
        A job with (i, j, k) float32 on ``onto``: 0 outside, 1 further inside than ``FADING``
        slices, above 0 wherever the stack covers a voxel's centre.
    """
    matrix = np.linalg.inv(stack.affine) @ onto.affine
    fading = FADING * stack.spacing[across] / np.array(stack.spacing)
    fading = np.minimum(fading, np.array(stack.shape) / 4)
    result = np.empty(onto.shape, np.float32)

    def fill(start: int, stop: int) -> None:
        inside = np.ones((stop - start, *onto.shape[1:]), np.float32)
        for axis, index in enumerate(_indices(matrix, start, stop, onto)):
            depth = np.minimum(index + 0.5, stack.shape[axis] - 0.5 - index)
            inside *= np.clip(depth / fading[axis], 0, 1).astype(np.float32)
        result[start:stop] = inside

    yield from within(slabs_at_once(fill, onto.shape, "Finding what each stack covers"), 0.0, 0.5)
    if padded is not None:
        job = sampled(padded.astype(np.float32), stack, onto, order=1)
        result[(yield from within(job, 0.5, 1.0)) > OUTSIDE_PADDING] = 0
    return result


def covered(points: Geometry, within_grid: Geometry, across: Axis, margin: float) -> Mask:
    """Whether voxels lie in the space of another grid, with all of their thickness.

    Args:
        points: The grid whose voxels are asked about.
        within_grid: The other grid.
        across: The axis of ``points`` along which they are thick.
        margin: Half their thickness, in voxels along that axis.

    Returns:
        (i, j, k) on ``points``.
    """
    inside = np.ones(points.shape, bool)
    for end in (-margin, margin):
        shifted = points.affine.copy()
        shifted[:3, 3] += end * points.affine[:3, across]
        matrix = np.linalg.inv(within_grid.affine) @ shifted
        for axis, index in enumerate(_indices(matrix, 0, points.shape[0], points)):
            inside &= (index >= -0.5) & (index <= within_grid.shape[axis] - 0.5)
    return inside


def _indices(matrix: Matrix, start: int, stop: int, grid: Geometry) -> list[Voxels]:
    """The indices along each axis of a source, of planes ``start`` to ``stop`` of ``grid``."""
    i, j, k = np.ogrid[start:stop, 0 : grid.shape[1], 0 : grid.shape[2]]
    return [row[0] * i + row[1] * j + row[2] * k + row[3] for row in matrix[:3]]
