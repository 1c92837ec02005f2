"""Random patches of stacks of slices, from which training batches are made."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from srviewer.core.intensity.intensity_range import OF_SHARES
from srviewer.core.volumes.volume import Voxels

TRIES = 8
LEAST_FOREGROUND = 0.2  # of a patch that is taken at once

P = TypeVar("P")
PatchIndex = tuple[slice, ...]


def random_patch_index(
    shape: Sequence[int], size: Sequence[int], random: np.random.Generator
) -> PatchIndex:
    """Draw the index of a patch, each position equally likely.

    Args:
        shape: The shape of the array.
        size: The shape of the patch, no larger.
        random: The random generator.

    Returns:
        One slice for each axis.
    """
    corner = random.integers([n - s + 1 for n, s in zip(shape, size, strict=True)])
    return tuple(slice(c, c + s) for c, s in zip(corner, size, strict=True))


def random_mirror_index(random: np.random.Generator, share: float = 0.5) -> PatchIndex:
    """Draw an index that mirrors axes at random.

    Args:
        random: The random generator.
        share: How often each of three axes is mirrored, 0..1.

    Returns:
        One slice for each axis, with the step 1 or -1.
    """
    return tuple(slice(None, None, -1 if flip else 1) for flip in random.random(3) < share)


def prefer_foreground(draw: Callable[[], P], middle: Callable[[P], Voxels]) -> P:
    """Draw patches until one is not mostly air, TRIES times at most.

    Args:
        draw: Draws a patch.
        middle: The (row, column) slice of a patch whose foreground counts, in shares of the range.

    Returns:
        The first patch with LEAST_FOREGROUND, else the last one drawn.
    """
    for _ in range(TRIES):
        patch = draw()
        if np.mean(OF_SHARES.foreground(middle(patch)[::2, ::2])) >= LEAST_FOREGROUND:
            break
    return patch
