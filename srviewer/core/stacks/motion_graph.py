"""The places of several stacks from the motions that were found between pairs of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from srviewer.core.geometry.grid import Matrix
from srviewer.core.stacks.rigid import inverse, motion_of, numbers_of

OUTLIER = 4.0  # standard deviations: a pair that contradicts the others counts less and less


@dataclass(frozen=True, eq=False)
class Link:
    """The motion between two stacks.

    Attributes:
        first: The number of the stack that stays.
        second: The number of the stack that is moved.
        motion: (4, 4) RAS+ mm, from the header of the second to that of the first.
        certainty: (6, 6) of its six numbers about ``centre``, the inverse of their covariance.
        centre: (3,) RAS+ mm.
    """

    first: int
    second: int
    motion: Matrix
    certainty: Matrix
    centre: Matrix


def solved(links: Sequence[Link], count: int, reference: int) -> list[Matrix]:
    """The places that contradict the links least.

    Args:
        links: Any number; those of stacks that no link leads to from the reference are not used.
        count: The number of stacks.
        reference: The number of the one that stays.

    Returns:
        (4, 4) RAS+ mm for each stack, from its header to the frame of the reference; the identity
        where nothing links it.
    """
    start = _chained(links, count, reference)
    free = sorted(number for number in start if number != reference)
    used = [link for link in links if link.first in start and link.second in start]
    motions = [start.get(number, np.eye(4)) for number in range(count)]
    if len(used) <= len(free) or not free:
        return motions
    from scipy.optimize import least_squares  # half a second, which no window waits for

    centre = np.mean([link.centre for link in used], axis=0)
    roots = [np.linalg.cholesky(link.certainty).T for link in used]

    def placed(numbers: Matrix) -> list[Matrix]:
        moved = list(motions)
        for number, six in zip(free, numbers.reshape(-1, 6), strict=True):
            moved[number] = motion_of(six, centre)
        return moved

    def contradictions(numbers: Matrix) -> Matrix:
        moved = placed(numbers)
        return np.concatenate(
            [root @ _contradiction(link, moved) for root, link in zip(roots, used, strict=True)]
        )

    first = np.concatenate([numbers_of(motions[number], centre) for number in free])
    found = least_squares(contradictions, first, loss="cauchy", f_scale=OUTLIER)
    return placed(found.x)


def loop_error(links: Sequence[Link], count: int) -> float | None:
    """The largest distance by which three motions around a loop fail to come back.

    Args:
        links: Between pairs of stacks.
        count: The number of stacks.

    Returns:
        The distance in mm by which the middle of the links comes back elsewhere; None without loop.
    """
    known = {(link.first, link.second): link for link in links}
    errors = []
    for a in range(count):
        for b in range(a + 1, count):
            for c in range(b + 1, count):
                if {(a, b), (b, c), (a, c)} <= set(known):
                    ab, bc, ac = (known[pair] for pair in ((a, b), (b, c), (a, c)))
                    loop = inverse(ac.motion) @ ab.motion @ bc.motion
                    errors.append(float(np.linalg.norm(numbers_of(loop, ac.centre)[3:])))
    return max(errors, default=None)


def _contradiction(link: Link, motions: Sequence[Matrix]) -> Matrix:
    between = inverse(motions[link.first]) @ motions[link.second]
    return numbers_of(between, link.centre) - numbers_of(link.motion, link.centre)


def _chained(links: Sequence[Link], count: int, reference: int) -> dict[int, Matrix]:
    """Motions along the fewest links from the reference, for the stacks that are linked to it."""
    motions = {reference: np.eye(4)}
    for _ in range(count):
        for link in links:
            if link.first in motions and link.second not in motions:
                motions[link.second] = motions[link.first] @ link.motion
            elif link.second in motions and link.first not in motions:
                motions[link.first] = motions[link.second] @ inverse(link.motion)
    return motions
