"""The grid without shear that is nearest to a grid, for files that can say nothing else."""

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.deskew import SQUARE_DEGREES, tilt_degrees
from srviewer.core.resampling.reorient import corner_distances

# No corner of a grid may move by more than this share of its smallest spacing.
MOST_MOVED = 0.5
# ITK refuses directions whose products are larger than this, unless it is told rigid ones as well.
ITK_SKEW = 1e-4


def nearest_rigid(geometry: Geometry) -> Geometry:
    """The same spacings along the nearest directions at right angles, about the same centre."""
    left, _, right = np.linalg.svd(geometry.directions)
    affine = np.eye(4)
    affine[:3, :3] = left @ right * geometry.spacing
    return about_centre(Geometry(geometry.shape, affine), geometry)


def about_centre(given: Geometry, onto: Geometry) -> Geometry:
    """``given`` moved so that its centre is that of ``onto``."""
    affine = given.affine.copy()
    affine[:3, 3] += onto.centre - given.centre
    return Geometry(given.shape, affine)


def stands_for(rigid: Geometry, geometry: Geometry) -> bool:
    """Whether ``rigid`` moves no corner of ``geometry`` by more than half its smallest spacing."""
    return bool(corner_distances(rigid, geometry).max() <= MOST_MOVED * min(geometry.spacing))


def refused_by_itk(geometry: Geometry) -> bool:
    """Whether programs built on ITK refuse a NIfTI file with this grid, as exported: it is tilted.

    Such a grid is sheared, and no rigid one ``stands_for`` it.
    """
    products = geometry.directions.T @ geometry.directions
    sheared = np.abs(products - np.eye(3)).max() >= ITK_SKEW
    return bool(sheared) and not stands_for(nearest_rigid(geometry), geometry)


def itk_advice(geometry: Geometry) -> str:
    """What to do about a grid that ``refused_by_itk`` is true of."""
    told = (
        "The slices are tilted against their stack, and programs built on ITK (3D Slicer, "
        "ITK-SNAP, ANTs) will refuse the NIfTI file."
    )
    if max(tilt_degrees(geometry, axis) for axis in range(3)) <= SQUARE_DEGREES:
        return told
    return f"{told} For a grid at right angles, straighten the tilt first (--deskew)."
