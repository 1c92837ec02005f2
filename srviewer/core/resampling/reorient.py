"""Reorienting: grids that are equal but for the order and direction of their axes."""

from dataclasses import dataclass, replace
from itertools import permutations, product

import numpy as np

from srviewer.core.geometry.grid import AXIS_NAMES, Axis, Geometry, Matrix
from srviewer.core.volumes.slabwise import slabwise
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import Job

# Two grids may differ by so many mm, and by this share of the smallest spacing, in the length of
# each axis and where they coincide best: decimals of DICOM and float32 of NIfTI stay below it.
TOLERANCE_MM, TOLERANCE_VOXELS = 0.05, 0.1
# Near half a turn, the float32 quaternion of a qform turns the whole grid about its first voxel by
# up to this angle (radians). No corner may move by more than this share of the smallest spacing.
QUATERNION_TURN, MOST_MOVED_VOXELS = 1.25e-3, 0.4
CLOSE_MM = 1e-3  # between corners of grids that count as equal


@dataclass(frozen=True)
class Reorientation:
    """Array axes in another order and direction.

    Attributes:
        order: For each new axis, the number of the old one.
        flipped: For each new axis, whether its direction is reversed.
    """

    order: tuple[Axis, Axis, Axis]
    flipped: tuple[bool, bool, bool]

    def __str__(self) -> str:
        """The old axes in the new order: "(-i, k, -j)"."""
        names = (AXIS_NAMES[axis] for axis in self.order)
        signs = ("-" if flipped else "" for flipped in self.flipped)
        return f"({', '.join(sign + name for sign, name in zip(signs, names, strict=True))})"

    @property
    def is_identity(self) -> bool:
        """Whether nothing changes."""
        return self.order == (0, 1, 2) and not any(self.flipped)

    def grid(self, geometry: Geometry) -> Geometry:
        """Reorient a grid.

        Args:
            geometry: The grid.

        Returns:
            The same voxels, at the same positions in RAS+ mm, indexed along the new axes.
        """
        affine = geometry.affine.copy()
        shape = [geometry.shape[axis] for axis in self.order]
        affine[:3, :3] = geometry.affine[:3, self.order]
        for axis, flipped in enumerate(self.flipped):
            if flipped:
                affine[:3, 3] += (shape[axis] - 1) * affine[:3, axis]
                affine[:3, axis] *= -1
        return Geometry((shape[0], shape[1], shape[2]), affine)

    def view(self, voxels: Voxels) -> Voxels:
        """Reorient voxels; nothing is copied.

        Args:
            voxels: (i, j, k).

        Returns:
            The voxels indexed along the new axes, a view.
        """
        steps = tuple(slice(None, None, -1 if flipped else 1) for flipped in self.flipped)
        return voxels.transpose(self.order)[steps]


def closest_axes(given: Geometry, onto: Geometry) -> Reorientation:
    """The reorientation of a grid that brings its axes closest to those of another.

    Where several orders are as close (turned by 45 degrees), sizes and then spacings decide.

    Args:
        given: The grid to reorient.
        onto: The other grid.

    Returns:
        The reorientation.
    """
    cosines = onto.directions.T @ given.directions

    def fit(order: tuple[int, ...]) -> tuple[float, int, float]:
        along = float(np.abs(cosines[range(3), order]).sum())
        sizes = sum(given.shape[a] == n for a, n in zip(order, onto.shape, strict=True))
        return round(along, 6), sizes, -float(np.abs(_spacings(given, order, onto)).sum())

    i, j, k = max(permutations(range(3)), key=fit)
    flips = cosines[range(3), (i, j, k)] < 0
    return Reorientation((i, j, k), (bool(flips[0]), bool(flips[1]), bool(flips[2])))


def same_grid(given: Geometry, onto: Geometry) -> bool:
    """Whether two grids have the same voxels at the same positions, whatever their axes' order.

    Positions are the same within what files round: see ``TOLERANCE_MM`` and ``QUATERNION_TURN``.
    Half a voxel is always another position.

    Args:
        given: The first grid.
        onto: The second grid, whose spacings set the tolerance.

    Returns:
        True for the same voxels.
    """
    return coincide(closest_axes(given, onto).grid(given), onto)


def coincide(grid: Geometry, other_grid: Geometry) -> bool:
    """``same_grid`` of two grids whose axes have the same order and direction.

    Args:
        grid: The first grid.
        other_grid: The second grid, whose spacings set the tolerance.

    Returns:
        True for the same voxels.
    """
    if grid.shape != other_grid.shape:
        return False
    tolerance = tolerance_mm(other_grid)
    lengths = np.abs(_spacings(grid, (0, 1, 2), other_grid)) * other_grid.shape
    moved = corner_distances(grid, other_grid)
    return bool(
        lengths.max() <= tolerance
        and moved.min() <= tolerance
        and moved.max() <= most_moved(other_grid)
    )


def tolerance_mm(geometry: Geometry) -> float:
    """The largest difference of a length or a position on grids that are the same.

    Args:
        geometry: The grid.

    Returns:
        Millimetres.
    """
    return min(TOLERANCE_MM, TOLERANCE_VOXELS * min(geometry.spacing))


def most_moved(geometry: Geometry) -> float:
    """The largest shift of a corner by a rounded quaternion on grids that are the same.

    Args:
        geometry: The grid.

    Returns:
        Millimetres.
    """
    diagonal = float(np.linalg.norm(np.multiply(geometry.shape, geometry.spacing)))
    turned = QUATERNION_TURN * diagonal
    return max(tolerance_mm(geometry), min(turned, MOST_MOVED_VOXELS * min(geometry.spacing)))


def corner_distances(grid: Geometry, other_grid: Geometry) -> Matrix:
    """The distances between the outer corners of two grids.

    Args:
        grid: The first grid.
        other_grid: The second grid, of the same shape.

    Returns:
        (8,) mm.
    """
    corners = np.array(list(product(*((-0.5, n - 0.5) for n in grid.shape))))
    return np.asarray(np.linalg.norm(grid.world(corners) - other_grid.world(corners), axis=1))


def on_grid(volume: Volume, onto: Geometry) -> Job[Volume | None]:
    """A volume on another grid, voxel for voxel; nothing is interpolated.

    Args:
        volume: The volume.
        onto: The grid.

    Returns:
        A job with the volume: itself where it is on the grid already, copied in the memory order of
        files where it is stored along other axes. None where its grid is another one.
    """
    axes = closest_axes(volume.geometry, onto)
    grid = axes.grid(volume.geometry)
    if not coincide(grid, onto):
        return None
    if not axes.is_identity:
        step = f"voxels taken along {axes} of the file, without interpolation"
        view = axes.view(volume.voxels)
        voxels = yield from slabwise(np.asfortranarray, view, message="Reordering the axes")
        return volume.derived(voxels, onto, step)
    if corner_distances(grid, onto).max() <= CLOSE_MM:
        return volume
    return replace(volume, geometry=onto)


def _spacings(given: Geometry, order: tuple[int, ...], onto: Geometry) -> Matrix:
    """(3,) mm: the differences of the spacings, axis by axis of ``onto``."""
    return np.asarray(np.take(given.spacing, order) - np.array(onto.spacing))
