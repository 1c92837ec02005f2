"""The part of a grid that another grid covers, so that only this part is worked on."""

from functools import partial
from itertools import product
from typing import TypeAlias

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.axis_by_axis import MOST_TURNED, interpolated, needed, turned
from srviewer.core.resampling.spline import slabs_at_once, spline_coefficients, whole_shift
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, aside, within

Box: TypeAlias = tuple[slice, slice, slice]
BESIDE = 1.0  # voxels beyond the part that is covered
NARROWINGS = 2
THIN = 8  # planes whose part is found at once


def box_of(onto: Geometry, given: Geometry, margin_mm: float = 0.0) -> Box:
    """A small box of a grid that holds all of it that another grid covers.

    The box is narrowed by one side of the other grid after another, so that of a thin slab of
    voxels little is left of a grid that lies aslant in it.

    Args:
        onto: The grid.
        given: The other grid.
        margin_mm: Millimetres by which the other grid is enlarged on all sides.

    Returns:
        Ranges of indices of ``onto``; empty ones where the two do not meet.
    """
    beyond = 0.5 + margin_mm / np.array(given.spacing)
    least, most = -beyond, np.array(given.shape) - 1 + beyond
    corners = np.stack(np.meshgrid(*zip(least, most, strict=True), indexing="ij"), -1)
    reached = onto.index(given.world(corners.reshape(-1, 3)))
    low = np.maximum(reached.min(axis=0), 0.0)
    high = np.minimum(reached.max(axis=0), np.array(onto.shape) - 1.0)
    matrix = np.linalg.inv(given.affine) @ onto.affine
    for _, row, axis in product(range(NARROWINGS), range(3), range(3)):
        slope, others = matrix[row, axis], [n for n in range(3) if n != axis]
        if abs(slope) < 1e-9:
            continue
        ends = matrix[row, others, None] * np.stack([low, high])[:, others].T
        beside = matrix[row, 3] + ends.min(axis=1).sum(), matrix[row, 3] + ends.max(axis=1).sum()
        bounds = (least[row] - beside[1]) / slope, (most[row] - beside[0]) / slope
        low[axis] = max(low[axis], min(bounds))
        high[axis] = min(high[axis], max(bounds))
    first = np.clip(np.floor(low - BESIDE), 0, onto.shape).astype(int)
    last = np.clip(np.ceil(high + BESIDE) + 1, first, onto.shape).astype(int)
    if (low > high + 2 * BESIDE).any():
        last = first
    i, j, k = (slice(int(a), int(b)) for a, b in zip(first, last, strict=True))
    return i, j, k


def is_empty(box: Box) -> bool:
    """Whether a box holds no voxel.

    Args:
        box: The box.

    Returns:
        True where a range of indices is empty.
    """
    return any(part.start >= part.stop for part in box)


def cut(grid: Geometry, box: Box) -> Geometry:
    """The grid of a box.

    Args:
        grid: The grid in which it lies.
        box: The box, which holds a voxel.

    Returns:
        The smaller grid, its voxels where they were.
    """
    affine = grid.affine.copy()
    affine[:3, 3] = grid.world([part.start for part in box])
    i, j, k = (part.stop - part.start for part in box)
    return Geometry((i, j, k), affine)


def interpolated_inside(
    voxels: Voxels, given: Geometry, onto: Geometry, order: int = 3, message: str = "Resampling"
) -> Job[Voxels]:
    """A volume at the voxel centres of a grid, of which only the part that it covers is computed.

    Args:
        voxels: (i, j, k).
        given: Their grid.
        onto: The grid of the result.
        order: 3 for cubic B-splines, 1 for linear interpolation.
        message: The words of the progress.

    Returns:
        A job with (i, j, k) float32 on ``onto``; what lies outside of ``given`` means nothing, and
        is 0 more than ``BESIDE`` outside of the box that ``given`` covers.
    """
    if whole_shift(given, onto) is not None:
        return (yield from interpolated(voxels, given, onto, order, message))
    if order == 3 and turned(given, onto) > MOST_TURNED:
        return (yield from _aslant(voxels, given, onto, message))
    box = box_of(onto, given)
    if cut_shape(box) == onto.shape:
        return (yield from interpolated(voxels, given, onto, order, message))
    result = np.zeros(onto.shape, np.float32)
    if not is_empty(box):
        part = yield from interpolated(voxels, given, cut(onto, box), order, message)
        yield from aside(partial(result.__setitem__, box, part), Progress(1.0, message))
    return result


def _aslant(voxels: Voxels, given: Geometry, onto: Geometry, message: str) -> Job[Voxels]:
    """A volume on a grid that is turned far against its own, in one move."""
    from scipy.ndimage import affine_transform  # half a second, which no window waits for

    result = np.zeros(onto.shape, np.float32)
    if is_empty(box_of(onto, given)):
        return result
    part, given = needed(voxels, given, onto)
    weights = yield from within(spline_coefficients(part, message), 0.0, 0.1)
    rows, columns = (slice(0, count) for count in onto.shape[1:])

    def fill(start: int, stop: int) -> None:
        for first in range(start, stop, THIN):
            layer = slice(first, min(first + THIN, stop)), rows, columns
            inner = box_of(cut(onto, layer), given)
            if is_empty(inner):
                continue
            matrix = np.linalg.inv(given.affine) @ cut(cut(onto, layer), inner).affine
            affine_transform(
                weights,
                matrix[:3, :3],
                matrix[:3, 3],
                output_shape=cut_shape(inner),
                output=result[layer][inner],
                order=3,
                mode="reflect",
                prefilter=False,
            )

    yield from within(slabs_at_once(fill, onto.shape, message), 0.1, 1.0)
    return result


def cut_shape(box: Box) -> tuple[int, int, int]:
    """The shape of a box.

    Args:
        box: The box.

    Returns:
        The numbers of voxels along its axes.
    """
    i, j, k = (part.stop - part.start for part in box)
    return i, j, k
