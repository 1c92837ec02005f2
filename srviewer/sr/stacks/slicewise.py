"""Stacks whose slices are moved back to where the other stacks predict them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.resampling.axis_by_axis import interpolated
from srviewer.core.resampling.spline import spline_coefficients
from srviewer.core.stacks.coverage import coverage
from srviewer.core.stacks.intensity_match import IntensityMatch
from srviewer.core.stacks.joined_grid import isotropic_grid, union_grid
from srviewer.core.stacks.moved_slices import regular_stack
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.stacks.rigid import identity
from srviewer.core.stacks.slice_fit import Target, slices_of
from srviewer.core.stacks.slice_motion import SliceMotion, is_short, slice_motion, still_slices
from srviewer.core.volumes.volume import ScanHeader, Voxels
from srviewer.job import Job, Progress, aside, within
from srviewer.sr.stacks.contributions import Matched, matched_stacks
from srviewer.sr.stacks.on_lattice import OnLattice
from srviewer.sr.stacks.placing import Places, places
from srviewer.sr.stacks.request import JoinRequest
from srviewer.sr.stacks.singles import Single, single_result

FINEST_MM = 1.0  # of the volume that predicts slices: they are placed to less than its voxels
BLURS_MM = (1.5, 0.0)  # standard deviations of its blur in each round: from coarse to fine
SEEN = 0.3  # of the weights of the stacks: with less the volume means nothing
PREPARING = "Preparing to place single slices"


@dataclass(frozen=True, eq=False)
class Stacks:
    """All stacks of a join: their own results, their places, and in the unit of the reference.

    Attributes:
        singles: The stacks with their own results.
        places: Where they lie.
        matched: The same, placed and in the unit of the reference.
    """

    singles: list[Single]
    places: Places
    matched: list[Matched]

    def on_lattice(self, grid: Geometry) -> OnLattice:
        """The stacks on the grid on which they are joined.

        Args:
            grid: That grid.

        Returns:
            What they give there, found when it is asked for.
        """
        return OnLattice([matched.stack for matched in self.matched], grid)


@dataclass(frozen=True, eq=False)
class Corrected:
    """Stacks of which some slices were moved back, and the motion that was found.

    Attributes:
        stacks: All stacks; those that were not corrected as they were.
        motions: By the number of a stack, the motion of its slices.
    """

    stacks: Stacks
    motions: Mapping[int, SliceMotion]


@dataclass(frozen=True, eq=False)
class _Rounds:
    """The stacks that predict each other's slices, on one grid."""

    numbers: Sequence[int]
    stacks: Stacks
    grid: Geometry
    weights: Mapping[int, Voxels]
    results: dict[int, Voxels]

    def target(self, number: int, blur_mm: float) -> Job[Target]:
        """The prediction by all but one of the stacks."""
        others = [other for other in self.numbers if other != number]
        sigma = [blur_mm / mm for mm in self.grid.spacing]

        def made() -> Target:
            from scipy.ndimage import gaussian_filter  # lazy: half a second

            total = np.zeros(self.grid.shape, np.float32)
            mean = np.zeros(self.grid.shape, np.float32)
            for other in others:
                total += self.weights[other]
                mean += self.weights[other] * self.results[other]
            np.divide(mean, total, out=mean, where=total > 0)
            if blur_mm:
                mean = gaussian_filter(mean, sigma)
            return Target(mean, (total > SEEN).astype(np.float32), self.grid)

        return (yield from aside(made, Progress(0.0, PREPARING)))


def corrected_stacks(
    numbers: Sequence[int], stacks: Stacks, reference: int, request: JoinRequest
) -> Job[Corrected]:
    """Move the slices of some stacks back to where the others among them predict them.

    Args:
        numbers: Of the stacks; no other stack has a say.
        stacks: All stacks.
        reference: The number of the reference, whose lattice is compared on.
        request: The join.

    Returns:
        A job with the stacks; all as they were where no motion is evident, or only one was given.
    """
    count = len(numbers)
    motions = {n: still_slices(len(_slices(stacks.matched[n].stack))) for n in numbers}
    if count < 2:
        return Corrected(stacks, motions)
    rounds = yield from within(_rounds(numbers, stacks, reference), 0.0, 0.05)
    for turn, blur in enumerate(BLURS_MM):
        start = 0.05 + 0.6 * turn / len(BLURS_MM)
        found = yield from within(_found(rounds, blur), start, start + 0.5 / len(BLURS_MM))
        motions.update(found)
        regular = yield from within(
            _regular(rounds, motions), start + 0.5 / len(BLURS_MM), start + 0.6 / len(BLURS_MM)
        )
        if not regular:
            return Corrected(stacks, motions)
        if turn < len(BLURS_MM) - 1:
            yield from _resampled(rounds, regular)
    singles: list[Single] = []
    for place, number in enumerate(numbers):
        span = 0.65 + 0.25 * place / count, 0.65 + 0.25 * (place + 1) / count
        job = _placed_single(number, stacks, regular.get(number), request)
        singles.append((yield from within(job, *span)))
    return Corrected((yield from within(_with(numbers, singles, stacks), 0.9, 1.0)), motions)


def _slices(stack: PlacedStack) -> range:
    return range(stack.grid.shape[stack.degradation.axis])


def _rounds(numbers: Sequence[int], stacks: Stacks, reference: int) -> Job[_Rounds]:
    chosen = {number: stacks.matched[number].stack for number in numbers}
    box = stacks.singles[reference].result.geometry
    grid = union_grid(box, [stack.placed for stack in chosen.values()])
    grid = isotropic_grid(grid, max(FINEST_MM, *grid.spacing))
    weights: dict[int, Voxels] = {}
    results: dict[int, Voxels] = {}
    for place, (number, stack) in enumerate(chosen.items()):
        span = place / len(chosen), (place + 1) / len(chosen)
        seen = coverage(stack.placed, stack.padded, grid, stack.degradation.axis)
        weights[number] = yield from within(seen, span[0], span[0])
        results[number] = yield from within(stack.result_on(grid), *span)
    return _Rounds(numbers, stacks, grid, weights, results)


def _found(rounds: _Rounds, blur_mm: float) -> Job[dict[int, SliceMotion]]:
    """The motion of the slices of each stack, as the results of the others are now."""
    found: dict[int, SliceMotion] = {}
    for place, number in enumerate(rounds.numbers):
        span = place / len(rounds.numbers), (place + 1) / len(rounds.numbers)
        stack = rounds.stacks.matched[number].stack
        target = yield from within(rounds.target(number, blur_mm), span[0], span[0])
        choosing = partial(slices_of, stack, usable(rounds.stacks.singles[number]))
        slices = yield from aside(choosing, Progress(span[0], PREPARING))
        short = is_short(stack.grid, stack.degradation.axis)
        job = slice_motion(slices, target, short=short)
        found[number] = yield from within(job, *span)
    return found


def usable(single: Single) -> np.ndarray:
    """The voxels of a stack that are compared: foreground without padding.

    Args:
        single: The stack.

    Returns:
        (i, j, k) mask.
    """
    mask = single.intensity.foreground(single.scan.voxels)
    padded = single.stack.padded
    return mask if padded is None else np.asarray(mask & ~padded)


def _regular(rounds: _Rounds, motions: Mapping[int, SliceMotion]) -> Job[dict[int, Voxels]]:
    """The stacks whose slices have moved, made regular with what the others predict."""
    regular: dict[int, Voxels] = {}
    moving = [number for number in rounds.numbers if not motions[number].is_still]
    for place, number in enumerate(moving):
        span = place / len(moving), (place + 1) / len(moving)
        target = yield from within(rounds.target(number, 0.0), span[0], span[0])
        weights = yield from within(spline_coefficients(target.voxels), span[0], span[0])
        stack = rounds.stacks.matched[number].stack
        job = regular_stack(stack, motions[number].motions, weights, rounds.grid)
        regular[number] = yield from within(job, *span)
    return regular


def _resampled(rounds: _Rounds, regular: Mapping[int, Voxels]) -> Job[None]:
    """Replace the results of corrected stacks by their cubic interpolation, until the network."""
    for number, voxels in regular.items():
        placed = rounds.stacks.matched[number].stack.placed
        rounds.results[number] = yield from interpolated(voxels, placed, rounds.grid)


def _placed_single(
    number: int, stacks: Stacks, regular: Voxels | None, request: JoinRequest
) -> Job[Single]:
    """A stack in the unit of the reference, its place taken as that of its header."""
    single, stack = stacks.singles[number], stacks.matched[number].stack
    measured = stack.measured if regular is None else regular
    header = replace(single.scan.header, geometry=stack.placed, planes=None, padding=None)
    scan = header.with_voxels(np.asarray(measured, np.float32))
    if stack.padded is not None:
        padding = np.float32(scan.voxels.min() - 1)
        voxels = np.where(stack.padded, padding, scan.voxels)
        scan = replace(scan, voxels=voxels, padding=float(padding))
    if regular is not None:
        return (yield from single_result(scan, request))
    return replace(
        single,
        scan=scan,
        result=_header(single, stack).with_voxels(stack.result),
        filled=stack.result,
        stack=replace(stack, grid=stack.placed, motion=identity()),
        intensity=(yield from aside(partial(volume_intensity, scan), Progress(1.0, PREPARING))),
    )


def _header(single: Single, stack: PlacedStack) -> ScanHeader:
    return replace(single.result.header, geometry=stack.thin, padding=None, planes=None)


def _with(numbers: Sequence[int], singles: list[Single], stacks: Stacks) -> Job[Stacks]:
    """All stacks, those of ``numbers`` replaced by corrected ones."""
    found = yield from within(places(singles, 0, rigid=False), 0.0, 0.6)
    found = replace(found, matches=tuple(IntensityMatch(1.0, 0.0) for _ in singles))
    matched = yield from within(matched_stacks(singles, found, 0), 0.6, 1.0)
    everyone = Stacks(list(stacks.singles), stacks.places, list(stacks.matched))
    motions, coarse = list(stacks.places.motions), list(stacks.places.coarse)
    for place, number in enumerate(numbers):
        before = stacks.matched[number]
        everyone.singles[number] = singles[place]
        everyone.matched[number] = replace(matched[place], match=before.match, noise=before.noise)
        motions[number], coarse[number] = identity(), found.coarse[place]
    errors = {(numbers[a], numbers[b]): value for (a, b), value in found.errors.items()}
    together = replace(stacks.places, motions=tuple(motions), coarse=tuple(coarse), errors=errors)
    return replace(everyone, places=together)
