"""One slice of the refined grid of a scan by cubic interpolation, until the result has it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.padding import interpolated_around_padding
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.interpolate import Positions, cubic, thin_positions
from srviewer.core.volumes.volume import Volume, Voxels

# Thick slices on either side of a slice across the thick axis: those beyond weigh less than 1e-3.
AROUND = 6
STEP = "cubic interpolation, not reconstructed"


def cubic_slice(
    scan: Volume, steps: Sequence[tuple[Axis, int]], plane: Plane, number: int
) -> Volume:
    """Interpolate one slice of the refined grid of a scan.

    Args:
        scan: The scan, with slices at even distances.
        steps: (axis, factor) of each axis that is refined.
        plane: The plane of the slice.
        number: The number of the slice across ``plane`` on the refined grid, from 0.

    Returns:
        The slice alone, on its part of the refined grid.
    """
    grid = scan.geometry
    for axis, factor in steps:
        grid = grid.refined(axis, factor)
    normal = plane.normal_axis(scan.geometry)
    factor = dict(steps).get(normal, 1)
    count = scan.geometry.shape[normal]
    thick = number // factor
    around = AROUND if factor > 1 else 0
    low, high = max(0, thick - around), min(count, thick + around + 1)
    where: list[slice] = [slice(None)] * 3
    where[normal] = slice(low, high)
    voxels = scan.voxels[tuple(where)]
    for axis, finer in steps:
        if axis == normal:
            position = thin_positions(count, factor)[[number]] - low
            voxels = _interpolated(voxels, normal, position, scan.padding)
        else:
            positions = thin_positions(voxels.shape[axis], finer)
            voxels = interpolated_around_padding(cubic, voxels, axis, positions, scan.padding)
    return scan.derived(voxels, grid.cropped(normal, number, number + 1), STEP)


def _interpolated(voxels: Voxels, axis: Axis, position: Positions, padding: float | None) -> Voxels:
    """One plane between those of a slab; as a weighted sum, which is quicker than a filter."""
    if padding is not None:
        return interpolated_around_padding(cubic, voxels, axis, position, padding)
    planes, weights = np.moveaxis(voxels, axis, 0), _weights(voxels.shape[axis], position)
    if voxels.strides[axis] == voxels.itemsize:  # the values of a sum are neighbours in memory
        weighted = np.moveaxis(planes, 0, -1) @ weights
    else:
        weighted = np.zeros_like(planes[0])  # laid out as the planes are
        for plane, weight in zip(planes, weights, strict=True):
            weighted += weight * plane
    return np.expand_dims(weighted, axis)


def _weights(count: int, position: Positions) -> npt.NDArray[np.float32]:
    """The weight of each plane of a slab in the one at ``position``."""
    each = np.eye(count, dtype=np.float32)[:, :, None]
    return np.asarray(cubic(each, 1, position)[:, 0, 0], np.float32)
