"""Every second or fourth voxel, for planes whose pixels are larger than voxels.

Of oblique planes they lie close together in memory, which is read several times faster.
"""

from functools import lru_cache

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.remembered import remembered
from srviewer.core.volumes.volume import Volume, Voxels

STEPS = (4, 2)  # voxels from one that is kept to the next
ROUNDING = 1e-6  # of a pixel
Steps = tuple[int, int, int]


def steps_for(geometry: Geometry, pixel_mm: float) -> Steps:
    """The voxels that a plane of coarse pixels needs.

    Args:
        geometry: The grid of the volume.
        pixel_mm: The edge of a pixel in mm.

    Returns:
        For each axis 4, 2 or 1: the largest that keeps neighbours within one pixel.
    """
    most = pixel_mm * (1 + ROUNDING)
    i, j, k = (next((step for step in STEPS if step * mm <= most), 1) for mm in geometry.spacing)
    return i, j, k


@lru_cache(64)  # each pane asks for it several times a frame
def thinned_grid(geometry: Geometry, steps: Steps) -> Geometry:
    """The grid of some of the voxels of a volume; those of index 0 are among them.

    Args:
        geometry: The grid of the volume.
        steps: Of each axis, as ``steps_for`` gives them.

    Returns:
        ``geometry`` itself where all are kept. Voxels have their centres where they were, and are
        as wide as their distance.
    """
    for axis, step in enumerate(steps):
        if step > 1:
            geometry = geometry.every(axis, step)
    return geometry


def thinned_voxels(volume: Volume, steps: Steps) -> Voxels:
    """Some of the voxels of a volume, together in memory; those of index 0 are among them.

    Args:
        volume: The volume.
        steps: Of each axis, as ``steps_for`` gives them.

    Returns:
        Voxels as they are, in the same order in memory; the volume's own array where all are kept.
        Copies are kept as long as the volume: an eighth of it at most for 2 along each axis.
    """
    if steps == (1, 1, 1):
        return volume.voxels
    kept = _kept(volume)
    if steps not in kept:
        i, j, k = steps
        kept[steps] = np.copy(volume.voxels[::i, ::j, ::k], order="K")
    return kept[steps]


@remembered
def _kept(_: Volume) -> dict[Steps, Voxels]:
    """Copies of some of the voxels of a volume, by their steps."""
    return {}
