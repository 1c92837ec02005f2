"""The grid of a joined volume."""

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.stacks.rigid import corners

ROUNDING = 1e-3  # voxels: a corner this far outside needs no further voxel


def union_grid(lattice: Geometry, others: list[Geometry]) -> Geometry:
    """A lattice extended by whole voxels until it covers other grids.

    Args:
        lattice: The grid whose voxels stay where they are.
        others: The grids to cover.

    Returns:
        The extended grid.
    """
    reached = np.concatenate([lattice.index(corners(grid)) for grid in [lattice, *others]])
    low = np.minimum(np.floor(reached.min(axis=0) + 0.5 + ROUNDING), 0)
    high = np.maximum(np.ceil(reached.max(axis=0) + 0.5 - ROUNDING), lattice.shape)
    affine = lattice.affine.copy()
    affine[:3, 3] = lattice.world(low)
    i, j, k = (int(n) for n in high - low)
    return Geometry((i, j, k), affine)


def isotropic_grid(box: Geometry, spacing: float) -> Geometry:
    """Voxels of one size along all axes that fill a box.

    Args:
        box: The grid whose covered space is filled.
        spacing: Millimetres between voxel centres, above 0.

    Returns:
        The grid, with the same middle and axes; along each axis as many voxels as fit.
    """
    for axis in range(3):
        box = box.regridded(axis, spacing)
    return box
