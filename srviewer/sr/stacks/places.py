"""A stack of a join on the grid of the joined volume: by its header, and as it was found."""

from dataclasses import replace

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.resample import resampled
from srviewer.core.stacks.rigid import moved
from srviewer.core.volumes.volume import Volume
from srviewer.job import Job, within
from srviewer.sr.stacks.joined import JoinedStack


def has_moved(stack: JoinedStack) -> bool:
    """Whether a stack was found elsewhere than its header puts it.

    Args:
        stack: The stack.

    Returns:
        False for one that was left in its place.
    """
    return not np.allclose(stack.moved, np.eye(4), atol=1e-9)


def both_places(scan: Volume, stack: JoinedStack, onto: Geometry) -> Job[tuple[Volume, ...]]:
    """Resample a stack onto a grid, by its header and as it was found.

    Args:
        scan: The stack.
        stack: What the join found of it.
        onto: The grid of the joined volume.

    Returns:
        A job with the stack by its header, in the unit of the reference; after it the stack as it
        was found, where it has moved.
    """
    matched = np.float32(stack.gain) * scan.voxels + np.float32(stack.offset)
    padding = None if scan.padding is None else stack.gain * scan.padding + stack.offset
    here = replace(
        scan.derived(matched, scan.geometry, "grey levels matched to the reference"),
        padding=None if padding is None else float(np.float32(padding)),
        planes=None,
    )
    by_header = yield from within(resampled(here, onto), 0.0, 0.5)
    if not has_moved(stack):
        return (by_header.volume,)
    there = replace(here, geometry=moved(here.geometry, stack.moved))
    found = yield from within(resampled(there, onto), 0.5, 1.0)
    return by_header.volume, found.volume
