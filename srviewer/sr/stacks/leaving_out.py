"""Each stack left out in turn, with its repeats, and predicted from the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.boxes import Box, box_of, interpolated_inside
from srviewer.core.scores.metrics import Mask, psnr
from srviewer.core.stacks.coherence import coherences
from srviewer.core.stacks.coverage import coverage
from srviewer.core.stacks.joint_estimate import joint_estimate
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, aside, within
from srviewer.sr.results.maps import RESIDUAL, map_header
from srviewer.sr.stacks.contributions import Matched, contributions
from srviewer.sr.stacks.left_out import Coherence, LeftOut, SliceScores
from srviewer.sr.stacks.on_lattice import OnLattice
from srviewer.sr.stacks.placing import Places
from srviewer.sr.stacks.repeats import repeats_of
from srviewer.sr.stacks.singles import Single
from srviewer.sr.stacks.slice_placing import SlicePlacing

SCORING, AVERAGING = "Scoring what was left out", "Taking the mean of the stacks"
LEAST_SHARE = 0.05  # of the foreground of a stack, that the others cover
WIDE_SHARE = 0.5  # of what the widest of the others covers: less is no prediction of the stack
REPEATS_LEFT_OUT = True  # with a stack; the benchmark reads it the other way, too


@dataclass(frozen=True, eq=False)
class Predicted:
    """A stack that was left out, with what the others predict for it.

    All are (i, j, k) on its thick grid; the predictions are in the unit of the reference.

    Attributes:
        single: The stack.
        stack: The same, placed and in the unit of the reference.
        mean: By the weighted mean of the others.
        joint: By the same after the joint step.
        cubic: By the mean of the others, interpolated cubically.
        alone: By the best other stack alone.
        errors: The mean squared errors of each other stack alone where it covers the stack, as
            shares of the squared intensity range of the stack; infinite where it covers little.
        repeats: The numbers of the stacks that were left out with it.
        reached: The voxels that the others reach, also the best of them alone.
        foreground: The foreground of the stack.
    """

    single: Single
    stack: PlacedStack
    mean: Voxels
    joint: Voxels
    cubic: Voxels
    alone: Voxels
    errors: Mapping[int, float]
    repeats: tuple[int, ...]
    reached: Mask
    foreground: Mask

    @property
    def best(self) -> int:
        """The number of the other stack that predicts it best alone."""
        return min(self.errors, key=self.errors.__getitem__)

    @property
    def scored(self) -> Mask:
        """(i, j, k), the voxels that are scored."""
        return self.reached & self.foreground


def predicted_from_others(
    number: int,
    singles: Sequence[Single],
    matched: Sequence[Matched],
    places: Places,
    lattice: OnLattice,
    data_range: float,
    repeats: tuple[int, ...],
    slices: bool = False,
) -> Job[Predicted | None]:
    """Predict one stack from the others that are no repeats of it.

    A repeat of the same slices has measured what the stack has, in-plane detail and motion between
    slices included, and predicts it better than any true volume would.

    Args:
        number: Of the stack that is left out.
        singles: All stacks with their own results.
        matched: The same, placed and in the unit of the reference.
        places: Where they lie.
        lattice: All stacks on the grid on which the others are joined.
        data_range: The intensity range of the reference.
        repeats: The stacks that repeat it (``repeats_of``).
        slices: Whether each slice of the stack is placed on each prediction before they are
            compared, in the same way on all.

    Returns:
        A job with the predictions; None where the others cover too little of the stack.
    """
    stack = matched[number].stack
    others = [n for n in range(len(singles)) if n != number and n not in repeats]
    foreground = singles[number].intensity.foreground(singles[number].scan.voxels)
    grid = lattice.grid
    reaching = partial(_reached, stack, [matched[other].stack for other in others], grid)
    reached = yield from aside(reaching, Progress(0.0, "Finding what each stack covers"))
    scored = reached & foreground
    if int(scored.sum()) < LEAST_SHARE * max(1, int(foreground.sum())):
        return None
    placing = SlicePlacing(stack, scored if slices else None)
    predicting = _alone(number, placing, lattice, others, scored)
    cubic, alone, squares = yield from within(predicting, 0.0, 0.3)
    best = lattice.stacks[min(squares, key=squares.__getitem__)]
    covering = yield from aside(partial(stack.held, best.placed), Progress(0.3, SCORING))
    reached = reached & covering  # elsewhere that one means nothing
    placing = SlicePlacing(stack, reached & foreground if slices else None)
    mean = joint = alone
    if len(others) > 1:
        job = contributions(matched, others, places, lattice, data_range)
        parts = yield from within(job, 0.3, 0.5)
        estimate = yield from within(joint_estimate(parts, grid, 0.0), 0.5, 0.9)
        found = yield from within(placing.found(estimate.mean, grid), 0.9, 0.92)
        predictions: list[Voxels] = []
        for start, voxels in ((0.92, estimate.mean), (0.96, estimate.joint)):
            again = placing.predicted(voxels, grid, found)
            predictions.append((yield from within(again, start, start + 0.04)))
        mean, joint = predictions
    single = singles[number]
    scale = (single.intensity.range * _unit(stack, single)) ** 2
    errors = {other: square / scale for other, square in squares.items()}
    return Predicted(single, stack, mean, joint, cubic, alone, errors, repeats, reached, foreground)


def left_with(number: int, stacks: Sequence[PlacedStack]) -> tuple[int, ...]:
    """The stacks that are left out together with one of them.

    Args:
        number: Of that stack.
        stacks: All stacks.

    Returns:
        The numbers of its repeats.
    """
    return repeats_of(number, stacks) if REPEATS_LEFT_OUT else ()


def best_alone(predicted: Sequence[Predicted | None]) -> int | None:
    """The stack that alone predicts the others best.

    Args:
        predicted: The stacks as they were left out, in their order.

    Returns:
        Its number; None where none predicts any.
    """
    known = [stack.errors for stack in predicted if stack is not None]
    given = sorted({number for errors in known for number in errors})
    if not given:
        return None

    def decibels(number: int) -> float:
        errors = [row[number] for row in known if number in row]
        return float(np.mean(np.log10(np.maximum(errors, 1e-12))))

    return min(given, key=decibels)


def best_step(predicted: Sequence[Predicted | None]) -> float:
    """The share of the joint step that predicts the stacks that were left out best.

    Predictions are linear in it, so that the least squares are solved at once. Squared errors
    prefer too small a step to one too large.

    Args:
        predicted: The stacks.

    Returns:
        0..1; 1 where no stack has a say, as of two.
    """
    along, square = 0.0, 0.0
    for stack in predicted:
        if stack is not None and stack.joint is not stack.mean:
            step = (stack.joint - stack.mean)[stack.scored].astype(np.float64)
            wanted = (stack.stack.measured - stack.mean)[stack.scored]
            scale = (stack.single.intensity.range * _unit(stack.stack, stack.single)) ** 2
            along += float(step @ wanted) / scale
            square += float(step @ step) / scale
    return min(1.0, max(0.0, along / square)) if square > 0 else 1.0


def left_out(predicted: Predicted, step: float) -> Job[LeftOut]:
    """Score the prediction of a stack against what was measured.

    Args:
        predicted: The predictions.
        step: The share of the joint step, 0..1.

    Returns:
        A job with the scores.
    """
    return (yield from aside(partial(_left_out, predicted, step), Progress(0.0, SCORING)))


def _left_out(predicted: Predicted, step: float) -> LeftOut:
    stack, scored = predicted.stack, predicted.scored
    across, measured = stack.degradation.axis, stack.measured
    unit = _unit(stack, predicted.single)
    data_range = predicted.single.intensity.range * unit
    joined = predicted.mean + np.float32(step) * (predicted.joint - predicted.mean)
    candidates = joined, predicted.cubic, predicted.alone
    whole = [_psnr(measured, values, data_range, scored) for values in candidates]
    stacks = [np.moveaxis(values, across, 0) for values in (measured, scored, *candidates)]
    rows = [
        SliceScores(*(psnr(truth, image, data_range, pixels) for image in images))
        for truth, pixels, *images in zip(*stacks, strict=True)
    ]
    first, second = (mm for axis, mm in enumerate(stack.grid.spacing) if axis != across)
    reached, scan = predicted.reached, predicted.single.scan
    bands = coherences(measured, candidates, reached, across, (first, second))
    residual = np.where(reached, (joined - measured) / np.float32(unit), np.float32(0))
    return LeftOut(
        psnr=whole[0],
        psnr_cubic=whole[1],
        psnr_single=whole[2],
        single=predicted.best,
        repeats=predicted.repeats,
        share=int(scored.sum()) / max(1, int(predicted.foreground.sum())),
        data_range=predicted.single.intensity.range,
        slices=tuple(rows),
        coherence=tuple(
            Coherence(*row)
            for row in zip(bands[0].per_mm, *(band.correlations for band in bands), strict=True)
        ),
        residual=map_header(scan, scan.name, RESIDUAL).with_voxels(residual),
    )


def _reached(stack: PlacedStack, others: Sequence[PlacedStack], grid: Geometry) -> Mask:
    """The voxels that all others cover; where that is nothing, those that any of them covers."""
    held = [stack.held(other.placed) for other in others]
    every, some = np.logical_and.reduce(held), np.logical_or.reduce(held)
    chosen = every if np.count_nonzero(every) > LEAST_SHARE * every.size else some
    return chosen if len(others) == 1 else np.asarray(chosen & stack.held(grid))


def _alone(
    number: int, placing: SlicePlacing, lattice: OnLattice, others: Sequence[int], scored: Mask
) -> Job[tuple[Voxels, Voxels, dict[int, float]]]:
    """The predictions by the mean of the others, cubic, and by the best; the errors of each.

    Each other stack is compared where it covers the stack.
    """
    errors: dict[int, float] = {}
    stack = placing.stack
    single = stack.measured
    total = np.zeros(stack.thin.shape, np.float32)
    cubic = np.zeros(stack.thin.shape, np.float32)

    def add(weight: Voxels, values: Voxels, box: Box) -> None:
        total[box] += weight[box]
        cubic[box] += weight[box] * values[box]

    def mean() -> Voxels:
        return np.divide(cubic, total, out=cubic, where=total > 0)

    comparing = partial(_compared, stack, [lattice.stacks[other] for other in others], scored)
    compared = yield from aside(comparing, Progress(0.0, SCORING))
    for place, (other, where) in enumerate(zip(others, compared, strict=True)):
        share = place / len(others)
        source = lattice.stacks[other]
        # Of the reference the grid is that on which the stacks are joined.
        own = lattice.is_of(number)
        finding = lattice.result(other) if own else source.result_on(stack.thin)
        predicted = yield from within(_degraded(finding, stack), share, share)
        errors[other] = np.inf
        if where is not None:
            scoring = partial(_square, predicted, stack.measured, where)
            error = yield from aside(scoring, Progress(share, SCORING))
            single = predicted if error < min(errors.values(), default=np.inf) else single
            errors[other] = error
        spread = interpolated_inside(source.measured, source.placed, stack.thin)
        values = yield from within(spread, share, share)
        across = source.degradation.axis
        seen = coverage(source.placed, source.padded, stack.thin, across)
        weight = yield from within(lattice.coverage(other) if own else seen, share, share)
        yield from aside(
            partial(add, weight, values, box_of(stack.thin, source.placed)),
            Progress(share, AVERAGING),
        )
    if placing.scored is not None:
        best = min(errors, key=errors.__getitem__)
        source = lattice.stacks[best]
        placing = replace(placing, scored=compared[others.index(best)])
        found = yield from placing.found(source.result, source.thin)
        single = yield from placing.predicted(source.result, source.thin, found)
    averaged = yield from aside(mean, Progress(1.0, AVERAGING))
    return (yield from placing.predicted_by_thin(averaged)), single, errors


def _compared(stack: PlacedStack, others: Sequence[PlacedStack], scored: Mask) -> list[Mask | None]:
    """The voxels where each of the others covers the stack; None of those that cover little."""
    held = [scored & stack.held(other.placed) for other in others]
    counts = [int(mask.sum()) for mask in held]
    least = WIDE_SHARE * max(counts)
    return [mask if count >= least else None for mask, count in zip(held, counts, strict=True)]


def _degraded(finding: Job[Voxels], stack: PlacedStack) -> Job[Voxels]:
    """The result of a job on the refined grid of a stack, as the stack would measure it."""
    result = yield from finding
    return (yield from aside(partial(stack.degradation.apply, result), Progress(1.0, AVERAGING)))


def _square(predicted: Voxels, measured: Voxels, scored: Mask) -> float:
    return float(np.mean((predicted - measured)[scored] ** 2, dtype=np.float64))


def _unit(stack: PlacedStack, single: Single) -> float:
    """The factor from the unit of a stack to that of the reference, as its shading leaves it."""
    measured, scan = stack.measured, single.scan.voxels
    spreads = measured.std(dtype=np.float64), scan.std(dtype=np.float64)
    return float(spreads[0] / spreads[1]) if min(spreads) > 0 else 1.0


def _psnr(measured: Voxels, values: Voxels, data_range: float, scored: Mask) -> float | None:
    """PSNR over the scored voxels, however few of the stack they are."""
    return psnr(measured[scored], values[scored], data_range, np.ones(int(scored.sum()), bool))
