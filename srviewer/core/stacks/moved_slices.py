"""A stack whose slices have moved: predicted where they lie, and made regular again."""

from functools import partial

import numpy as np

from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.resampling.boxes import interpolated_inside
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.stacks.rigid import inverse
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, aside, within

MESSAGE, SIMULATING = "Moving slices back", "Simulating thick slices"
LEAST_SHARE = 0.25  # of a slice: where less was measured, the measured part counts as this much


def predicted_slices(
    stack: PlacedStack, motions: Matrix, voxels: Voxels, grid: Geometry
) -> Job[Voxels]:
    """The slices of a stack as they would be measured of a volume where each of them lies.

    Args:
        stack: The stack at its place.
        motions: (slices, 4, 4) RAS+ mm of each slice, as of ``SliceMotion``.
        voxels: (i, j, k), the volume.
        grid: Its grid.

    Returns:
        A job with (i, j, k) thick voxels in the unit of the volume; those that lie outside of it
        mean nothing.
    """
    result = np.empty(stack.placed.shape, np.float32)
    slices = np.moveaxis(result, stack.degradation.axis, 0)
    for number, motion in enumerate(motions):
        job = _predicted(stack, number, 1, motion, voxels, grid)
        start, stop = number / len(motions), (number + 1) / len(motions)
        slices[number] = (yield from within(job, start, stop))[0]
    return result


def regular_stack(
    stack: PlacedStack, motions: Matrix, voxels: Voxels, grid: Geometry
) -> Job[Voxels]:
    """The stack as it would have been measured had its slices not moved.

    It is what the volume predicts for the regular slices, with what the moved slices measured
    beyond the prediction of them, interpolated: cubically within a slice, linearly between slices.
    Where no slice has measured, the prediction alone is left. Slices that did not move keep what
    was measured, voxel by voxel.

    Args:
        stack: The stack at its place.
        motions: (slices, 4, 4) RAS+ mm of each slice.
        voxels: (i, j, k), the volume that predicts it.
        grid: The grid of the volume.

    Returns:
        A job with (i, j, k) thick voxels.
    """
    across, still = stack.degradation.axis, np.eye(4)
    measured = np.moveaxis(stack.measured, across, 0)
    regular = yield from _predicted(stack, 0, len(motions), still, voxels, grid)
    total, share = (np.zeros(measured.shape, np.float32) for _ in range(2))
    for number, motion in enumerate(motions):
        step = Progress(number / len(motions), MESSAGE)
        there = regular[number]
        if not np.array_equal(motion, still):
            job = _predicted(stack, number, 1, motion, voxels, grid)
            there = (yield from within(job, step.fraction, step.fraction))[0]
        adding = partial(_add, total, share, measured[number] - there, number, stack, motion)
        yield from aside(adding, step)
    total /= np.maximum(share, np.float32(LEAST_SHARE))
    return np.asarray(np.moveaxis(regular + total, 0, across), np.float32)


def _predicted(
    stack: PlacedStack, number: int, count: int, motion: Matrix, voxels: Voxels, grid: Geometry
) -> Job[Voxels]:
    """Slices as they would be measured of a volume after one motion, (slices, rows, columns)."""
    across, placed = stack.degradation.axis, stack.placed
    first, taps = stack.degradation.weights()
    factor = stack.degradation.factor
    affine = placed.affine.copy()
    affine[:3, 3] += (number + (first + 0.5) / factor - 0.5) * affine[:3, across]
    affine[:3, across] /= factor
    planes = (count - 1) * factor + len(taps)
    i, j, k = (planes if axis == across else n for axis, n in enumerate(placed.shape))
    thin = Geometry((i, j, k), motion @ affine)
    seen = yield from interpolated_inside(voxels, grid, thin, message=SIMULATING)

    def thick() -> Voxels:
        rows, weights = np.moveaxis(seen, across, 0), taps.astype(np.float32)
        starts = range(0, count * factor, factor)
        return np.stack([np.tensordot(weights, rows[n : n + len(taps)], 1) for n in starts])

    return (yield from aside(thick, Progress(1.0, SIMULATING)))


def _add(
    total: Voxels, share: Voxels, residual: Voxels, number: int, stack: PlacedStack, motion: Matrix
) -> None:
    """Add the residual of a moved slice to the regular slices that it crosses."""
    from scipy.ndimage import map_coordinates, spline_filter  # lazy: half a second

    if np.array_equal(motion, np.eye(4)):
        total[number] += residual
        share[number] += 1
        return
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
