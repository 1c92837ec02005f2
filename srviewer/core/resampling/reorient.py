"""Grids that are the same but for the order and direction of their axes, and volumes on them."""

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
CLOSE_MM = 1e-3  # grids as close as this need not be told from each other at all


@dataclass(frozen=True)
class Reorientation:
    """Array axes in another order and direction.

    ``order``: for each new axis, which old one it is. ``flipped``: for each new axis, whether it
    runs the other way.
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
        """The same voxels, at the same places in RAS+ mm, indexed along the new axes."""
        affine = geometry.affine.copy()
        shape = [geometry.shape[axis] for axis in self.order]
        affine[:3, :3] = geometry.affine[:3, self.order]
        for axis, flipped in enumerate(self.flipped):
            if flipped:
                affine[:3, 3] += (shape[axis] - 1) * affine[:3, axis]
                affine[:3, axis] *= -1
        return Geometry((shape[0], shape[1], shape[2]), affine)

    def view(self, voxels: Voxels) -> Voxels:
        """(i, j, k) voxels indexed along the new axes; a view, nothing is copied."""
        steps = tuple(slice(None, None, -1 if flipped else 1) for flipped in self.flipped)
        return voxels.transpose(self.order)[steps]


def closest_axes(given: Geometry, onto: Geometry) -> Reorientation:
    """How the axes of ``given`` must be taken to run as closely as they can along ``onto``'s.

    Where several orders are as close (turned by 45 degrees), sizes and then spacings decide.
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
    """Whether both have the same voxels at the same places, whatever their axes' order.

    Places are the same within what files round: see TOLERANCE_MM and QUATERNION_TURN. Half a voxel
    is always another place.
    """
    return coincide(closest_axes(given, onto).grid(given), onto)


def coincide(one: Geometry, other: Geometry) -> bool:
    """``same_grid`` of two grids whose axes have the same order and direction."""
    if one.shape != other.shape:
        return False
    tolerance = tolerance_mm(other)
    lengths = np.abs(_spacings(one, (0, 1, 2), other)) * other.shape
    moved = corner_distances(one, other)
    return bool(
        lengths.max() <= tolerance and moved.min() <= tolerance and moved.max() <= most_moved(other)
    )


def tolerance_mm(geometry: Geometry) -> float:
    """By how many mm a length or a place may differ on a grid that is the same."""
    return min(TOLERANCE_MM, TOLERANCE_VOXELS * min(geometry.spacing))


def most_moved(geometry: Geometry) -> float:
    """By how many mm a corner of the same grid may be turned away by a rounded quaternion."""
    diagonal = float(np.linalg.norm(np.multiply(geometry.shape, geometry.spacing)))
    turned = QUATERNION_TURN * diagonal
    return max(tolerance_mm(geometry), min(turned, MOST_MOVED_VOXELS * min(geometry.spacing)))


def corner_distances(one: Geometry, other: Geometry) -> Matrix:
    """(8,) mm between the outer corners of two grids of one shape."""
    corners = np.array(list(product(*((-0.5, n - 0.5) for n in one.shape))))
    return np.asarray(np.linalg.norm(one.world(corners) - other.world(corners), axis=1))


def on_grid(volume: Volume, onto: Geometry) -> Job[Volume | None]:
    """``volume`` on the grid ``onto``, voxel for voxel; None where its grid is another one.

    Nothing is interpolated. A volume that lies there already is given back as it is; one that is
    stored along other axes is copied, in the memory order that reading a file gives.
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
    """(3,) by how many mm the spacings differ, axis by axis of ``onto``."""
    return np.asarray(np.take(given.spacing, order) - np.array(onto.spacing))
