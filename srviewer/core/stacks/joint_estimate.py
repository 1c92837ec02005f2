"""One volume from several stacks: their weighted mean, corrected by what each has measured."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.spline import spline_coefficients
from srviewer.core.scores.metrics import Mask
from srviewer.core.stacks.noise_limit import beyond_noise
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, within

# Of the weighted mean of the corrections. What one stack alone has measured needs as many as there
# are stacks; with more than 2, what all have measured would never settle.
BOLDNESS = 2.0
STEPS_OF_TWO, STEPS_OF_MORE = 2, 3  # with two stacks, the first step is whole


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
    empties = np.full_like(sums, np.float32(empty))
    return np.divide(sums, total, out=empties, where=total > 0)


def joint_estimate(
    contributions: Sequence[Contribution], grid: Geometry, empty: float
) -> Job[JointEstimate]:
    """The weighted mean, and the same corrected by what it lacks of each stack's measurements.

    Each step degrades the estimate to every stack and adds the residuals, interpolated between the
    slices, all at once: in turns, the last stack would win. What a stack's noise explains of its
    residual is left out, and so is all of it where the stacks do not agree.

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
    estimate = mean.copy()
    held: list[Mask] = []
    for part in contributions:
        yield Progress(0.05, "Comparing with the stacks")
        total += part.weight
        held.append(part.stack.held(grid))
    targets: list[Voxels] = []
    steps = STEPS_OF_TWO if len(contributions) == 2 else STEPS_OF_MORE
    for step in range(steps):
        weights = yield from spline_coefficients(estimate, "Comparing with the stacks")
        correction = np.zeros_like(estimate)
        for number, part in enumerate(contributions):
            share = (step + number / len(contributions)) / steps
            yield Progress(0.05 + 0.95 * share, "Adding what was measured")
            stack = part.stack
            predicted = yield from within(stack.predicted(weights, grid, estimate), share, share)
            if step == 0:
                wanted = _wanted(part, predicted, held[number], len(contributions))
                targets.append(predicted + wanted)
            residual = np.where(held[number], targets[number] - predicted, np.float32(0))
            spread = yield from within(stack.spread(residual, grid), share, share)
            spread *= part.weight
            spread *= part.agreement
            correction += spread
        correction *= np.float32(BOLDNESS)
        estimate += np.divide(correction, total, out=correction, where=total > 0)
    return JointEstimate(mean, estimate)


def _wanted(part: Contribution, predicted: Voxels, held: Mask, count: int) -> Voxels:
    """The part of a stack's measurements that is missing, beyond its noise."""
    stack = part.stack
    across = stack.degradation.axis
    residual = stack.measured - predicted
    return beyond_noise(residual, held, across, part.noise, 1 / count)
