"""Every second or fourth voxel of a volume, for planes whose pixels are larger than voxels.

They lie close together in memory, so that a coarse plane is read several times faster.
"""

import numpy as np

from srviewer.core.volumes.remembered import remembered
from srviewer.core.volumes.volume import Volume, Voxels

STEPS = (4, 2)  # voxels from one that is kept to the next
ROUNDING = 1e-6  # of a pixel
Steps = tuple[int, int, int]


def steps_for(volume: Volume, pixel_mm: float) -> Steps:
    """The voxels that a plane of coarse pixels needs.

    Args:
        volume: The volume.
        pixel_mm: The edge of a pixel in mm.

    Returns:
        For each axis 4, 2 or 1: the largest that keeps neighbours within one pixel.
    """
    most = pixel_mm * (1 + ROUNDING)
    i, j, k = (
        next((step for step in STEPS if step * mm <= most), 1) for mm in volume.geometry.spacing
    )
    return i, j, k


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
