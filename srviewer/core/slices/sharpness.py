"""The sharpness of an image along an axis: the second difference of three voxels in a row."""

import numpy as np

from srviewer.core.geometry.grid import Axis
from srviewer.core.volumes.volume import Voxels


def sharpest(voxels: Voxels, axis: Axis, kept: Axis) -> Voxels:
    """The largest second difference along one axis, for each index along another.

    Args:
        voxels: Of three or fewer axes.
        axis: The array axis of the differences.
        kept: The array axis, another one, along which results are separate.

    Returns:
        (index along ``kept``): 0 or more, in the unit of the voxels; 0 where ``axis`` has less
        than three voxels.
    """
    if voxels.shape[axis] < 3:
        return np.zeros(voxels.shape[kept], np.float32)
    others = tuple(n for n in range(voxels.ndim) if n != kept)
    second = np.diff(voxels, 2, axis)
    return np.asarray(np.maximum(second.max(axis=others), -second.min(axis=others)))
