"""Region lock: a region in which the network adds nothing, with its weight at each voxel."""

from math import ceil

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.regions.roi import Roi
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.slabwise import planes_of
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.core.volumes.voxel_sources import slab_spans
from srviewer.errors import UserError

EDGE_MM = 3.0  # how far outside the region the learned detail fades in


class LockWeights:
    """The weights of a region lock on the grid of a scan, computed for the planes that are read.

    A thick voxel is inside as soon as a part of it is, so that all of the region is.

    Args:
        mask: Voxels above 0 are inside, on the scan's grid or on any other.
        scan: The grid of the scan.

    Raises UserError where no voxel of the scan is inside.
    """

    def __init__(self, mask: Volume, scan: Geometry) -> None:
        self._scan, self._inside = scan, _on_grid(mask, scan)
        if not self._inside.any():
            raise UserError(f"The region '{mask.name}' lies outside the scan, or is empty.")

    def read(self, axis: Axis, start: int, stop: int) -> Voxels:
        """Compute the weights of some planes.

        Args:
            axis: The array axis, 0..2.
            start: The first plane.
            stop: The plane behind the last one.

        Returns:
            (i, j, k) of these planes: 1 in the region, 0 from ``EDGE_MM`` outside it on.
        """
        from scipy.ndimage import (
            distance_transform_edt,  # half a second, which the window does not wait for
        )

        around = ceil(EDGE_MM / self._scan.spacing[axis])
        low, high = max(0, start - around), min(self._scan.shape[axis], stop + around)
        inside = planes_of(self._inside, axis, low, high)
        distance_mm = np.full(inside.shape, EDGE_MM)
        if inside.any():
            distance_mm = distance_transform_edt(~inside, sampling=self._scan.spacing)
        fade = 0.5 * (1 + np.cos(np.pi * np.clip(distance_mm / EDGE_MM, 0, 1)))
        return np.asarray(planes_of(fade, axis, start - low, stop - low), np.float32)


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
    # Half a voxel outwards along each axis of the body, so that thick slices are not missed.
    reach = [
        np.linalg.norm(a) + 0.5 * np.abs(a / np.linalg.norm(a) @ grid.affine[:3, :3]).max()
        for a in (u, v, w)
    ]
    inside = np.zeros(grid.shape, np.float32)
    for start, stop in slab_spans(grid.shape, 0):
        offset = grid.world(_indices(grid, start, stop)) - roi.points_mm[0]
        shares = np.array(
            [offset @ (a / np.linalg.norm(a)) / r for a, r in zip((u, v, w), reach, strict=True)]
        )
        ellipse = roi.kind == "ellipse"
        body = (shares**2).sum(axis=0) if ellipse else np.abs(shares).max(axis=0)
        inside[start:stop] = (body <= 1).reshape(inside[start:stop].shape)
    return Volume(inside, grid, roi.name or f"drawn {roi.kind}")


def locked(estimate: Voxels, plain: Voxels, weights: Voxels, axis: Axis, factor: int) -> Voxels:
    """Replace an estimate by another in a locked region.

    The weights are the same all through a thick voxel, so that two volumes that both reproduce its
    mean still do when they are mixed.

    Args:
        estimate: (i, j, k) thin voxels.
        plain: (i, j, k) thin voxels of the interpolation with data consistency.
        weights: (i, j, k) on the scan's grid, as ``LockWeights`` reads them.
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
    for start, stop in slab_spans(mask.geometry.shape, 0):
        region = np.argwhere(mask.voxels[start:stop] > 0)
        region[:, 0] += start
        indices = np.floor(scan.index(mask.geometry.world(region)) + 0.5).astype(int)
        covered = ((indices >= 0) & (indices < scan.shape)).all(axis=1)
        inside[tuple(indices[covered].T)] = True
    # A region coarser than the scan would leave holes: the scan's own centres are looked up too.
    for start, stop in slab_spans(scan.shape, 0):
        centres = mask.geometry.index(scan.world(_indices(scan, start, stop)))
        indices = np.floor(centres + 0.5).astype(int)
        covered = ((indices >= 0) & (indices < mask.geometry.shape)).all(axis=1)
        sampled = np.zeros(len(indices), bool)
        sampled[covered] = mask.voxels[tuple(indices[covered].T)] > 0
        inside[start:stop] |= sampled.reshape(inside[start:stop].shape)
    return inside


def _indices(grid: Geometry, start: int, stop: int) -> npt.NDArray[np.int_]:
    """(n, 3) indices of the voxels with i from ``start`` to ``stop`` - 1."""
    indices = np.indices((stop - start, *grid.shape[1:])).reshape(3, -1)
    indices[0] += start
    return indices.T
