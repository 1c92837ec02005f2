"""Refinement of the motion between two stacks, until they predict each other best."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from srviewer.core.geometry.grid import Matrix
from srviewer.core.stacks.intensity_match import Values
from srviewer.core.stacks.pair import Fit, Pair
from srviewer.core.stacks.rigid import motion_of, numbers_of
from srviewer.job import Job, Progress, aside

MOST_ROUNDS = 12
MESSAGE = "Refining the place of a stack"
STEPS = np.array([0.001, 0.001, 0.001, 0.1, 0.1, 0.1])  # radians and mm, of the derivatives
ENOUGH = np.array([2e-5, 2e-5, 2e-5, 2e-3, 2e-3, 2e-3])  # radians and mm: no further rounds
ROBUST = 2.5  # robust standard deviations: residuals beyond it count less and less
# Neighbouring voxels err alike: so many of them say as much as one that errs by itself.
ALIKE = 100.0
# The motion that is expected before anything is seen, as standard deviations in radians and mm. A
# short stack slides far along what looks alike, and no person moves so for some of the slices.
USUAL = np.array([0.05, 0.05, 0.05, 4.0, 4.0, 4.0])
USUAL_SHORT = np.array([0.005, 0.005, 0.005, 1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False)
class Placed:
    """A motion between two stacks, with how well they predict each other by it.

    Attributes:
        motion: (4, 4) RAS+ mm, from the header of the second to that of the first.
        fit: With that motion.
        cost: The robust size of the residuals with the penalty on motion; less is better. A
            difference is the logarithm of how much more likely one motion is than another.
        certainty: (6, 6) of the numbers of the motion about the centre that was given: the second
            derivative of the cost. None where it was not refined.
    """

    motion: Matrix
    fit: Fit
    cost: float
    certainty: Matrix | None = None


def placed(pair: Pair, motion: Matrix, centre: Matrix, usual: Matrix = USUAL) -> Placed:
    """Measure how well two stacks predict each other with a motion between them.

    Args:
        pair: The stacks, with the voxels that count.
        motion: (4, 4) RAS+ mm, from the header of the second to that of the first.
        centre: (3,) RAS+ mm, the point about which rotations are counted.
        usual: (6,), the motion that is expected before anything is seen.

    Returns:
        The motion with its cost.
    """
    return _measured(pair, numbers_of(motion, centre), centre, usual)


def refined_motion(pair: Pair, start: Matrix, centre: Matrix, usual: Matrix = USUAL) -> Job[Placed]:
    """Refine a motion by damped Gauss-Newton steps over both directions at once.

    Args:
        pair: The stacks, with the voxels that count.
        start: (4, 4) RAS+ mm.
        centre: (3,) RAS+ mm, the point about which rotations are counted: the middle of what both
            stacks cover.
        usual: (6,), the motion that is expected before anything is seen.

    Returns:
        A job with the best motion that was found.
    """
    numbers = numbers_of(start, centre)
    measuring = partial(_measured, pair, numbers, centre, usual)
    best, damping = (yield from aside(measuring, Progress(0.0, MESSAGE))), 1e-3
    for number in range(MOST_ROUNDS):
        done = Progress((number + 1) / MOST_ROUNDS, MESSAGE)
        residual, slopes = yield from _linearised(pair, numbers, centre, best.fit, number)
        weighing = partial(_normal, pair, residual, slopes, numbers / usual**2)
        normal, gradient = yield from aside(weighing, done)
        normal += np.diag(1 / usual**2)
        best = replace(best, certainty=normal)
        damped = normal + damping * np.diag(np.diag(normal))
        step = -np.linalg.solve(damped, gradient)
        measuring = partial(_measured, pair, numbers + step, centre, usual)
        candidate = yield from aside(measuring, done)
        small = bool((np.abs(step) < ENOUGH).all())
        if candidate.cost < best.cost:
            best, numbers = replace(candidate, certainty=normal), numbers + step
            damping /= 4
        else:
            damping *= 30
        if small or damping > 1:
            break
    return best


def _measured(pair: Pair, numbers: Matrix, centre: Matrix, usual: Matrix) -> Placed:
    motion = motion_of(numbers, centre)
    fit = pair.fit(motion)
    square = _relative(fit) ** 2
    robust = float(np.mean(square / (1 + square / ROBUST**2)))
    # Counted in its own spread a residual never shrinks: the spread is part of the cost.
    share = float(np.log(_spread(fit) / _contrast(pair)))
    cost = pair.voxels / ALIKE * (robust / 2 + share) + float(np.sum((numbers / usual) ** 2) / 2)
    return Placed(motion, fit, cost)


def _contrast(pair: Pair) -> float:
    return max(float(pair.first.probes.values.std()), 1e-9)


def _spread(fit: Fit) -> float:
    """The robust standard deviation of all residuals, in the unit of the first stack."""
    return max(1.4826 * float(np.median(np.abs(np.concatenate(fit.residuals)))), 1e-9)


def _relative(fit: Fit) -> Values:
    return np.asarray(np.concatenate(fit.residuals) / np.float32(_spread(fit)))


def _linearised(
    pair: Pair, numbers: Matrix, centre: Matrix, fit: Fit, number: int
) -> Job[tuple[Values, Matrix]]:
    """The relative residuals at ``numbers``, and their slopes (n, 6)."""
    spread, columns = _spread(fit), []
    start = np.concatenate(fit.residuals)
    for axis, size in enumerate(STEPS):
        step = Progress((number + axis / len(STEPS)) / MOST_ROUNDS, MESSAGE)
        yield step
        ahead = numbers.copy()
        ahead[axis] += size
        fitting = partial(pair.fit, motion_of(ahead, centre), fit.match)
        residuals = (yield from aside(fitting, step)).residuals
        columns.append((np.concatenate(residuals) - start) / (size * spread))
    return _relative(fit), np.stack(columns, axis=1).astype(np.float64)


def _normal(pair: Pair, residual: Values, slopes: Matrix, pull: Matrix) -> tuple[Matrix, Matrix]:
    """The second derivative of the cost but for the penalty, approximately; the gradient."""
    weights = 1 / (1 + residual.astype(np.float64) ** 2 / ROBUST**2) ** 2
    worth = pair.voxels / len(residual) / ALIKE
    normal = worth * (slopes * weights[:, None]).T @ slopes
    return normal, worth * slopes.T @ (weights * residual) + pull
