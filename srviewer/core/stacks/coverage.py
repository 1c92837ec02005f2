"""The part of a grid that a stack covers, fading out towards the edge of its field of view."""

import numpy as np

from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.resampling.boxes import box_of, cut, is_empty
from srviewer.core.resampling.spline import sampled, slabs_at_once
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, within

FADING = 1.5  # thick voxels, and as many in the plane as are as long
OUTSIDE_PADDING = 1e-3  # of a voxel
ROUNDING = 1e-6  # voxels: a slice whose edge lies on that of a volume is within it


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
    whole = np.zeros(onto.shape, np.float32)
    box = box_of(onto, stack)
    if is_empty(box):
        return whole
    result, onto = whole[box], cut(onto, box)
    matrix = np.linalg.inv(stack.affine) @ onto.affine
    fading = FADING * stack.spacing[across] / np.array(stack.spacing)
    fading = np.minimum(fading, np.array(stack.shape) / 4)
    halves = np.array(stack.shape) / 2
    matrix[:3, 3] -= halves - 0.5  # from the middle of the stack

    def fill(start: int, stop: int) -> None:
        room = np.empty(onto.shape[1:], np.float32)
        for number in range(start, stop):
            plane = result[number]
            for axis, row in enumerate(matrix[:3] / fading[:, None]):
                depth = plane if axis == 0 else room
                beside = np.arange(onto.shape[1]) * row[1] + (number * row[0] + row[3])
                along = np.arange(onto.shape[2], dtype=np.float32) * np.float32(row[2])
                np.add(beside.astype(np.float32)[:, None], along, out=depth)
                np.abs(depth, out=depth)
                np.subtract(np.float32(halves[axis] / fading[axis]), depth, out=depth)
                np.clip(depth, 0, 1, out=depth)
                if axis:
                    plane *= depth

    yield from within(slabs_at_once(fill, onto.shape, "Finding what each stack covers"), 0.0, 0.5)
    if padded is not None:
        job = sampled(padded.astype(np.float32), stack, onto, order=1)
        result[(yield from within(job, 0.5, 1.0)) > OUTSIDE_PADDING] = 0
    return whole


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
    matrix = np.linalg.inv(within_grid.affine) @ points.affine
    inside = np.ones(points.shape, bool)
    i, j, k = np.ogrid[tuple(map(slice, points.shape))]
    for row, count in zip(matrix[:3], within_grid.shape, strict=True):
        index = (row[0] * i + row[1] * j + (row[3] - (count - 1) / 2)) + row[2] * k
        inside &= np.abs(index, out=index) <= count / 2 - margin * abs(row[across]) + ROUNDING
    return inside
