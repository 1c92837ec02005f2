"""Stacks whose slices are moved back to where the other stacks predict them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.stacks.intensity_match import IntensityMatch
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.stacks.rigid import identity
from srviewer.core.stacks.slice_motion import SliceMotion, still_slices
from srviewer.core.volumes.volume import ScanHeader, Voxels
from srviewer.job import Job, Progress, aside, within
from srviewer.sr.stacks.contributions import Matched, matched_stacks
from srviewer.sr.stacks.on_lattice import OnLattice
from srviewer.sr.stacks.placing import Places, places
from srviewer.sr.stacks.request import JoinRequest
from srviewer.sr.stacks.singles import Single, single_result
from srviewer.sr.stacks.slice_rounds import PREPARING, Found, SliceRounds, slice_rounds

BLURS_MM = (1.5, 0.0)  # standard deviations of its blur in each round: from coarse to fine


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


def slices_prepared(stacks: Stacks, request: JoinRequest) -> Job[SliceRounds | None]:
    """Prepare the stacks of a join to predict the slices of each other.

    Args:
        stacks: All stacks.
        request: The join.

    Returns:
        A job with them; None where no slices are moved.
    """
    if request.motion == "none":
        return None
    placed = [matched.stack for matched in stacks.matched]
    return (yield from slice_rounds(placed, stacks.singles, request.reference))


def corrected_stacks(
    numbers: Sequence[int], stacks: Stacks, rounds: SliceRounds, request: JoinRequest
) -> Job[Corrected]:
    """Move the slices of some stacks back to where the others among them predict them.

    Args:
        numbers: Of the stacks; no other stack has a say.
        stacks: All stacks.
        rounds: The same, ready to predict slices.
        request: The join.

    Returns:
        A job with the stacks; all as they were where no motion is evident, or only one was given.
    """
    if len(numbers) < 2:
        still = {number: still_slices(len(rounds.slices[number])) for number in numbers}
        return Corrected(stacks, still)
    parts = {number: rounds.parts[number] for number in numbers}
    found: dict[int, Found] = {}
    for turn, blur in enumerate(BLURS_MM):
        start = 0.65 * turn / len(BLURS_MM)
        before, ahead = dict(parts), 0.6 / len(BLURS_MM) / len(numbers)
        for place, number in enumerate(numbers):
            span = start + ahead * place, start + ahead * (place + 1)
            found[number] = yield from within(rounds.found(number, before, blur), *span)
            if turn < len(BLURS_MM) - 1:
                job = rounds.corrected(number, found[number])
                parts[number] = yield from within(job, span[1], span[1])
        if all(found[number].motion.is_still for number in numbers):
            return Corrected(stacks, {number: found[number].motion for number in numbers})
    singles: list[Single] = []
    for place, number in enumerate(numbers):
        span = 0.65 + 0.25 * place / len(numbers), 0.65 + 0.25 * (place + 1) / len(numbers)
        single = _placed_single(number, stacks, found[number].regular, request)
        singles.append((yield from within(single, *span)))
    changed = yield from within(_with(numbers, singles, stacks), 0.9, 1.0)
    return Corrected(changed, {number: found[number].motion for number in numbers})


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
