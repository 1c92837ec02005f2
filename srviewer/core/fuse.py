"""Two estimates of one volume made into one, and where they disagree."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from srviewer.core.volume import Voxels


@dataclass(frozen=True)
class Fusion:
    """A way to join two estimates on one grid; ``fuse`` takes and gives (i, j, k) voxels."""

    id: str
    title: str
    fuse: Callable[[Voxels, Voxels], Voxels]


def mean(first: Voxels, second: Voxels) -> Voxels:
    """The voxelwise mean (section 3.1.1 of the paper)."""
    fused = first + second
    fused *= 0.5
    return fused


def disagreement(first: Voxels, second: Voxels) -> Voxels:
    """|first - second| for each voxel, in the unit of the scan: where the network is guessing."""
    apart = first - second
    np.abs(apart, out=apart)
    return apart


def first_plane(first: Voxels, second: Voxels) -> Voxels:
    """The first plane alone: what a second one is worth is measured against it."""
    return first


def second_plane(first: Voxels, second: Voxels) -> Voxels:
    """The second plane alone."""
    return second


# Both planes reproduce the scan exactly, so that agreement with it gives no reason to weigh one
# more than the other.
FUSIONS = (
    Fusion("mean", "Mean of both planes", mean),
    Fusion("first", "First plane alone", first_plane),
    Fusion("second", "Second plane alone", second_plane),
)
