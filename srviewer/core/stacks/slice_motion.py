"""The motion between the slices of a stack: none, unless there is evidence for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.stacks.rigid import motion_of
from srviewer.core.stacks.slice_fit import SliceFound, SliceProbes, Target, found_slice
from srviewer.job import Job, Progress, aside

# Standard deviations in radians and mm of the motion of a slice against its stack: those of the
# first search, and the shares of them from which the likeliest is chosen for each stack.
USUAL_SLICE = np.array([0.035, 0.035, 0.035, 2.0, 2.0, 2.0])
SHARES = (0.15, 0.25, 0.4, 0.65, 1.0, 1.6)
EVIDENCE = 4.0  # logarithm of how much likelier motion between the slices is than none
SHORT_MM = 30.0  # across the slices
MOST_SHORT_MM = 3.0  # that any voxel of a slice of a short stack is moved by
REACH_MM = 12.0  # beyond a stack, that a volume which predicts its slices reaches
SEEN_MM = 0.5  # a slice that is moved by less counts as one that stays
PLACING = "Placing single slices"


@dataclass(frozen=True, eq=False)
class SliceMotion:
    """The motion of the slices of a stack against the place of the stack.

    Attributes:
        motions: (slices, 4, 4) RAS+ mm, from where the place of the stack puts a slice.
        degrees: (slices,) by how much each is turned.
        mm: (slices,) the largest distance by which a compared voxel of each is moved.
        evidence: The logarithm of how much likelier these motions are than none; up to
            ``EVIDENCE`` all are none. 0 exactly where nothing was compared.
        held: The numbers, from 0, of the slices of a short stack that stay, since they seem to
            have moved by more than ``MOST_SHORT_MM``.
    """

    motions: Matrix
    degrees: Matrix
    mm: Matrix
    evidence: float
    held: tuple[int, ...] = ()

    @property
    def is_still(self) -> bool:
        """Whether no slice is moved."""
        return not self.mm.any()

    @property
    def is_compared(self) -> bool:
        """Whether the others cover enough of any slice to say whether it moved."""
        return self.evidence != 0

    @property
    def is_held(self) -> bool:
        """Whether slices seem to have moved and all stay, as in a short stack."""
        return self.is_still and self.evidence > EVIDENCE

    @property
    def moved(self) -> tuple[int, ...]:
        """The numbers, from 0, of the slices that are moved by ``SEEN_MM`` or more."""
        return tuple(int(n) for n in np.flatnonzero(self.mm >= SEEN_MM))


def still_slices(count: int, evidence: float = 0.0) -> SliceMotion:
    """No motion between slices.

    Args:
        count: The number of slices.
        evidence: That was found for motion all the same.

    Returns:
        The identity for each.
    """
    none = np.zeros(count)
    return SliceMotion(np.tile(np.eye(4), (count, 1, 1)), none, none, evidence)


def slice_motion(
    slices: Sequence[SliceProbes],
    target: Target,
    usual: Matrix = USUAL_SLICE,
    short: bool = False,
) -> Job[SliceMotion]:
    """Find the motion of the slices of a stack.

    Each slice is placed with a wide prior. From all of them together the likeliest size of motion
    of this stack is taken (empirical Bayes), and each is placed again with that: a slice that says
    little stays, and of a stack that did not move nothing is left. All stay unless motion is more
    likely than none by e to the power of ``EVIDENCE``, the choice of six numbers for each counted.

    Args:
        slices: Of the stack, in order.
        target: What predicts them, in their unit; made without this stack.
        usual: (6,) standard deviations of the first search, radians and mm.
        short: Whether the stack is so short that nothing of it moves by more than
            ``MOST_SHORT_MM``.

    Returns:
        A job with the motion.
    """
    count = len(slices)
    found: list[SliceFound | None] = []
    for number, each in enumerate(slices):
        placing = partial(found_slice, each, target, np.zeros(6), usual)
        found.append((yield from aside(placing, Progress(0.5 * number / count, PLACING))))
    likeliest = _likeliest(found, usual)
    evidence = 0.0
    again: list[SliceFound | None] = []
    for number, (each, first) in enumerate(zip(slices, found, strict=True)):
        step = Progress(0.5 + 0.5 * number / count, PLACING)
        if first is None:
            again.append(None)
            continue
        start = _shrunk(first, usual, likeliest)
        placing = partial(found_slice, each, target, start, likeliest)
        placed = yield from aside(placing, step)
        again.append(placed)
        if placed is not None:
            evidence += placed.gain - _penalty(placed, likeliest)
    if evidence <= EVIDENCE:
        return still_slices(count, evidence)
    return _motion(slices, again, short, evidence)


def is_short(grid: Geometry, across: int) -> bool:
    """Whether a stack is too short for large motions to be found.

    Args:
        grid: Its thick grid.
        across: The axis across its slices.

    Returns:
        True below ``SHORT_MM``.
    """
    return grid.shape[across] * grid.spacing[across] < SHORT_MM


def _likeliest(found: Sequence[SliceFound | None], usual: Matrix) -> Matrix:
    """The standard deviations by which the motions that were found are likeliest."""
    known = [each for each in found if each is not None]

    def likelihood(share: float) -> float:
        return sum(_expected(each, usual, share * usual) for each in known)

    return max(SHARES, key=likelihood) * usual


def _pull(found: SliceFound, usual: Matrix) -> Matrix:
    """The pull of a slice from its stack's place, which the penalty balances at the end."""
    return np.asarray((found.curvature + np.diag(1 / usual**2)) @ found.numbers)


def _expected(found: SliceFound, usual: Matrix, other: Matrix) -> float:
    """The evidence for a motion with another prior, by the curvature of the cost alone."""
    pull = _pull(found, usual)
    inner = found.curvature + np.diag(1 / other**2)
    _, size = np.linalg.slogdet(inner * np.outer(other, other))
    return float(pull @ np.linalg.solve(inner, pull) / 2 - size / 2)


def _shrunk(found: SliceFound, usual: Matrix, other: Matrix) -> Matrix:
    """Where a slice is expected with another prior."""
    inner = found.curvature + np.diag(1 / other**2)
    return np.asarray(np.linalg.solve(inner, _pull(found, usual)))


def _penalty(found: SliceFound, usual: Matrix) -> float:
    """The cost of a motion: unlikely before anything is seen, and chosen among many."""
    inner = found.curvature + np.diag(1 / usual**2)
    _, size = np.linalg.slogdet(inner * np.outer(usual, usual))
    return float(np.sum((found.numbers / usual) ** 2) / 2 + size / 2)


def _motion(
    slices: Sequence[SliceProbes],
    found: Sequence[SliceFound | None],
    short: bool,
    evidence: float,
) -> SliceMotion:
    count = len(slices)
    motions = np.tile(np.eye(4), (count, 1, 1))
    degrees, mm, held = np.zeros(count), np.zeros(count), list[int]()
    for number, (each, placed) in enumerate(zip(slices, found, strict=True)):
        if placed is None:
            continue
        motion = motion_of(placed.numbers, each.centre)
        points = each.probes.points
        shifts = points @ (motion[:3, :3] - np.eye(3)).T + motion[:3, 3]
        reach = float(np.linalg.norm(shifts, axis=1).max(initial=0.0))
        if short and reach > MOST_SHORT_MM:
            held.append(number)
            continue
        motions[number], mm[number] = motion, reach
        degrees[number] = np.degrees(np.linalg.norm(placed.numbers[:3]))
    return SliceMotion(motions, degrees, mm, evidence, tuple(held))
