"""The part of an oblique plane that lies in the scan, in which the crosshair is kept."""

from itertools import combinations

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.slices.planes import Plane
from srviewer.core.slices.rotated_planes import Degrees, crossings, kept_corners, rotated_grid


def nearest_in_plane(
    scan: Geometry, degrees: Degrees, plane: Plane, at_mm: npt.ArrayLike
) -> Matrix:
    """The point of a plane in the scan that is nearest to a point of the plane.

    Args:
        scan: The grid in which the crosshair is kept.
        degrees: The rotation of the planes.
        plane: The plane.
        at_mm: (3,) RAS+ mm.

    Returns:
        (3,) RAS+ mm: the point itself where it lies in the scan, or the plane does not.
    """
    at = np.asarray(at_mm, float)
    index, last = scan.index(at), np.array(scan.shape) - 0.5
    if ((index >= -0.5) & (index < last)).all():
        return at
    grid = rotated_grid(scan, degrees, scan)
    here = grid.index(at)
    # Around the point, in voxels of a cubic grid along the planes.
    points = crossings(grid.index(kept_corners(scan)) - here, plane.axes[0])
    if len(points) < 2:
        return grid.world(points[0] + here) if len(points) else at
    # Diagonals of the polygon lie inside it, so that no order of its corners is needed.
    first, second = (np.array(ends) for ends in zip(*combinations(points, 2), strict=True))
    ways = second - first
    lengths = np.maximum((ways**2).sum(axis=1), np.finfo(float).tiny)
    shares = np.clip(-(first * ways).sum(axis=1) / lengths, 0, 1)
    nearest = first + shares[:, None] * ways
    return grid.world(nearest[int(np.argmin((nearest**2).sum(axis=1)))] + here)
