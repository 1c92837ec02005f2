"""Each stack left out in turn, and predicted from the others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.spline import sampled, spline_coefficients
from srviewer.core.scores.metrics import Mask, psnr
from srviewer.core.stacks.coherence import coherence
from srviewer.core.stacks.coverage import coverage
from srviewer.core.stacks.joint_estimate import joint_estimate
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, within
from srviewer.sr.results.maps import RESIDUAL, made_map
from srviewer.sr.stacks.contributions import Matched, contributions
from srviewer.sr.stacks.left_out import Coherence, LeftOut, SliceScores
from srviewer.sr.stacks.placing import Places
from srviewer.sr.stacks.singles import Single

LEAST_SHARE = 0.05  # of the foreground of a stack, that the others cover


@dataclass(frozen=True, eq=False)
class _Predictions:
    """(i, j, k) each on the thick grid of the stack that was left out, in the reference's unit."""

    joined: Voxels
    cubic: Voxels
    single: Voxels
    best: int


def left_out(
    number: int,
    singles: Sequence[Single],
    matched: Sequence[Matched],
    places: Places,
    grid: Geometry,
    data_range: float,
) -> Job[LeftOut | None]:
    """Predict one stack from the others, and score that against what was measured.

    Args:
        number: Of the stack that is left out.
        singles: All stacks with their own results.
        matched: The same, placed and in the unit of the reference.
        places: Where they lie.
        grid: The grid on which the others are joined.
        data_range: The intensity range of the reference.

    Returns:
        A job with the scores; None where the others cover too little of the stack.
    """
    stack = matched[number].stack
    others = [other for other in range(len(singles)) if other != number]
    foreground = singles[number].intensity.foreground(singles[number].scan.voxels)
    scored = _scored(stack, [matched[other].stack for other in others], grid) & foreground
    share = int(np.count_nonzero(scored)) / max(1, int(np.count_nonzero(foreground)))
    if share < LEAST_SHARE:
        return None
    alone = yield from within(_alone(stack, matched, others, scored), 0.0, 0.3)
    predictions = alone
    if len(others) > 1:
        job = contributions(matched, others, places, grid, data_range)
        parts = yield from within(job, 0.3, 0.5)
        joined = yield from within(joint_estimate(parts, grid, 0.0), 0.5, 0.9)
        weights = yield from within(spline_coefficients(joined), 0.9, 0.92)
        again = yield from within(stack.predicted(weights, grid), 0.92, 1.0)
        predictions = _Predictions(again, alone.cubic, alone.single, alone.best)
    return _scores(number, singles[number], stack, predictions, scored, share)


def _scored(stack: PlacedStack, others: Sequence[PlacedStack], grid: Geometry) -> Mask:
    """The voxels that all others cover; where that is nothing, those that any of them covers."""
    held = [stack.held(other.placed) for other in others]
    every, some = np.logical_and.reduce(held), np.logical_or.reduce(held)
    chosen = every if np.count_nonzero(every) > LEAST_SHARE * every.size else some
    return chosen if len(others) == 1 else np.asarray(chosen & stack.held(grid))


def _alone(
    stack: PlacedStack, matched: Sequence[Matched], others: Sequence[int], scored: Mask
) -> Job[_Predictions]:
    """The predictions by the best other stack alone, and by the mean of all others, cubic."""
    best, best_error, single = others[0], np.inf, stack.measured
    total = np.zeros(stack.thin.shape, np.float32)
    cubic = np.zeros(stack.thin.shape, np.float32)
    for place, other in enumerate(others):
        share = place / len(others)
        source = matched[other].stack
        predicted = yield from within(stack.predicted(source.weights, source.thin), share, share)
        error = float(np.mean((predicted - stack.measured)[scored] ** 2, dtype=np.float64))
        if error < best_error:
            best, best_error, single = other, error, predicted
        weights = yield from within(spline_coefficients(source.measured), share, share)
        values = yield from within(sampled(weights, source.placed, stack.thin), share, share)
        seen = coverage(source.placed, source.padded, stack.thin, source.degradation.axis)
        weight = yield from within(seen, share, share)
        total += weight
        cubic += weight * values
    mean = np.divide(cubic, total, out=cubic, where=total > 0)
    plain = stack.degradation.apply(mean)
    return _Predictions(single, plain, single, best)


def _scores(
    number: int,
    single: Single,
    stack: PlacedStack,
    predictions: _Predictions,
    scored: Mask,
    share: float,
) -> LeftOut:
    across, measured = stack.degradation.axis, stack.measured
    # The factor from the unit of the stack to that of the reference, which the shading changes.
    unit = _unit(single, stack)
    data_range = single.intensity.range * unit
    candidates = predictions.joined, predictions.cubic, predictions.single
    whole = [_psnr(measured, values, data_range, scored) for values in candidates]
    stacks = [np.moveaxis(values, across, 0) for values in (measured, scored, *candidates)]
    rows = []
    for truth, pixels, *images in zip(*stacks, strict=True):
        joined, cubic, alone = (psnr(truth, image, data_range, pixels) for image in images)
        rows.append(SliceScores(joined, cubic, alone))
    first, second = (mm for axis, mm in enumerate(stack.grid.spacing) if axis != across)
    bands = [coherence(measured, v, scored, across, (first, second)) for v in candidates]
    residual = np.where(scored, (predictions.joined - measured) / np.float32(unit), np.float32(0))
    return LeftOut(
        psnr=whole[0],
        psnr_cubic=whole[1],
        psnr_single=whole[2],
        single=predictions.best,
        share=float(share),
        data_range=single.intensity.range,
        slices=tuple(rows),
        coherence=tuple(
            Coherence(*row)
            for row in zip(bands[0].per_mm, *(band.correlations for band in bands), strict=True)
        ),
        residual=made_map(single.scan, residual, single.scan.name, RESIDUAL),
    )


def _unit(single: Single, stack: PlacedStack) -> float:
    spreads = stack.measured.std(dtype=np.float64), single.scan.voxels.std(dtype=np.float64)
    return float(spreads[0] / spreads[1]) if min(spreads) > 0 else 1.0


def _psnr(measured: Voxels, values: Voxels, data_range: float, scored: Mask) -> float | None:
    """PSNR over the scored voxels, however few of the stack they are."""
    return psnr(measured[scored], values[scored], data_range, np.ones(int(scored.sum()), bool))
