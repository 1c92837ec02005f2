"""One volume from several stacks: their weighted mean, corrected by what each has measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from srviewer.core.acquisition.noise_spectrum import NoiseSpectrum
from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.boxes import box_of, cut, is_empty
from srviewer.core.resampling.spline import slabs_at_once
from srviewer.core.scores.metrics import Mask
from srviewer.core.stacks.noise_limit import beyond_noise
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.volumes.slabwise import slabwise
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, aside, within

# Steps, of the weighted mean of the corrections. What k of n stacks have measured is whole after a
# step of n / k, and what another number of them has measured after another step.
STEPS_OF_TWO: tuple[float, ...] = (2.0, 2.0)
STEPS_OF_MORE: tuple[float, ...] = (1.0, 3.0, 1.5, 3.0)
# What no stack has measured, fine along the normals of all, each network has guessed too weakly,
# since it knew only its own stack. Where three or more agree it is made stronger by this share.
STRENGTHENED = 0.3
ADDING = "Adding what was measured"
FINE = 0.25  # of the slice spacing: standard deviation of the blur that leaves the coarse part


@dataclass(frozen=True, eq=False)
class Contribution:
    """The contribution of one stack to the joint estimate.

    Attributes:
        stack: The stack, in the unit of the reference.
        result: (i, j, k) its own result on the grid of the joined volume.
        weight: (i, j, k) there, 0 where it means nothing.
        agreement: (i, j, k) there, the share of the joint step that it takes part in, 0..1.
        noise: Its noise, in the unit of the reference.
    """

    stack: PlacedStack
    result: Voxels
    weight: Voxels
    agreement: Voxels
    noise: NoiseSpectrum


@dataclass(frozen=True, eq=False)
class JointEstimate:
    """One volume of several stacks, without and with the joint step.

    Attributes:
        mean: (i, j, k) the weighted mean.
        joint: (i, j, k) the same after the joint step.
    """

    mean: Voxels
    joint: Voxels

    def blended(self, share: float) -> Voxels:
        """The mean with a share of the joint step.

        Args:
            share: 0..1.

        Returns:
            (i, j, k).
        """
        if share >= 1:
            return self.joint
        return np.asarray(self.mean + np.float32(share) * (self.joint - self.mean))


def weighted_mean(
    contributions: Sequence[Contribution], empty: float
) -> Job[tuple[Voxels, Voxels]]:
    """The weighted mean of the stacks' results.

    Args:
        contributions: At least one.
        empty: The value where all weights are 0.

    Returns:
        A job with (i, j, k) voxels and the sum of the weights.
    """
    shape = contributions[0].result.shape
    mean, total = np.empty(shape, np.float32), np.empty(shape, np.float32)

    def fill(start: int, stop: int) -> None:
        for plane in range(start, stop):
            sums, weights = mean[plane], total[plane]
            sums[...], weights[...] = 0, 0
            for part in contributions:
                weights += part.weight[plane]
                sums += part.weight[plane] * part.result[plane]
            np.divide(sums, weights, out=sums, where=weights > 0)
            sums[weights <= 0] = empty

    yield from slabs_at_once(fill, _shape(mean), "Taking the mean of the stacks")
    return mean, total


def joint_estimate(
    contributions: Sequence[Contribution], grid: Geometry, empty: float
) -> Job[JointEstimate]:
    """The weighted mean, and the same corrected by what it lacks of each stack's measurements.

    Each step degrades the estimate to every stack and adds the residuals, interpolated between the
    slices, all at once: in turns, the last stack would win. What a stack's noise explains of its
    residual is left out, and so is all of it where the stacks do not agree. Of three stacks and
    more, the fine part of the mean is first made stronger, which the steps take back wherever a
    stack has measured.

    Args:
        contributions: At least one, on one grid.
        grid: That grid.
        empty: The value where nothing was measured.

    Returns:
        A job with both.
    """
    mean, total = yield from within(weighted_mean(contributions, empty), 0.0, 0.05)
    if len(contributions) < 2:
        return JointEstimate(mean, mean)
    comparing = Progress(0.05, "Comparing with the stacks")
    held: list[Mask] = []
    for part in contributions:
        held.append((yield from aside(partial(part.stack.held, grid), comparing)))
    predicted = yield from within(_predictions(contributions, grid, mean), 0.05, 0.2)
    targets: list[Voxels] = []
    for part, values, mask in zip(contributions, predicted, held, strict=True):
        targeting = partial(_target, part, values, mask, len(contributions))
        targets.append((yield from aside(targeting, replace(comparing, fraction=0.2))))
    steps = STEPS_OF_TWO
    estimate = yield from aside(mean.copy, replace(comparing, fraction=0.2))
    if len(contributions) > 2:
        steps = STEPS_OF_MORE
        estimate = yield from within(_strengthened(contributions, grid, mean, total), 0.2, 0.2)
        predicted = yield from within(_predictions(contributions, grid, estimate), 0.2, 0.3)
    for number, size in enumerate(steps):
        start, stop = (0.3 + 0.7 * n / len(steps) for n in (number, number + 1))
        if number:
            again = _predictions(contributions, grid, estimate)
            predicted = yield from within(again, start, (start + stop) / 2)
        for target, values, mask in zip(targets, predicted, held, strict=True):
            lacking = partial(_lack, target, values, mask)
            yield from aside(lacking, replace(comparing, fraction=(start + stop) / 2))
        job = _corrected(estimate, contributions, predicted, grid, total, size)
        yield from within(job, (start + stop) / 2, stop)
    return JointEstimate(mean, estimate)


def _predictions(
    contributions: Sequence[Contribution], grid: Geometry, estimate: Voxels
) -> Job[list[Voxels]]:
    """The stacks as they would be measured of an estimate."""
    count = len(contributions)
    predicted: list[Voxels] = []
    for number, part in enumerate(contributions):
        start, stop = (n / count for n in (number, number + 1))
        job = part.stack.predicted(estimate, grid)
        predicted.append((yield from within(job, start, stop)))
    return predicted


def _corrected(
    estimate: Voxels,
    contributions: Sequence[Contribution],
    residuals: Sequence[Voxels],
    grid: Geometry,
    total: Voxels,
    size: float,
) -> Job[None]:
    """Add a step of the weighted mean of what an estimate lacks of each stack, in place.

    ``total``: the sum of the weights.
    """
    correction = np.zeros(estimate.shape, np.float32)
    for number, (part, residual) in enumerate(zip(contributions, residuals, strict=True)):
        start, stop = (n / len(residuals) for n in (number, number + 1))
        yield from within(_added(correction, part, residual, grid), start, stop)

    def fill(start: int, stop: int) -> None:
        for plane in range(start, stop):
            weights, change = total[plane], correction[plane]
            change *= np.float32(size)
            estimate[plane] += np.divide(change, weights, out=change, where=weights > 0)

    yield from within(slabs_at_once(fill, _shape(estimate), ADDING), 1.0, 1.0)


def _added(correction: Voxels, part: Contribution, residual: Voxels, grid: Geometry) -> Job[None]:
    """Add the weighted residual of a stack, interpolated between its slices."""
    box = box_of(grid, part.stack.placed)  # outside of it the weight is 0
    if is_empty(box):
        return
    spread = yield from part.stack.spread(residual, cut(grid, box))
    total, weight, agreement = correction[box], part.weight[box], part.agreement[box]

    def fill(start: int, stop: int) -> None:
        for plane in range(start, stop):
            product = spread[plane] * weight[plane]
            product *= agreement[plane]
            total[plane] += product

    yield from within(slabs_at_once(fill, _shape(total), ADDING), 1.0, 1.0)


def _shape(voxels: Voxels) -> tuple[int, int, int]:
    i, j, k = voxels.shape
    return i, j, k


def _strengthened(
    contributions: Sequence[Contribution], grid: Geometry, mean: Voxels, total: Voxels
) -> Job[Voxels]:
    """The mean with a stronger fine part, as far as the stacks agree."""
    from scipy.ndimage import gaussian_filter1d  # half a second, which no window waits for

    stacks = [part.stack for part in contributions]
    spacing = np.mean([stack.grid.spacing[stack.degradation.axis] for stack in stacks])
    fine = mean
    for axis, voxel in enumerate(grid.spacing):
        blurred = partial(
            gaussian_filter1d, sigma=FINE * spacing / voxel, axis=axis, output=np.float32
        )
        fine = yield from slabwise(blurred, fine, message="Comparing with the stacks", along=axis)

    def stronger() -> Voxels:
        share = _sum(part.weight * part.agreement for part in contributions)
        np.divide(share, total, out=share, where=total > 0)
        share *= np.float32(STRENGTHENED)
        share *= mean - fine
        share += mean
        return share

    return (yield from aside(stronger, Progress(1.0, "Comparing with the stacks")))


def _sum(fields: Iterable[Voxels]) -> Voxels:
    fields = iter(fields)
    total = next(fields).copy()
    for field in fields:
        total += field
    return total


def _target(part: Contribution, predicted: Voxels, held: Mask, count: int) -> Voxels:
    """What a stack has measured, of which the noise is not counted as missing."""
    stack = part.stack
    across = stack.degradation.axis
    residual = stack.measured - predicted
    return np.asarray(predicted + beyond_noise(residual, held, across, part.noise, 1 / count))


def _lack(target: Voxels, values: Voxels, held: Mask) -> None:
    """Turn a prediction into what it lacks."""
    np.subtract(target, values, out=values)
    values[~held] = 0
