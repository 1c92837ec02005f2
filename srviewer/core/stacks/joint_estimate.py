"""One volume from several stacks: their weighted mean, corrected by what each has measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.spline import spline_coefficients
from srviewer.core.scores.metrics import Mask
from srviewer.core.stacks.noise_limit import beyond_noise
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.volumes.slabwise import slabwise
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, within

# Steps, of the weighted mean of the corrections. What k of n stacks have measured is whole after a
# step of n / k, and what another number of them has measured after another step.
STEPS_OF_TWO: tuple[float, ...] = (2.0, 2.0)
STEPS_OF_MORE: tuple[float, ...] = (1.0, 3.0, 1.5, 3.0)
# What no stack has measured, fine along the normals of all, each network has guessed too weakly,
# since it knew only its own stack. Where three or more agree it is made stronger by this share.
STRENGTHENED = 0.3
FINE = 0.25  # of the slice spacing: standard deviation of the blur that leaves the coarse part


@dataclass(frozen=True, eq=False)
class Contribution:
    """The contribution of one stack to the joint estimate.

    Attributes:
        stack: The stack, in the unit of the reference.
        result: (i, j, k) its own result on the grid of the joined volume.
        weight: (i, j, k) there, 0 where it means nothing.
        agreement: (i, j, k) there, the share of the joint step that it takes part in, 0..1.
        noise: The standard deviation of its noise, in the unit of the reference.
    """

    stack: PlacedStack
    result: Voxels
    weight: Voxels
    agreement: Voxels
    noise: float


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


def weighted_mean(contributions: Sequence[Contribution], empty: float) -> Job[Voxels]:
    """The weighted mean of the stacks' results.

    Args:
        contributions: At least one.
        empty: The value where all weights are 0.

    Returns:
        A job with (i, j, k) voxels.
    """
    total = np.zeros_like(contributions[0].result)
    sums = np.zeros_like(total)
    for number, part in enumerate(contributions):
        yield Progress(number / len(contributions), "Taking the mean of the stacks")
        total += part.weight
        sums += part.weight * part.result
    yield Progress(1.0, "Taking the mean of the stacks")
    empties = np.full_like(sums, np.float32(empty))
    return np.divide(sums, total, out=empties, where=total > 0)


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
    mean = yield from within(weighted_mean(contributions, empty), 0.0, 0.05)
    if len(contributions) < 2:
        return JointEstimate(mean, mean)
    total = np.zeros_like(mean)
    held: list[Mask] = []
    for part in contributions:
        yield Progress(0.05, "Comparing with the stacks")
        total += part.weight
        held.append(part.stack.held(grid))
    predicted = yield from within(_predictions(contributions, grid, mean), 0.05, 0.2)
    targets: list[Voxels] = []
    for part, values, mask in zip(contributions, predicted, held, strict=True):
        yield Progress(0.2, "Comparing with the stacks")
        targets.append(values + _wanted(part, values, mask, len(contributions)))
    yield Progress(0.2, "Comparing with the stacks")
    estimate, steps = mean.copy(), STEPS_OF_TWO
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
            yield Progress((start + stop) / 2, "Comparing with the stacks")
            np.subtract(target, values, out=values)
            values[~mask] = 0
        job = _spread(contributions, predicted, grid)
        correction = yield from within(job, (start + stop) / 2, stop)
        yield Progress(stop, "Adding what was measured")
        correction *= np.float32(size)
        estimate += np.divide(correction, total, out=correction, where=total > 0)
    return JointEstimate(mean, estimate)


def _predictions(
    contributions: Sequence[Contribution], grid: Geometry, estimate: Voxels
) -> Job[list[Voxels]]:
    """The stacks as they would be measured of an estimate."""
    count = len(contributions)
    preparing = spline_coefficients(estimate, "Comparing with the stacks")
    weights = yield from within(preparing, 0.0, 0.2)
    predicted: list[Voxels] = []
    for number, part in enumerate(contributions):
        start, stop = (0.2 + 0.8 * n / count for n in (number, number + 1))
        job = part.stack.predicted(weights, grid, estimate)
        predicted.append((yield from within(job, start, stop)))
    return predicted


def _spread(
    contributions: Sequence[Contribution], residuals: Sequence[Voxels], grid: Geometry
) -> Job[Voxels]:
    """The weighted sum of residuals, interpolated between the slices of each stack."""
    total = np.zeros(grid.shape, np.float32)
    for number, (part, residual) in enumerate(zip(contributions, residuals, strict=True)):
        start = number / len(residuals)
        yield Progress(start, "Adding what was measured")
        job = part.stack.spread(residual, grid)
        spread = yield from within(job, start, start + 1 / len(residuals))
        yield Progress(start + 1 / len(residuals), "Adding what was measured")
        spread *= part.weight
        spread *= part.agreement
        total += spread
    return total


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
    fine = mean - fine
    share = np.zeros_like(mean)
    for part in contributions:
        yield Progress(1.0, "Comparing with the stacks")
        share += part.weight * part.agreement
    np.divide(share, total, out=share, where=total > 0)
    fine *= share
    fine *= np.float32(STRENGTHENED)
    fine += mean
    return np.asarray(fine)


def _wanted(part: Contribution, predicted: Voxels, held: Mask, count: int) -> Voxels:
    """The part of a stack's measurements that is missing, beyond its noise."""
    stack = part.stack
    across = stack.degradation.axis
    residual = stack.measured - predicted
    return beyond_noise(residual, held, across, part.noise, 1 / count)
