"""Region lock: a region in which the network adds nothing, with its weight at each voxel."""

import numpy as np

from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.regions.roi import Roi
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.errors import UserError

EDGE_MM = 3.0  # how far outside the region the learned detail fades in


def lock_weights(mask: Volume, scan: Geometry) -> Voxels:
    """The weights of a region lock on the grid of a scan.

    A thick voxel is inside as soon as a part of it is, so that all of the region is.

    Args:
        mask: Voxels above 0 are inside, on the scan's grid or on any other.
        scan: The grid of the scan.

    Returns:
        (i, j, k) on the grid of the scan: 1 in the region, 0 from ``EDGE_MM`` outside it on.

    Raises:
        UserError: No voxel of the scan is inside.
    """
    from scipy.ndimage import (
        distance_transform_edt,  # half a second, which the window does not wait for
    )

    inside = _on_grid(mask, scan)
    if not inside.any():
        raise UserError(f"The region '{mask.name}' lies outside the scan, or is empty.")
    distance_mm = distance_transform_edt(~inside, sampling=scan.spacing)
    fade = 0.5 * (1 + np.cos(np.pi * np.clip(distance_mm / EDGE_MM, 0, 1)))
    return np.asarray(fade, np.float32)


def drawn_region(roi: Roi, grid: Geometry) -> Volume:
    """The body that a drawn shape stands for, as a mask.

    An ellipse becomes an ellipsoid and a rectangle a box, whose third half-axis, along the normal
    of the plane, is the mean of the two drawn ones. Voxels that it touches half-way are inside.

    Args:
        roi: A rectangle or an ellipse.
        grid: The grid of the mask.

    Returns:
        A volume of 0 and 1.

    Raises:
        ValueError: The shape is a distance or an angle.
    """
    if not roi.has_values:
        raise ValueError(f"a {roi.kind} has no inside")
    u, v = roi.half_axes
    lengths = np.linalg.norm(u), np.linalg.norm(v)
    normal = np.cross(u, v)
    w = normal / np.linalg.norm(normal) * np.mean(lengths)
    offset = grid.world(np.indices(grid.shape).reshape(3, -1).T) - roi.points_mm[0]
    # Half a voxel outwards along each axis of the body, so that thick slices are not missed.
    reach = [
        np.linalg.norm(a) + 0.5 * np.abs(a / np.linalg.norm(a) @ grid.affine[:3, :3]).max()
        for a in (u, v, w)
    ]
    shares = np.array(
        [offset @ (a / np.linalg.norm(a)) / r for a, r in zip((u, v, w), reach, strict=True)]
    )
    body = (shares**2).sum(axis=0) if roi.kind == "ellipse" else np.abs(shares).max(axis=0)
    inside = (body <= 1).reshape(grid.shape).astype(np.float32)
    return Volume(inside, grid, roi.name or f"drawn {roi.kind}")


def locked(estimate: Voxels, plain: Voxels, weights: Voxels, axis: Axis, factor: int) -> Voxels:
    """Replace an estimate by another in a locked region.

    The weights are the same all through a thick voxel, so that two volumes that both reproduce its
    mean still do when they are mixed.

    Args:
        estimate: (i, j, k) thin voxels.
        plain: (i, j, k) thin voxels of the interpolation with data consistency.
        weights: (i, j, k) on the scan's grid, as ``lock_weights`` gives them.
        axis: The thick axis, 0..2.
        factor: Thin voxels for each thick one.

    Returns:
        (i, j, k) thin voxels: ``plain`` where the weight is 1.
    """
    share = np.repeat(weights, factor, axis=axis)
    return estimate + share * (plain - estimate)


def _on_grid(mask: Volume, scan: Geometry) -> Mask:
    """The voxels of the scan that hold a part of the region."""
    inside = np.zeros(scan.shape, bool)
    region = np.argwhere(mask.voxels > 0)
    indices = np.floor(scan.index(mask.geometry.world(region)) + 0.5).astype(int)
    covered = ((indices >= 0) & (indices < scan.shape)).all(axis=1)
    inside[tuple(indices[covered].T)] = True
    # A region coarser than the scan would leave holes: the scan's own centres are looked up too.
    centres = mask.geometry.index(scan.world(np.indices(scan.shape).reshape(3, -1).T))
    indices = np.floor(centres + 0.5).astype(int)
    covered = ((indices >= 0) & (indices < mask.geometry.shape)).all(axis=1)
    sampled = np.zeros(len(indices), bool)
    sampled[covered] = mask.voxels[tuple(indices[covered].T)] > 0
    return inside | sampled.reshape(scan.shape)
