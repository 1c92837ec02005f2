"""The thick slab of a study: where it lies, and where the crosshair goes for it."""

import math
from dataclasses import replace

import numpy.typing as npt

from srviewer.core.geometry.grid import THICK_RATIO, Geometry
from srviewer.core.slices.pace import FEWEST_PIXELS
from srviewer.core.slices.planes import Plane
from srviewer.core.slices.rotated_planes import pixels_of_planes
from srviewer.core.slices.thick_slab import SlabPlace, ThickSlab, slice_centre
from srviewer.study.state.rotation_of_study import is_rotated, rotated_place
from srviewer.study.state.study_state import StudyState
from srviewer.study.state.view import point


def has_thick_slices(state: StudyState) -> bool:
    """Whether the scan has thick slices at even distances.

    Args:
        state: The study that is shown.

    Returns:
        True where a thick slab can lie on them.
    """
    scan = state.scan
    return scan is not None and scan.geometry.thick_axis is not None and scan.planes is None


def slab_at(
    state: StudyState, plane: Plane, world_mm: npt.ArrayLike, most: float = math.inf
) -> SlabPlace | None:
    """The thick slab at a position.

    Args:
        state: The study.
        plane: Of the pane.
        world_mm: (3,) RAS+ mm.
        most: The pixels of all three planes for which there is time, as ``Pace`` gives them; of
            slabs that move.

    Returns:
        The slab; None where single slices are shown, as on oblique planes.
    """
    slab = state.view.thick_slab
    if state.scan is None or not slab.shown or is_rotated(state):
        return None
    scan = state.scan.geometry
    place, every = slab.at(scan, plane, world_mm), pixels_of_planes(scan)
    if most >= every:
        return place
    # Of voxels that are nearly cubes, as many are left out along each axis.
    coarseness = min(THICK_RATIO * every / most, math.sqrt(every / FEWEST_PIXELS))
    return replace(place, pixel_mm=coarseness * min(scan.spacing))


def is_measured(state: StudyState) -> bool:
    """Whether there are regions, beside which the values of a thick slab are written.

    Args:
        state: The study.

    Returns:
        True for any rectangle or ellipse.
    """
    return any(roi.has_values for roi in state.rois)


def stepped_grid(state: StudyState, plane: Plane, shown: Geometry) -> Geometry:
    """The grid on whose slices a step through a pane leads.

    Args:
        state: The study.
        plane: Of the pane.
        shown: The grid of what the pane shows.

    Returns:
        That of the oblique planes while there are any; the scan's while the thick slab lies on its
        slices; else ``shown``.
    """
    rotated = rotated_place(state, plane)
    if rotated is not None:
        return rotated.steps(shown)
    scan, slab = state.scan, state.view.thick_slab
    if scan is None or not slab.follows_slices(scan.geometry, plane):
        return shown
    return scan.geometry


def with_slab(state: StudyState, slab: ThickSlab) -> StudyState:
    """Show a thick slab, or single slices.

    Args:
        state: The study.
        slab: The slab.

    Returns:
        The study with it. For a slab that lies on the slices of the scan, the crosshair is at the
        centre of the slice that holds it.
    """
    scan, cursor = state.scan, state.view.cursor_mm
    if scan is not None:
        across = (plane for plane in Plane if slab.follows_slices(scan.geometry, plane))
        for plane in across:  # one, or none
            cursor = point(slice_centre(scan.geometry, plane, cursor))
    return replace(state, view=replace(state.view, thick_slab=slab, cursor_mm=cursor))
