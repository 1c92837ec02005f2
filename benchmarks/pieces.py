"""The middle of a volume, where a whole one would take too long to measure."""

import numpy as np

from srviewer.core.volumes.volume import Volume, Voxels


def middle(voxels: Voxels, side: int) -> Voxels:
    """At most ``side`` voxels along each axis; all of them for 0."""
    return np.ascontiguousarray(voxels[_spans(voxels, side)])


def middle_of(volume: Volume, side: int) -> Volume:
    """``middle`` with its place in the patient."""
    geometry = volume.geometry
    for axis, span in enumerate(_spans(volume.voxels, side)):
        geometry = geometry.cropped(axis, span.start, span.stop)
    return volume.derived(middle(volume.voxels, side), geometry, "its middle")


def _spans(voxels: Voxels, side: int) -> tuple[slice, ...]:
    lengths = [(n, min(n, side or n)) for n in voxels.shape]
    return tuple(slice((n - m) // 2, (n - m) // 2 + m) for n, m in lengths)
