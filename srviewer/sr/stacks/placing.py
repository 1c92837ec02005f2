"""The places of stacks: their headers', unless there is evidence that they moved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np

from srviewer.core.geometry.grid import Matrix
from srviewer.core.stacks.coarse import Coarse, coarse_image
from srviewer.core.stacks.intensity_match import LEAST_CORRELATION, IntensityMatch, Values
from srviewer.core.stacks.motion_graph import Link, loop_error, solved
from srviewer.core.stacks.pair import Fit, Pair, Side
from srviewer.core.stacks.probes import Probes, probes_of
from srviewer.core.stacks.refinement import (
    USUAL,
    USUAL_SHORT,
    Placed,
    placed,
    refined_motion,
)
from srviewer.core.stacks.rigid import inverse
from srviewer.job import Job, Progress, aside, within
from srviewer.sr.stacks.singles import Single

LEAST_PROBES = 150  # of either stack that the other covers
MOST_OF_STACK = 60_000  # probes, of which those that another stack covers are chosen
# A header's place is left where the new one is more likely by this (logarithm), and each stack
# predicts the other better.
EVIDENCE = 4.0
ALL_PAIRS = 4  # of more stacks, each is compared with the reference and with the next alone
SHORT_MM = 30.0  # across the slices
MOST_SHORT_MM = 3.0  # that any voxel of a short stack is moved by
LOOP_MM = 2.0  # a loop that closes less well is reported


@dataclass(frozen=True, eq=False)
class Places:
    """Where stacks lie, and the lines between their units.

    Attributes:
        motions: (4, 4) RAS+ mm of each, from its header to the frame of the reference.
        matches: Of each, from its unit to that of the reference.
        coarse: Each on a coarse grid where its header puts it, in its own unit.
        errors: By (stack, other stack), the voxels of the first that the other predicts, and (n,)
            the errors.
        warnings: One line each, for the user.
    """

    motions: tuple[Matrix, ...]
    matches: tuple[IntensityMatch, ...]
    coarse: tuple[Coarse, ...]
    errors: Mapping[tuple[int, int], tuple[Probes, Values]]
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Compared:
    """A pair of stacks with the places that were tried."""

    first: int
    second: int
    pair: Pair
    centre: Matrix
    usual: Matrix
    header: Placed
    best: Placed

    @property
    def has_moved(self) -> bool:
        """Whether there is evidence against the places by the headers."""
        better = zip(self.best.fit.correlations, self.header.fit.correlations, strict=True)
        return self.best.cost < self.header.cost - EVIDENCE and all(
            new > old for new, old in better
        )

    def link(self) -> Link | None:
        certainty = self.best.certainty
        if certainty is None:
            return None
        motion = self.best.motion if self.has_moved else self.header.motion
        return Link(self.first, self.second, motion, certainty, self.centre)


def places(singles: Sequence[Single], reference: int, rigid: bool) -> Job[Places]:
    """Find where stacks lie in the frame of the reference.

    Args:
        singles: The stacks with their own results.
        reference: The number of the one that stays.
        rigid: Whether stacks may be moved; else each stays where its header puts it.

    Returns:
        A job with the places.
    """
    sides: list[Side] = []
    coarse: list[Coarse] = []
    for single in singles:
        choosing = Progress(0.0, "Choosing voxels to compare")
        sides.append((yield from aside(partial(_side, single), choosing)))
        job = coarse_image(single.result.voxels, single.result.geometry, single.intensity)
        coarse.append((yield from within(job, 0.0, 0.1)))
    numbers = _pairs(len(singles), reference)
    compared: list[_Compared] = []
    for number, (first, second) in enumerate(numbers):
        span = 0.1 + 0.85 * number / len(numbers), 0.1 + 0.85 * (number + 1) / len(numbers)
        compared_job = _compared(first, second, singles, sides, coarse if rigid else ())
        found = yield from within(compared_job, *span)
        compared += [] if found is None else [found]
    motions = [np.eye(4) for _ in singles]
    links = [link for pair in compared if (link := pair.link()) is not None]
    if rigid:
        solving = partial(_closed, links, compared, singles, reference)
        motions = yield from aside(solving, Progress(0.95, "Closing the loops"))
    fits: list[Fit] = []
    for pair in compared:
        fitting = partial(pair.pair.fit, _between(pair, motions))
        fits.append((yield from aside(fitting, Progress(0.97, "Comparing two stacks"))))
    return Places(
        motions=tuple(motions),
        matches=_matches(compared, fits, len(singles), reference),
        coarse=tuple(coarse),
        errors=_errors(compared, fits),
        warnings=(
            *_warnings(singles, compared, links, reference),
            *_unlike(singles, compared, fits),
        ),
    )


def _side(single: Single) -> Side:
    stack, usable = single.stack, single.intensity.foreground(single.scan.voxels)
    if stack.padded is not None:
        usable &= ~stack.padded
    probes = probes_of(stack.measured, usable, stack.grid, stack.degradation)
    return Side(probes.at_most(MOST_OF_STACK), single.filled, single.result.geometry, order=1)


def _pairs(count: int, reference: int) -> list[tuple[int, int]]:
    every = list(combinations(range(count), 2))
    if count <= ALL_PAIRS:
        return every
    return [pair for pair in every if reference in pair or pair[1] == pair[0] + 1]


def _compared(
    first: int,
    second: int,
    singles: Sequence[Single],
    sides: Sequence[Side],
    coarse: Sequence[Coarse],
) -> Job[_Compared | None]:
    still, comparing = np.eye(4), Progress(0.0, "Comparing two stacks")
    every = Pair(sides[first], sides[second])
    pair = yield from aside(partial(every.within, still), comparing)
    if pair.size < LEAST_PROBES:
        return None
    points = np.concatenate([side.probes.points for side in (pair.first, pair.second)])
    centre = np.asarray(points.mean(axis=0))
    usual = USUAL_SHORT if any(_is_short(singles[n]) for n in (first, second)) else USUAL
    if not coarse:
        header = yield from aside(partial(placed, pair, still, centre), comparing)
        return _Compared(first, second, pair, centre, usual, header, header)
    job = (yield from aside(loaded_coarse_motion, comparing))(
        coarse[first], coarse[second], still, centre
    )
    start = yield from within(job, 0.0, 0.3)
    pair = yield from aside(partial(every.within, still, start), replace(comparing, fraction=0.3))
    starts = [still, start]
    if usual is USUAL_SHORT or pair.size < LEAST_PROBES:  # far away there is nothing to compare
        pair, starts = every.within(still), [still]
    found: list[Placed] = []
    for number, motion in enumerate(starts):
        span = 0.3 + 0.35 * number, 0.3 + 0.35 * (number + 1)
        found.append((yield from within(refined_motion(pair, motion, centre, usual), *span)))
    best = min(found, key=lambda result: result.cost)
    measuring = partial(placed, pair, still, centre, usual)
    header = yield from aside(measuring, replace(comparing, fraction=1.0))
    return _Compared(first, second, pair, centre, usual, header, best)


def loaded_coarse_motion() -> Callable[[Coarse, Coarse, Matrix, Matrix], Job[Matrix]]:
    """Load ITK, which takes a second or more.

    Returns:
        The coarse registration.
    """
    from srviewer.sr.stacks.registration import coarse_motion  # lazy: ITK

    return coarse_motion


def _is_short(single: Single) -> bool:
    axis = single.stack.degradation.axis
    return single.scan.geometry.shape[axis] * single.scan.geometry.spacing[axis] < SHORT_MM


def _closed(
    links: Sequence[Link],
    compared: Sequence[_Compared],
    singles: Sequence[Single],
    reference: int,
) -> list[Matrix]:
    """The motions, the identity where all comparisons of a stack together speak against one."""
    motions = list(solved(links, len(singles), reference))
    for number, single in enumerate(singles):
        if number == reference or np.array_equal(motions[number], np.eye(4)):
            continue
        mine = [pair for pair in compared if number in (pair.first, pair.second)]
        still = list(motions)
        still[number] = np.eye(4)
        moved, stayed = (_cost(mine, places) for places in (motions, still))
        too_far = _is_short(single) and _reach(motions[number], single) > MOST_SHORT_MM
        if moved > stayed - EVIDENCE or too_far:
            motions[number] = np.eye(4)
    return motions


def _cost(compared: Sequence[_Compared], motions: Sequence[Matrix]) -> float:
    return sum(
        placed(pair.pair, _between(pair, motions), pair.centre, pair.usual).cost
        for pair in compared
    )


def _between(pair: _Compared, motions: Sequence[Matrix]) -> Matrix:
    return np.asarray(inverse(motions[pair.first]) @ motions[pair.second])


def _reach(motion: Matrix, single: Single) -> float:
    """The largest distance by which the foreground of a stack is moved, mm."""
    index = np.argwhere(single.intensity.foreground(single.scan.voxels[::4, ::4, :]))
    points = single.scan.geometry.world(index * [4, 4, 1])
    shifts = points @ (motion[:3, :3] - np.eye(3)).T + motion[:3, 3]
    return float(np.linalg.norm(shifts, axis=1).max(initial=0.0))


def _matches(
    compared: Sequence[_Compared], fits: Sequence[Fit], count: int, reference: int
) -> tuple[IntensityMatch, ...]:
    """The lines to the unit of the reference, along the pairs with the most voxels first."""
    known = {reference: IntensityMatch(1.0, 0.0)}
    ordered = sorted(
        zip(compared, fits, strict=True),
        key=lambda each: (reference not in (each[0].first, each[0].second), -each[0].pair.size),
    )
    for _ in range(count):
        for pair, fit in ordered:
            if (pair.first in known) == (pair.second in known):
                continue
            if pair.first in known:
                known[pair.second] = known[pair.first].after(fit.match)
            else:
                known[pair.first] = known[pair.second].after(fit.match.inverse())
    return tuple(known.get(number, IntensityMatch(1.0, 0.0)) for number in range(count))


def _errors(
    compared: Sequence[_Compared], fits: Sequence[Fit]
) -> dict[tuple[int, int], tuple[Probes, Values]]:
    errors = {}
    for pair, fit in zip(compared, fits, strict=True):
        of_first, of_second = fit.residuals
        errors[pair.first, pair.second] = pair.pair.first.probes, of_first
        errors[pair.second, pair.first] = pair.pair.second.probes, of_second
    return errors


def _warnings(
    singles: Sequence[Single],
    compared: Sequence[_Compared],
    links: Sequence[Link],
    reference: int,
) -> tuple[str, ...]:
    met = {number for pair in compared for number in (pair.first, pair.second)} | {reference}
    lines = [
        f"'{single.scan.name}' shares too little with the other stacks to be placed or matched by "
        "them: it lies where its header says, in its own unit."
        for number, single in enumerate(singles)
        if number not in met
    ]
    error = loop_error(links, len(singles))
    if error is not None and error > LOOP_MM:
        lines.append(
            f"The motions found between three of the stacks contradict each other by {error:.1f} "
            "mm: the person moved while they were taken, or one of them was placed wrongly."
        )
    return tuple(lines)


def _unlike(
    singles: Sequence[Single], compared: Sequence[_Compared], fits: Sequence[Fit]
) -> list[str]:
    """Sentences on stacks that show other things where both lie."""
    return [
        f"'{singles[pair.first].scan.name}' and '{singles[pair.second].scan.name}' hardly predict "
        f"each other where both lie (correlation {min(fit.correlations):.2f}): they may be of two "
        "contrasts or two people, be placed wrongly, or hold little but noise. Look at each alone."
        for pair, fit in zip(compared, fits, strict=True)
        if min(fit.correlations) < LEAST_CORRELATION
    ]
