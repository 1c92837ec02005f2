"""Deskewing: a sheared stack of slices (gantry tilt) resampled onto a rectangular grid."""

from dataclasses import replace
from math import ceil, floor

import numpy as np

from srviewer.core.geometry.grid import Axis, Geometry, Matrix
from srviewer.core.intensity.padding import empty_value, interpolated_around_padding
from srviewer.core.volumes.interpolate import cubic
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.job import Job, Progress

SQUARE_DEGREES = 0.5


def tilt_degrees(geometry: Geometry, axis: Axis) -> float:
    """The gantry tilt: the angle between the direction of stacking and the slices' normal.

    Args:
        geometry: The grid.
        axis: The array axis across the slices, 0..2.

    Returns:
        Degrees, 0 for a rectangular stack.
    """
    cosine = geometry.distance(axis) / geometry.spacing[axis]
    return float(np.degrees(np.arccos(min(1.0, cosine))))


def deskewed(volume: Volume, axis: Axis) -> Job[Volume]:
    """Shift each slice within its own plane until the stack is rectangular.

    No slice is mixed with another: a cubic B-spline interpolates within slices only. The grid grows
    by the whole shift; what no slice covers holds the smallest value, or the padding value.

    Args:
        volume: The volume.
        axis: The array axis across the slices, 0..2.

    Returns:
        A job with the new volume, without the warning ``gantry_tilt``; ``volume`` itself where it
        has no tilt.
    """
    geometry = volume.geometry
    angle = tilt_degrees(geometry, axis)
    if angle <= SQUARE_DEGREES:
        return volume
    sides = tuple(a for a in range(3) if a != axis)
    shifts = _shifts(volume, axis)
    grid, first = _rectangular(geometry, axis, shifts)
    empty = empty_value(volume)
    voxels = np.full(grid.shape, empty, np.float32)
    for plane in range(geometry.shape[axis]):
        box: list[slice | int] = [slice(None)] * 3
        box[axis] = slice(plane, plane + 1)
        pixels = volume.voxels[tuple(box)]
        for side, shift, start in zip(sides, shifts[plane], first, strict=True):
            positions = np.arange(grid.shape[side]) + start - shift
            pixels = interpolated_around_padding(cubic, pixels, side, positions, volume.padding)
            outside = (positions < -0.5) | (positions > geometry.shape[side] - 0.5)
            np.moveaxis(pixels, side, 0)[outside] = empty
        voxels[tuple(box)] = pixels
        yield Progress((plane + 1) / geometry.shape[axis], "Straightening the tilt")
    step = (
        f"deskewed: a tilt of {angle:.1f} degrees resampled onto a rectangular grid by cubic "
        f"B-splines within the slices; outside of them the value is {empty:.6g}"
    )
    square = volume.derived(voxels, grid, step)
    rest = tuple(w for w in volume.warnings if w.code != "gantry_tilt")
    return replace(square, planes=volume.planes, warnings=rest)


def _shifts(volume: ScanHeader, axis: Axis) -> Matrix:
    """(planes, 2): the shift of each plane against the first, in voxels of its two sides."""
    geometry, planes = volume.geometry, volume.planes
    sides = [a for a in range(3) if a != axis]
    distance = geometry.distance(axis)
    regular = [k * distance for k in range(geometry.shape[axis])]
    positions_mm = regular
    if planes is not None and planes.axis == axis:
        known = zip(planes.places_mm, regular, strict=True)
        positions_mm = [regular_mm if true_mm is None else true_mm for true_mm, regular_mm in known]
    sideways = geometry.affine[:3, axis] / distance
    per_mm = np.linalg.lstsq(geometry.affine[:3, sides], sideways, rcond=None)[0]
    return np.outer(positions_mm, per_mm)


def _rectangular(
    geometry: Geometry, axis: Axis, shifts: Matrix
) -> tuple[Geometry, tuple[int, int]]:
    """The grid that holds every shifted slice, and the old index of its first voxel."""
    sides = [a for a in range(3) if a != axis]
    shape, affine = list(geometry.shape), geometry.affine.copy()
    first = (floor(shifts[:, 0].min()), floor(shifts[:, 1].min()))
    for side, start, moved in zip(sides, first, shifts.T, strict=True):
        shape[side] += ceil(moved.max()) - start
        affine[:3, 3] += start * geometry.affine[:3, side]
    affine[:3, axis] = geometry.normal(axis) * geometry.distance(axis)
    return Geometry((shape[0], shape[1], shape[2]), affine), first
