"""Random pieces of stacks of slices, from which training batches are made."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from srviewer.core.intensity.intensity_range import OF_SHARES
from srviewer.core.volumes.volume import Voxels

TRIES = 8
LEAST_FOREGROUND = 0.2  # of a piece that is not tried again

P = TypeVar("P")
Place = tuple[slice, ...]


def place_at_random(
    shape: Sequence[int], size: Sequence[int], random: np.random.Generator
) -> Place:
    """Where a piece of ``size`` lies in an array of ``shape``, each place equally likely."""
    corner = random.integers([n - s + 1 for n, s in zip(shape, size, strict=True)])
    return tuple(slice(c, c + s) for c, s in zip(corner, size, strict=True))


def mirrored_at_random(random: np.random.Generator, share: float = 0.5) -> Place:
    """What turns round each of three axes in ``share`` of all cases: an index of an array."""
    return tuple(slice(None, None, -1 if flip else 1) for flip in random.random(3) < share)


def preferably_tissue(draw: Callable[[], P], middle: Callable[[P], Voxels]) -> P:
    """The first of TRIES drawn pieces that is not mostly air, else the last.

    ``middle``: the (row, column) slice of a piece that is looked at, in shares of the range.
    """
    for _ in range(TRIES):
        piece = draw()
        if np.mean(OF_SHARES.foreground(middle(piece)[::2, ::2])) >= LEAST_FOREGROUND:
            break
    return piece
