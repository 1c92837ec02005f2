"""Resampling along one axis after another, for grids that are turned little against each other.

Any affine map is a chain of three, each of which moves voxels along one axis alone (Catmull and
Smith 1980). Each reads four values for a voxel instead of 64.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis, Geometry, Matrix
from srviewer.core.resampling.reorient import closest_axes
from srviewer.core.resampling.spline import (
    sampled,
    slabs_at_once,
    spline_coefficients,
    whole_shift,
)
from srviewer.core.resampling.trilinear import mirrored
from srviewer.core.volumes.slabwise import planes_of
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, aside, within

# Radians between the axes of two grids. At this angle the errors of fine detail are a fifth larger
# than in one move (docs/several-stacks.md).
MOST_TURNED = 0.3
BORDER = 4  # mirrored voxels beyond either end of an axis
REACH = 12  # voxels: the weight of a B-spline fades out by 0.268 with each
POLE = float(np.sqrt(3) - 2)  # of the filter that leads to the weights of cubic B-splines
BLOCK = 2**15  # values that are interpolated at once, so that they stay in the processor's cache
PLANES = 8  # of such a block, where it is interpolated across planes
ON_VOXELS = 1e-4  # voxels: positions that need no interpolation
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class _Move:
    """One of the moves along an axis.

    Attributes:
        axis: The axis.
        slopes: (3,) of the position before the move along each index after it.
        start: The position before the move of the first voxel after it.
    """

    axis: Axis
    slopes: tuple[float, float, float]
    start: float

    @property
    def is_whole(self) -> bool:
        """Whether voxels are moved by a whole number alone."""
        others = max(abs(slope - (n == self.axis)) for n, slope in enumerate(self.slopes))
        return others < ON_VOXELS / 1000 and abs(self.start - round(self.start)) < ON_VOXELS


def interpolated(
    voxels: Voxels, given: Geometry, onto: Geometry, order: int = 3, message: str = "Resampling"
) -> Job[Voxels]:
    """A volume at the voxel centres of a grid.

    Along one axis after another where the grids are turned little against each other; else in one
    move, which takes several times as long. Voxels that coincide are taken as they are.

    Args:
        voxels: (i, j, k).
        given: Their grid.
        onto: The grid of the result.
        order: 3 for cubic B-splines, 1 for linear interpolation.
        message: The words of the progress.

    Returns:
        A job with (i, j, k) float32 on ``onto``; what lies outside of ``given`` means nothing.
    """
    if whole_shift(given, onto) is not None:
        return (yield from sampled(voxels, given, onto, order, message, voxels))
    if turned(given, onto) <= MOST_TURNED:
        return (yield from moved_along_axes(voxels, given, onto, order, message))
    if order == 1:
        return (yield from sampled(voxels, given, onto, order, message))
    part, given = needed(voxels, given, onto)
    weights = yield from within(spline_coefficients(part, message), 0.0, 0.1)
    return (yield from within(sampled(weights, given, onto, order, message), 0.1, 1.0))


def turned(given: Geometry, onto: Geometry) -> float:
    """The largest angle between the axes of two grids, whatever their order and direction.

    Args:
        given: The first grid.
        onto: The second grid.

    Returns:
        Radians, 0 to a quarter turn.
    """
    grid = closest_axes(given, onto).grid(given)
    cosines = np.abs((grid.directions * onto.directions).sum(axis=0))
    return float(np.arccos(np.clip(cosines.min(), 0, 1)))


def moved_along_axes(
    voxels: Voxels, given: Geometry, onto: Geometry, order: int = 3, message: str = "Resampling"
) -> Job[Voxels]:
    """A volume at the voxel centres of a grid that is turned little against its own.

    Args:
        voxels: (i, j, k).
        given: Their grid.
        onto: The grid of the result, turned against ``given`` by much less than 45 degrees.
        order: 3 for cubic B-splines, 1 for linear interpolation.
        message: The words of the progress.

    Returns:
        A job with (i, j, k) float32 on ``onto``; what lies further outside of ``given`` than a
        voxel means nothing.
    """
    axes = closest_axes(given, onto)
    matrix = np.linalg.inv(axes.grid(given).affine) @ onto.affine
    current, matrix = _needed(axes.view(voxels), matrix, onto.shape)
    for number, move in enumerate(_moves(matrix)):
        start, stop = number / 3, (number + 1) / 3
        if move.is_whole:
            taking = partial(_taken, current, move, onto.shape[move.axis])
            current = yield from aside(taking, Progress(start, message))
            continue
        job = _weights(current, move.axis, order, message)
        current = yield from within(job, start, start + 0.1)  # the voxels are not kept
        job = _filled(current, move, onto.shape[move.axis], order, message)
        current = yield from within(job, start + 0.1, stop)
    return current


def needed(voxels: Voxels, given: Geometry, onto: Geometry) -> tuple[Voxels, Geometry]:
    """The part of a volume from which another grid is interpolated.

    Args:
        voxels: (i, j, k).
        given: Their grid.
        onto: The other grid.

    Returns:
        That part, ``REACH`` voxels larger on all sides where there are as many, and its grid.
    """
    matrix = np.linalg.inv(given.affine) @ onto.affine
    part, matrix = _needed(voxels, matrix, onto.shape)
    i, j, k = part.shape
    return part, Geometry((i, j, k), onto.affine @ np.linalg.inv(matrix))


def _needed(voxels: Voxels, matrix: Matrix, shape: tuple[int, int, int]) -> tuple[Voxels, Matrix]:
    """The part of a source from which a grid is interpolated, with the way to its indices."""
    ends = np.stack(np.meshgrid(*((0, n - 1) for n in shape), indexing="ij")).reshape(3, -1)
    reached = matrix[:3, :3] @ ends + matrix[:3, 3:]
    count = np.array(voxels.shape)
    low = np.clip(np.floor(reached.min(axis=1)) - REACH, 0, count - 1).astype(int)
    high = np.clip(np.ceil(reached.max(axis=1)) + REACH + 1, low + 1, count).astype(int)
    first = np.eye(4)
    first[:3, 3] = -low
    i, j, k = (slice(a, b) for a, b in zip(low, high, strict=True))
    return voxels[i, j, k], first @ matrix


def _moves(matrix: Matrix) -> list[_Move]:
    """The moves that make up an affine map, (4, 4) from indices of a grid to those of its source.

    The axis along which the source is coarsest comes first: on the fine lattice the others err
    less.
    """
    linear, shift = matrix[:3, :3], matrix[:3, 3]
    scales = np.round(np.log2(np.abs(np.diag(linear))) * 2)
    moves, rest = [], [0, 1, 2]
    for axis in sorted(range(3), key=lambda n: (scales[n], n)):
        rest.remove(axis)
        # The source's position along the axes that are not moved yet is known, their index is not.
        back = linear[axis, rest] @ np.linalg.inv(linear[np.ix_(rest, rest)])
        slopes = linear[axis] - back @ linear[rest]
        slopes[rest] = back
        start = float(shift[axis] - back @ shift[rest])
        moves.append(_Move(axis, (float(slopes[0]), float(slopes[1]), float(slopes[2])), start))
    return moves


def _taken(voxels: Voxels, move: _Move, count: int) -> Voxels:
    """Voxels after a move by whole voxels, ``count`` of them along its axis."""
    index = mirrored(np.arange(count) + round(move.start), voxels.shape[move.axis])
    same = np.array_equal(index, np.arange(voxels.shape[move.axis]))
    return voxels if same else np.take(voxels, index, move.axis)


def _weights(voxels: Voxels, axis: Axis, order: int, message: str) -> Job[Voxels]:
    """The weights of the splines along an axis, ``BORDER`` more at either end of it."""
    shape = list(voxels.shape)
    shape[axis] += 2 * BORDER
    weights = np.empty(shape, np.float32)
    cut = 1 if axis == 0 else 0
    others = [n for number, n in enumerate(voxels.shape) if number != cut]

    def fill(start: int, stop: int) -> None:
        slab = planes_of(weights, cut, start, stop)
        _prepare(planes_of(voxels, cut, start, stop), slab, axis, order)

    yield from slabs_at_once(fill, (voxels.shape[cut], others[0], others[1]), message)
    return weights


def _filled(weights: Voxels, move: _Move, count: int, order: int, message: str) -> Job[Voxels]:
    """The voxels after a move, ``count`` of them along its axis."""
    shape = list(weights.shape)
    shape[move.axis] = count
    result = np.empty(shape, np.float32)
    fill = partial(_interpolate, weights, result, move, order)
    yield from slabs_at_once(fill, (shape[0], shape[1], shape[2]), message)
    return result


def _prepare(voxels: Voxels, weights: Voxels, axis: Axis, order: int) -> None:
    """Fill ``weights``, which is longer by ``BORDER`` at either end, with those of the splines."""
    from scipy.ndimage import spline_filter1d  # half a second, which the window does not wait for

    count = voxels.shape[axis]
    inner = planes_of(weights, axis, BORDER, BORDER + count)
    inner[...] = voxels
    if order == 3 and axis < 2:
        _filter(np.moveaxis(inner, axis, 0))
    elif order == 3:
        inner[...] = spline_filter1d(inner, 3, output=np.float32, mode="reflect")
        inner /= np.float32(6)
    rows = np.moveaxis(weights, axis, 0)
    for end in range(BORDER):
        first, last = mirrored(np.array([-1 - end, count + end]), count) + BORDER
        rows[BORDER - 1 - end], rows[BORDER + count + end] = rows[first], rows[last]


def _filter(rows: Voxels) -> None:
    """The weights of cubic B-splines, divided by 6, along the first axis, in place (Unser 1999)."""
    pole, count = np.float32(POLE), len(rows)
    product = np.empty(rows.shape[1:], np.float32)
    first = rows[0].astype(np.float32)
    for number, index in enumerate(mirrored(-1 - np.arange(REACH), count)):
        first += np.float32(POLE ** (number + 1)) * rows[index]
    rows[0] = first
    for number in range(1, count):
        np.multiply(rows[number - 1], pole, out=product)
        np.add(rows[number], product, out=rows[number])
    np.multiply(rows[-1], np.float32(POLE / (POLE - 1)), out=rows[-1])
    for number in range(count - 2, -1, -1):
        np.subtract(rows[number + 1], rows[number], out=product)
        np.multiply(product, pole, out=rows[number])


def _interpolate(
    weights: Voxels, result: Voxels, move: _Move, order: int, start: int, stop: int
) -> None:
    """Fill planes ``start`` to ``stop`` of the result."""
    flat, axis = weights.reshape(-1), move.axis
    steps = [step // weights.itemsize for step in weights.strides]
    stride, last = (
        steps[axis],
        weights.shape[axis] - 3,
    )  # of four values the second is the one below
    steps[axis] = 0
    of_plane, of_row, of_column = (
        np.arange(count) * slope for count, slope in zip(result.shape, move.slopes, strict=True)
    )
    plane_at, row_at, column_at = (
        np.arange(count) * step for count, step in zip(result.shape, steps, strict=True)
    )
    whole_column = np.arange(len(of_column)) * round(move.slopes[2])
    part_column = (of_column - whole_column).astype(np.float32)  # small, so that float32 is enough
    kind = np.int32 if flat.size < 2**31 else np.int64
    column_at = (column_at + whole_column * stride).astype(kind)
    kernel = _cubic if order == 3 else _linear
    room: _Room | None = None
    for i, j in _blocks(result.shape, axis, start, stop):
        out = result[i, j]
        if room is None or room.share.shape != out.shape:
            room = _Room(out.shape, kind)
        beside = (of_plane[i, None] + of_row[j] + (move.start + BORDER))[..., None]
        whole = np.floor(beside)
        np.add((beside - whole).astype(np.float32), part_column, out=room.share)
        below = np.floor(room.share, out=room.weights[0])
        np.subtract(room.share, below, out=room.share)
        np.copyto(room.number, below, casting="unsafe")
        ends = of_column[0], of_column[-1]
        if beside.min() + min(ends) < 1 or beside.max() + max(ends) >= last + 1:
            far = whole.astype(kind) + whole_column.astype(kind)
            np.clip(room.number, 1 - far, last - far, out=room.number)
        room.number *= kind(stride)
        at = plane_at[i, None, None] + row_at[j, None] + whole.astype(np.intp) * stride
        room.number += at.astype(kind)
        room.number += column_at
        np.copyto(room.index, room.number)
        kernel(flat, stride, room, out)


def _blocks(
    shape: tuple[int, ...], axis: Axis, start: int, stop: int
) -> Iterator[tuple[slice, slice]]:
    """Planes and rows of about ``BLOCK`` voxels, that lie close to each other in the source."""
    planes = PLANES if axis == 0 else 1
    rows = max(1, BLOCK // (planes * shape[2]))
    for j in range(0, shape[1], rows):
        for i in range(start, stop, planes):
            yield slice(i, min(i + planes, stop)), slice(j, min(j + rows, shape[1]))


class _Room:
    """Arrays that are used for one block after another."""

    def __init__(self, shape: tuple[int, ...], kind: type[np.integer[Any]]) -> None:
        self.number, self.index = np.empty(shape, kind), np.empty(shape, np.intp)
        self.share = np.empty(shape, np.float32)
        self.weights = np.empty((4, *shape), np.float32)


def _cubic(flat: Voxels, stride: int, room: _Room, out: Voxels) -> None:
    """Cubic B-splines: ``share`` of the way from ``index`` to the next along the axis."""
    share = room.share
    back, near, far, ahead = room.weights
    np.subtract(np.float32(1), share, out=near)
    np.multiply(near, near, out=back)
    back *= near
    np.multiply(share, share, out=far)
    np.multiply(far, share, out=ahead)
    np.multiply(ahead, np.float32(3), out=near)
    far *= np.float32(6)
    near -= far
    near += np.float32(4)
    np.subtract(np.float32(6), ahead, out=far)
    far -= back
    far -= near
    room.index -= stride
    np.take(flat, room.index, out=share, mode="clip")
    np.multiply(back, share, out=out)
    for number, weight in enumerate((near, far, ahead), start=1):
        np.take(flat[number * stride :], room.index, out=share, mode="clip")
        weight *= share
        out += weight


def _linear(flat: Voxels, stride: int, room: _Room, out: Voxels) -> None:
    """Lines: ``share`` of the way from ``index`` to the next along the axis."""
    below, above = room.weights[:2]
    np.take(flat, room.index, out=below, mode="clip")
    np.take(flat[stride:], room.index, out=above, mode="clip")
    above -= below
    above *= room.share
    np.add(below, above, out=out)
