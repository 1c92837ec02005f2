"""Stacks that have taken about the same slices as another."""

from collections.abc import Sequence

import numpy as np

from srviewer.core.geometry.grid import Matrix
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.stacks.regions import SHARED
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, aside

REPEAT_DEGREES = 20.0  # between the normals of the slices of a stack and of its repeat
REPEAT_SHARE = 0.5  # of a stack, that its repeat covers
WEIGHING = "Weighing the stacks"


def repeats_of(number: int, stacks: Sequence[PlacedStack]) -> tuple[int, ...]:
    """The stacks that have taken about the same slices as one of them.

    Args:
        number: Of that stack.
        stacks: All stacks.

    Returns:
        Their numbers; () where all others are repeats, so that nothing would be left.
    """
    stack = stacks[number]
    least = np.cos(np.radians(REPEAT_DEGREES))
    repeats = tuple(
        other
        for other in range(len(stacks))
        if other != number
        and abs(_normal(stack) @ _normal(stacks[other])) > least
        and stack.held(stacks[other].placed).mean() > REPEAT_SHARE
    )
    return repeats if len(repeats) < len(stacks) - 1 else ()


def shared_with(weight: Voxels, coverages: Sequence[Voxels]) -> Job[Voxels]:
    """The weight of a stack where repeats of it are joined as well.

    The mean of stacks is best where each has the weight of what it alone tells: by so much less, as
    repeats share their errors.

    Args:
        weight: (i, j, k) of the stack by itself.
        coverages: (i, j, k) of each of its repeats, 0..1.

    Returns:
        A job with (i, j, k).
    """

    def lessened() -> Voxels:
        total = np.ones_like(weight)
        for coverage in coverages:
            total += np.float32(SHARED) * coverage
        return np.divide(weight, total, out=total)

    return (yield from aside(lessened, Progress(1.0, WEIGHING)))


def _normal(stack: PlacedStack) -> Matrix:
    across = stack.placed.affine[:3, stack.degradation.axis]
    return np.asarray(across / np.linalg.norm(across))
