"""A stack whose slices have moved: predicted where they lie, and made regular again."""

from functools import partial

import numpy as np

from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.resampling.spline import sampled
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.stacks.rigid import inverse
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, aside

MESSAGE = "Moving slices back"
LEAST_SHARE = 0.25  # of a slice: where less was measured, the measured part counts as this much


def predicted_slices(
    stack: PlacedStack, motions: Matrix, weights: Voxels, grid: Geometry
) -> Job[Voxels]:
    """The slices of a stack as they would be measured of a volume where each of them lies.

    Args:
        stack: The stack at its place.
        motions: (slices, 4, 4) RAS+ mm of each slice, as of ``SliceMotion``.
        weights: (i, j, k) B-splines of the volume.
        grid: The grid of the volume.

    Returns:
        A job with (i, j, k) thick voxels in the unit of the volume.
    """
    across, placed = stack.degradation.axis, stack.placed
    first, taps = stack.degradation.weights()
    along = (first + np.arange(len(taps)) + 0.5) / stack.degradation.factor - 0.5
    result = np.empty(placed.shape, np.float32)
    slices = np.moveaxis(result, across, 0)
    for number, motion in enumerate(motions):
        start = number / len(motions)
        values = np.zeros(slices.shape[1:], np.float32)
        for tap, offset in zip(taps, along, strict=True):
            plane = _plane(placed, across, number + float(offset), motion)
            seen = yield from sampled(weights, grid, plane)
            values += np.float32(tap) * seen.reshape(values.shape)
            yield Progress(start, "Simulating thick slices")
        slices[number] = values
    return result


def regular_stack(
    stack: PlacedStack, motions: Matrix, weights: Voxels, grid: Geometry
) -> Job[Voxels]:
    """The stack as it would have been measured had its slices not moved.

    It is what the volume predicts for the regular slices, with what the moved slices measured
    beyond the prediction of them, interpolated: cubically within a slice, linearly between slices.
    Where no slice has measured, the prediction alone is left. Slices that did not move keep what
    was measured, voxel by voxel.

    Args:
        stack: The stack at its place.
        motions: (slices, 4, 4) RAS+ mm of each slice.
        weights: (i, j, k) B-splines of the volume that predicts it.
        grid: The grid of the volume.

    Returns:
        A job with (i, j, k) thick voxels.
    """
    across = stack.degradation.axis
    there = yield from predicted_slices(stack, motions, weights, grid)
    still = np.tile(np.eye(4), (len(motions), 1, 1))  # by the same sums, so that the two cancel
    regular = yield from predicted_slices(stack, still, weights, grid)
    residuals = np.moveaxis(stack.measured - there, across, 0)
    total, share = (np.zeros(residuals.shape, np.float32) for _ in range(2))
    for number, motion in enumerate(motions):
        step = Progress(number / len(motions), MESSAGE)
        adding = partial(_add, total, share, residuals[number], number, stack, motion)
        yield from aside(adding, step)
    total /= np.maximum(share, np.float32(LEAST_SHARE))
    return np.asarray(regular + np.moveaxis(total, 0, across), np.float32)


def _plane(placed: Geometry, across: int, position: float, motion: Matrix) -> Geometry:
    """The grid of one plane of a stack, at a position between its slices, after a motion."""
    affine = placed.affine.copy()
    affine[:3, 3] += position * affine[:3, across]
    i, j, k = (1 if axis == across else count for axis, count in enumerate(placed.shape))
    return Geometry((i, j, k), motion @ affine)


def _add(
    total: Voxels, share: Voxels, residual: Voxels, number: int, stack: PlacedStack, motion: Matrix
) -> None:
    """Add the residual of a moved slice to the regular slices that it crosses."""
    from scipy.ndimage import map_coordinates, spline_filter  # lazy: half a second

    across, affine = stack.degradation.axis, stack.placed.affine
    back = inverse(affine) @ inverse(motion) @ affine  # indices: from regular to measured
    rows, columns = residual.shape
    weights = spline_filter(residual, 3, np.float32)
    within = [axis for axis in range(3) if axis != across]
    index = np.empty((rows * columns, 3))
    index[:, within] = np.indices((rows, columns)).reshape(2, -1).T
    for near in _crossed(back, number, across, within, (rows, columns), len(total)):
        index[:, across] = near
        source = index @ back[:3, :3].T + back[:3, 3]
        part = np.clip(1 - np.abs(source[:, across] - number), 0, 1)
        inside = (source[:, within] >= -0.5) & (source[:, within] <= [rows - 0.5, columns - 0.5])
        part *= inside.all(axis=1)
        on = part > 0
        places = source[on][:, within].T
        values = map_coordinates(weights, places, np.float32, 3, "reflect", prefilter=False)
        total[near].reshape(-1)[on] += part[on].astype(np.float32) * values
        share[near].reshape(-1)[on] += part[on].astype(np.float32)


def _crossed(
    back: Matrix, number: int, across: int, within: list[int], shape: tuple[int, int], count: int
) -> range:
    """The regular slices that a moved one comes closer to than a slice."""
    corners = np.empty((4, 3))
    corners[:, within] = [[i, j] for i in (0, shape[0] - 1) for j in (0, shape[1] - 1)]
    corners[:, across] = number
    forward = inverse(back)
    reached = (corners @ forward[:3, :3].T + forward[:3, 3])[:, across]
    low, high = int(np.floor(reached.min() - 1)), int(np.ceil(reached.max() + 1))
    return range(max(0, low), min(count, high + 1))
