"""The oblique planes of a study: where they lie, and how they are rotated about the crosshair."""

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.pace import EXACT
from srviewer.core.slices.plane_in_scan import nearest_in_plane
from srviewer.core.slices.planes import Plane
from srviewer.core.slices.rotated_planes import (
    NOT_ROTATED,
    Degrees,
    RotatedPlace,
    matrix_of,
    patient_rotation,
    pixels_of_planes,
    rotated_grid,
    rotated_on,
)
from srviewer.study.state.study_state import StudyState
from srviewer.study.state.view import Point, point


def is_rotated(state: StudyState) -> bool:
    """Whether the planes are rotated.

    Args:
        state: The study that is shown.

    Returns:
        True where they do not lie along the voxel axes of the scan.
    """
    return state.scan is not None and state.view.rotation != NOT_ROTATED


def is_off_patient_axes(state: StudyState) -> bool:
    """Whether the planes are not axial, coronal and sagittal in the patient.

    Args:
        state: The study that is shown.

    Returns:
        True where a rotation would make them so.
    """
    scan = state.scan
    return scan is not None and state.view.rotation != patient_rotation(scan.geometry)


def rotated_place(
    state: StudyState, plane: Plane, pixel_mm: float = 0.0, most: float = math.inf
) -> RotatedPlace | None:
    """The oblique plane through the crosshair.

    Args:
        state: The study.
        plane: Of the pane.
        pixel_mm: The edge of a pixel of the screen, in mm; nothing finer is sampled. 0 for all
            that the scan has.
        most: The pixels of all three planes for which there is time, each interpolated along one
            axis, as ``Pace`` gives them; of planes that move.

    Returns:
        The plane; None while the planes are not rotated.
    """
    if state.scan is None or not is_rotated(state):
        return None
    scan, degrees = state.scan.geometry, state.view.rotation
    coarseness = max(1.0, pixel_mm / min(scan.spacing))
    pixels = pixels_of_planes(scan) / coarseness**2
    fast = most < EXACT * pixels
    coarseness *= max(1.0, math.sqrt(pixels / most))
    return _place(plane, scan, degrees, state.view.cursor_mm, coarseness, fast)


_place = lru_cache(64)(RotatedPlace)  # each pane asks for it several times a frame


def shown_grid(state: StudyState, volume: Geometry) -> Geometry:
    """The grid along whose axes slices of a volume are drawn.

    Args:
        state: The study.
        volume: The grid of the volume.

    Returns:
        That of the oblique planes while they are rotated, else ``volume``.
    """
    if state.scan is None or not is_rotated(state):
        return volume
    return rotated_grid(state.scan.geometry, state.view.rotation, volume)


def with_rotation(state: StudyState, degrees: Degrees) -> StudyState:
    """Rotate the planes about the crosshair, which stays where it is on the screen.

    Args:
        state: The study.
        degrees: About R, A and S, from the voxel axes of the scan.

    Returns:
        The study with it. Planes that lie along the voxel axes again show, unless they are
        enlarged, the middle of the scan in the middle of the panes.
    """
    view, scan = state.view, state.scan
    if scan is None or degrees == view.rotation:
        return state
    if degrees == NOT_ROTATED and view.zoom <= 1:
        return replace(state, view=replace(view, rotation=degrees, centre_mm=None))
    cursor = np.array(view.cursor_mm)
    middle = scan.geometry.centre if view.centre_mm is None else np.array(view.centre_mm)
    change = matrix_of(degrees) @ matrix_of(view.rotation).T
    centre = point(cursor + change @ (middle - cursor))
    return replace(state, view=replace(view, rotation=degrees, centre_mm=centre))


def kept_in_plane(state: StudyState, plane: Plane, world_mm: npt.ArrayLike) -> Point:
    """Keep a point in the scan without leaving its plane.

    Args:
        state: The study.
        plane: The plane, oblique or not.
        world_mm: (3,) RAS+ mm.

    Returns:
        RAS+ mm: while the planes are rotated, the nearest point of the same plane in the scan.
    """
    if state.scan is None or not is_rotated(state):
        return point(world_mm)
    kept = nearest_in_plane(state.scan.geometry, state.view.rotation, plane, world_mm)
    return point(kept)


def rotated_clockwise(state: StudyState, plane: Plane, degrees: float) -> StudyState:
    """Rotate the planes about the normal of one of them, as seen on the screen.

    Args:
        state: The study.
        plane: The plane that stays the same.
        degrees: By which its slice rotates clockwise on the screen.

    Returns:
        The study with it.
    """
    if state.scan is None:
        return state
    view = state.view
    mirrored = plane is Plane.SAGITTAL or view.radiological
    further = -degrees if mirrored != view.turn_of(plane).mirrored else degrees
    return with_rotation(state, rotated_on(state.scan.geometry, view.rotation, plane, further))
