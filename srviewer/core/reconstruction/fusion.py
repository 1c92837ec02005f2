"""Fusion: two estimates of a volume joined into one, and their disagreement."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from srviewer.core.volumes.volume import Voxels


@dataclass(frozen=True)
class Fusion:
    """A way to join two estimates on one grid.

    Attributes:
        id: The name in options, files and settings; never renamed.
        title: The name that users see.
        fuse: (first, second) -> fused, all (i, j, k) voxels in the unit of the scan.
    """

    id: str
    title: str
    fuse: Callable[[Voxels, Voxels], Voxels]


def mean(first: Voxels, second: Voxels) -> Voxels:
    """The voxelwise mean (section 3.1.1 of the paper).

    Args:
        first: (i, j, k) estimate from the first plane.
        second: (i, j, k) estimate from the second plane, on the same grid and in the same unit.

    Returns:
        (i, j, k) mean, in the unit of the estimates.
    """
    fused = first + second
    fused *= 0.5
    return fused


def disagreement(first: Voxels, second: Voxels) -> Voxels:
    """The disagreement map, which is large where the network is uncertain.

    Args:
        first: (i, j, k) estimate from the first plane.
        second: (i, j, k) estimate from the second plane, on the same grid and in the same unit.

    Returns:
        (i, j, k) magnitudes |first - second|, in the unit of the estimates.
    """
    difference = first - second
    np.abs(difference, out=difference)
    return difference


def first_plane(first: Voxels, second: Voxels) -> Voxels:
    """The first plane alone, for measuring the worth of a second one.

    Args:
        first: (i, j, k) estimate from the first plane.
        second: (i, j, k) estimate from the second plane, on the same grid and in the same unit.

    Returns:
        ``first`` itself.
    """
    return first


def second_plane(first: Voxels, second: Voxels) -> Voxels:
    """The second plane alone.

    Args:
        first: (i, j, k) estimate from the first plane.
        second: (i, j, k) estimate from the second plane, on the same grid and in the same unit.

    Returns:
        ``second`` itself.
    """
    return second


# Both planes reproduce the scan exactly, so that agreement with it gives no reason to weigh one
# more than the other.
FUSIONS = (
    Fusion("mean", "Mean of both planes", mean),
    Fusion("first", "First plane alone", first_plane),
    Fusion("second", "Second plane alone", second_plane),
)
