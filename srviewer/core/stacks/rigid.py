"""Rigid motions of a stack in the patient: a rotation about a point, and a shift."""

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Geometry, Matrix


def identity() -> Matrix:
    """The motion of a stack that stays where its header puts it: (4, 4)."""
    return np.eye(4)


def motion_of(numbers: npt.ArrayLike, centre: npt.ArrayLike) -> Matrix:
    """The motion of six numbers.

    Args:
        numbers: (6,): the rotation vector in radians, its direction the axis in RAS+, and the shift
            of ``centre`` in mm.
        centre: (3,) RAS+ mm, the point about which is rotated.

    Returns:
        (4, 4), from RAS+ mm to RAS+ mm.
    """
    values, middle = np.asarray(numbers, float), np.asarray(centre, float)
    motion = np.eye(4)
    motion[:3, :3] = _rotation(values[:3])
    motion[:3, 3] = middle + values[3:] - motion[:3, :3] @ middle
    return motion


def numbers_of(motion: Matrix, centre: npt.ArrayLike) -> Matrix:
    """The six numbers of a motion, as ``motion_of`` takes them.

    Args:
        motion: (4, 4), from RAS+ mm to RAS+ mm.
        centre: (3,) RAS+ mm, the point about which is rotated.

    Returns:
        (6,): the rotation vector in radians, and the shift of ``centre`` in mm.
    """
    middle = np.asarray(centre, float)
    shift = motion[:3, :3] @ middle + motion[:3, 3] - middle
    return np.concatenate([_rotation_vector(motion[:3, :3]), shift])


def inverse(motion: Matrix) -> Matrix:
    """The way back.

    Args:
        motion: (4, 4), a motion or another invertible affine.

    Returns:
        (4, 4).
    """
    return np.asarray(np.linalg.inv(motion), np.float64)


def moved(geometry: Geometry, motion: Matrix) -> Geometry:
    """A grid after a motion.

    Args:
        geometry: The grid.
        motion: (4, 4), from RAS+ mm to RAS+ mm.

    Returns:
        The moved grid.
    """
    return Geometry(geometry.shape, motion @ geometry.affine)


def largest_shift(motion: Matrix, geometry: Geometry) -> float:
    """The largest distance by which a motion moves a corner of a grid.

    Args:
        motion: (4, 4), from RAS+ mm to RAS+ mm.
        geometry: The grid.

    Returns:
        Millimetres.
    """
    before = corners(geometry)
    after = before @ motion[:3, :3].T + motion[:3, 3]
    return float(np.linalg.norm(after - before, axis=1).max())


def corners(geometry: Geometry) -> Matrix:
    """The outer corners of a grid.

    Args:
        geometry: The grid.

    Returns:
        (8, 3) RAS+ mm.
    """
    sides = np.meshgrid(*((-0.5, n - 0.5) for n in geometry.shape))
    return geometry.world(np.reshape(sides, (3, -1)).T)


def midway(first: Matrix, second: Matrix) -> Matrix:
    """The motion halfway between two that are not far from each other.

    Args:
        first: (4, 4), from RAS+ mm to RAS+ mm.
        second: Another one.

    Returns:
        (4, 4).
    """
    half = (first + second) / 2
    left, _, right = np.linalg.svd(half[:3, :3])
    half[:3, :3] = left @ right
    return half


def _rotation(vector: Matrix) -> Matrix:
    """Rodrigues' formula."""
    angle = float(np.linalg.norm(vector))
    if angle < 1e-12:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)


def _rotation_vector(rotation: Matrix) -> Matrix:
    skew = (rotation - rotation.T) / 2
    axis = np.array([skew[2, 1], skew[0, 2], skew[1, 0]])
    sine = float(np.linalg.norm(axis))
    angle = float(np.arctan2(sine, (np.trace(rotation) - 1) / 2))
    return axis if sine < 1e-12 else axis / sine * angle
