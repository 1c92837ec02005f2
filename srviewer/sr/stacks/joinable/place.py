"""The places of two stacks by their headers: what they share, and how their slices lie."""

import numpy as np

from srviewer.core.geometry.grid import Geometry, Matrix

POINTS = 12  # along each axis, on which an overlap is counted
PARALLEL_DEG = 2.0  # a smaller angle between two stacks is none
# Of the slice distance: slices that lie closer are the same, and distances that differ by less.
SAME_SLICE, SAME_DISTANCE = 0.1, 0.05


def shared_part(one: Geometry, other: Geometry) -> float:
    """The larger of the shares of two fields of view that lie in the other one.

    Args:
        one: The grid of the first stack.
        other: Of the second.

    Returns:
        0..1, counted on a few points.
    """
    return max(_share(one, other), _share(other, one))


def same_slices(one: Geometry, other: Geometry) -> bool:
    """Whether the slices of two stacks lie in the same planes.

    Args:
        one: The grid of the first stack.
        other: Of the second.

    Returns:
        True for a plain repeat, from which nothing is learned of what lies between slices.
    """
    a, b = one.slice_axis, other.slice_axis
    normal = one.normal(a)
    if angle_deg(normal, other.normal(b)) > PARALLEL_DEG:
        return False
    distance, other_distance = one.distance(a), other.distance(b)
    if abs(distance - other_distance) > SAME_DISTANCE * distance:
        return False
    # At the middle of both, where a small angle moves slices least.
    middle = (_middle(one) + _middle(other)) / 2
    places = [grid.index(middle)[grid.slice_axis] for grid in (one, other)]
    sign = 1 if normal @ other.normal(b) > 0 else -1
    distance = (places[0] - sign * places[1]) % 1
    return bool(min(distance, 1 - distance) < SAME_SLICE)


def angle_deg(one: Matrix, other: Matrix) -> float:
    """The angle between two lines.

    Args:
        one: (3,) a unit vector along the first.
        other: (3,) along the second.

    Returns:
        0..90 degrees.
    """
    return float(np.degrees(np.arccos(np.clip(abs(one @ other), 0.0, 1.0))))


def _share(one: Geometry, other: Geometry) -> float:
    steps = [(np.arange(POINTS) + 0.5) / POINTS * n - 0.5 for n in one.shape]
    points = np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1).reshape(-1, 3)
    index = other.index(one.world(points))
    inside = ((index >= -0.5) & (index <= np.array(other.shape) - 0.5)).all(axis=1)
    return float(inside.mean())


def _middle(grid: Geometry) -> Matrix:
    return grid.world((np.array(grid.shape) - 1) / 2)
