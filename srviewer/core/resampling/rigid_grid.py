"""The nearest grid without shear, for files that cannot store shear."""

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.deskew import SQUARE_DEGREES, tilt_degrees
from srviewer.core.resampling.reorient import corner_distances

# No corner of a grid may move by more than this share of its smallest spacing.
MOST_MOVED = 0.5
# ITK refuses directions whose products are larger than this, unless it is given rigid ones as well.
ITK_SKEW = 1e-4


def nearest_rigid(geometry: Geometry) -> Geometry:
    """The nearest grid without shear, with the same spacings and the same centre.

    Args:
        geometry: The grid.

    Returns:
        A grid whose directions are the nearest ones at right angles.
    """
    left, _, right = np.linalg.svd(geometry.directions)
    affine = np.eye(4)
    affine[:3, :3] = left @ right * geometry.spacing
    return about_centre(Geometry(geometry.shape, affine), geometry)


def about_centre(given: Geometry, onto: Geometry) -> Geometry:
    """Move a grid so that its centre is that of another.

    Args:
        given: The grid to move.
        onto: The grid with that centre.

    Returns:
        The moved grid.
    """
    affine = given.affine.copy()
    affine[:3, 3] += onto.centre - given.centre
    return Geometry(given.shape, affine)


def stands_for(rigid: Geometry, geometry: Geometry) -> bool:
    """Whether a rigid grid may be stored in the place of a grid.

    Args:
        rigid: The rigid grid.
        geometry: The grid, of the same shape.

    Returns:
        True where no corner moves by more than half the smallest spacing.
    """
    return bool(corner_distances(rigid, geometry).max() <= MOST_MOVED * min(geometry.spacing))


def refused_by_itk(geometry: Geometry) -> bool:
    """Whether programs built on ITK refuse a NIfTI file with this grid, as exported: it is tilted.

    Args:
        geometry: The grid.

    Returns:
        True where it is sheared and no rigid one ``stands_for`` it.
    """
    products = geometry.directions.T @ geometry.directions
    sheared = np.abs(products - np.eye(3)).max() >= ITK_SKEW
    return bool(sheared) and not stands_for(nearest_rigid(geometry), geometry)


def itk_advice(geometry: Geometry) -> str:
    """The advice for a grid of which ``refused_by_itk`` is true.

    Args:
        geometry: The grid.

    Returns:
        A sentence for the user, with the option that helps where there is one.
    """
    message = (
        "The slices are tilted against their stack, and programs built on ITK (3D Slicer, "
        "ITK-SNAP, ANTs) will refuse the NIfTI file."
    )
    if max(tilt_degrees(geometry, axis) for axis in range(3)) <= SQUARE_DEGREES:
        return message
    return f"{message} For a grid at right angles, straighten the tilt first (--deskew)."
