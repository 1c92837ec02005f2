"""Texts in a pane on its slice: plane, spacing, number, and the state of a result to come."""

from collections.abc import Sequence
from dataclasses import replace

from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.planes import Plane, SliceImage
from srviewer.core.slices.rotated_planes import Degrees, RotatedPlace
from srviewer.core.slices.thick_slab import SlabPlace, ThickSlab
from srviewer.core.slices.turn import Turn
from srviewer.core.volumes.volume import ScanHeader
from srviewer.gui.appearance import theme
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import SLAB_WORDS, counted, millimetres, slab_text
from srviewer.gui.views.drawing.text_drawing import Line, fits_beside
from srviewer.sr.reconstruction.progressive_preview import PreviewSlice
from srviewer.study.state.rotation_of_study import is_off_patient_axes
from srviewer.study.state.study_state import StudyState

NOT_YET = mark("cubic, not yet reconstructed")
NOT_YET_UNEVEN = mark("original, not yet reconstructed")
# What one slice is of a result that is made of so many estimates.
OF_THE_RESULT = {2: mark("one plane of two"), 8: mark("one estimate of eight")}


def plane_title(plane: Plane, shown: ScanHeader, width: float) -> tuple[Line, tuple[Line, ...]]:
    """Text with the plane and its spacing.

    Args:
        plane: Of the pane.
        shown: Header of the volume in the pane.
        width: Of the pane, in pixels.

    Returns:
        The line above, and the lines at the foot: the spacing (across, up, through-plane; mm)
        where there is no room for it above.
    """
    normal, across, up = plane.array_axes(shown.geometry)
    mm = shown.geometry.spacing
    spacing = millimetres([mm[axis] for axis in (across, up, normal)])
    title = tr(plane.title)
    whole = Line(f"{title}  {spacing}", theme.MUTED, cut=False)
    if fits_beside(whole, width):
        return whole, ()
    return Line(title, theme.MUTED, cut=False), (Line(spacing, theme.MUTED, cut=False),)


def name_lines(name: Line, width: float) -> tuple[Line, ...]:
    """The name of what a pane shows, with what follows its first comma below where it is long.

    Args:
        name: The name.
        width: Of the pane, in pixels.

    Returns:
        One line or two.
    """
    first, comma, rest = name.text.partition(", ")
    if not comma or fits_beside(name, width):
        return (name,)
    return replace(name, text=first + ","), replace(name, text=rest, bold=False, shorter=())


def turn_note(turn: Turn) -> tuple[Line, ...]:
    """Note on a pane that the user has rotated or flipped.

    Args:
        turn: Of the pane.

    Returns:
        One line; empty for an upright pane.
    """
    words = [tr("rotated {degrees}\u00b0", degrees=90 * turn.quarters)] if turn.quarters else []
    words += [tr("flipped")] if turn.mirrored else []
    return (Line(", ".join(words), theme.WARNING),) if words else ()


def slab_line(
    slab: ThickSlab, place: SlabPlace | None, grids: Sequence[Geometry]
) -> tuple[Line, ...]:
    """Note on a pane while the panes show a thick slab.

    Args:
        slab: Of the view.
        place: The slab that this pane shows; None where it shows a single slice.
        grids: Of the volume of the pane, and of one that is drawn over it.

    Returns:
        One line, "mean over 5 mm, 5 slices"; empty for single slices.
    """
    if not slab.shown:
        return ()
    if place is None:
        return (Line(tr("a single slice, no slab yet"), theme.WARNING),)
    brief = slab_text(place.kind, place.mm)
    text = tr("{slab} (a slice of the scan)", slab=brief) if place.on_slice else brief
    counts = list(dict.fromkeys(len(place.numbers(grid)) for grid in grids))
    slices = tr("{count} slices", count=tr(" and ").join(map(str, counts)))
    slices = tr("1 slice") if counts == [1] else slices
    shortest = tr(
        "{kind} {length}", kind=tr(SLAB_WORDS[place.kind]), length=millimetres([place.mm])
    )
    shorter = (f"{brief}, {slices}", brief, shortest)
    return (Line(f"{text}, {slices}", theme.ACCENT, shorter=shorter),)


def rotation_text(degrees: Degrees) -> str:
    """The angles of rotated planes: "10\u00b0, 0\u00b0, -2.5\u00b0 about R, A, S".

    Args:
        degrees: About R, A and S.

    Returns:
        The translated text.
    """
    angles = ", ".join(f"{angle:z.1f}".removesuffix(".0") + "\u00b0" for angle in degrees)
    return tr("{angles} about R, A, S", angles=angles)


def rotation_note(state: StudyState) -> str:
    """What holds for all panes while the planes are rotated.

    Args:
        state: The study.

    Returns:
        "oblique planes, rotated by 10\u00b0, 0\u00b0, 0\u00b0 about R, A, S", or that they are
        along the patient's axes.
    """
    text = mark("oblique planes, rotated by {angles}")
    if not is_off_patient_axes(state):
        text = mark("planes along the patient's axes, rotated by {angles}")
    return tr(text, angles=rotation_text(state.view.rotation))


def rotated_title(plane: Plane, state: StudyState) -> Line:
    """The name of a pane while the planes are rotated: "Axial, oblique".

    Args:
        plane: Of the pane.
        state: The study.

    Returns:
        One line; without spacings, which are along the voxel axes.
    """
    text = mark("{plane}, oblique")
    if not is_off_patient_axes(state):
        text = mark("{plane}, patient's axes")
    return Line(tr(text, plane=tr(plane.title)), theme.MUTED, cut=False)


def oblique_lines(slab: ThickSlab, place: RotatedPlace | None) -> tuple[Line, ...]:
    """Notes on a pane while the planes are rotated.

    Args:
        slab: Of the view.
        place: The oblique plane that this pane shows; None where it shows a plain slice.

    Returns:
        That a result to come is not shown on the oblique plane, and that there is no thick slab.
    """
    notes = [] if place is not None else [tr("along the voxel axes, not oblique yet")]
    notes += [tr("no thick slab on oblique planes")] if slab.shown else []
    return tuple(Line(note, theme.WARNING) for note in notes)


def not_yet(even: bool) -> Line:
    """The mark of a pane whose slice is not reconstructed yet.

    Args:
        even: Whether cubic interpolation stands in for the slice; else the scan itself.

    Returns:
        The name of what is drawn, with the warning.
    """
    return Line(tr(NOT_YET if even else NOT_YET_UNEVEN), theme.WARNING, bold=True)


def first_look() -> Line:
    """The name of a pane with a slice of a progressive preview."""
    return Line(tr("first look"), theme.WARNING, bold=True)


def preview_notes(preview_slice: PreviewSlice) -> tuple[Line, ...]:
    """Notes on a slice of a progressive preview, where a result has its scores.

    Args:
        preview_slice: The slice.

    Returns:
        The share of the result's estimates in it, and how many slices it was computed from.
    """
    note = tr(OF_THE_RESULT[preview_slice.estimates])
    if preview_slice.thick is not None:
        one, several = mark("{estimate}, 1 slice seen"), mark("{estimate}, {count} slices seen")
        seen = preview_slice.thick
        note = tr(one if seen == 1 else several, estimate=note, count=seen)
    return (Line(note, theme.TEXT),)


def slice_line(image: SliceImage, zoom: float, width: float) -> Line:
    """The number of a slice with the zoom factor, or that the crosshair lies outside the volume.

    Args:
        image: The slice that is shown.
        zoom: Times the size that fits the pane.
        width: Of the pane, in pixels.

    Returns:
        One line; slices are counted from 1. In a pane that is too narrow for the words beside the
        number of the last slice it has numbers alone, so that it is the same for every slice.
    """
    number = counted(image.index, image.count)
    if not image.inside:
        return Line(tr("crosshair outside: slice {number}", number=number), theme.WARNING)
    brief = Line(f"{number}   {zoom_factor(zoom)}", cut=False, shorter=(number,))
    last = _slice_and_zoom(counted(image.count - 1, image.count), zoom)
    if not fits_beside(Line(last), width):
        return brief
    return replace(brief, text=_slice_and_zoom(number, zoom), shorter=(brief.text, number))


def _slice_and_zoom(number: str, zoom: float) -> str:
    named = tr("slice {number}", number=number)
    return f"{named}   {zoom_text(zoom)}"


def zoom_text(zoom: float) -> str:
    """Format a zoom factor: "zoom 1.5x", with the multiplication sign.

    Args:
        zoom: Times the size that fits the pane.

    Returns:
        The translated text.
    """
    return tr("zoom {factor}", factor=zoom_factor(zoom))


def zoom_factor(zoom: float) -> str:
    """Format a zoom factor alone: "1.5x", with the multiplication sign.

    Args:
        zoom: Times the size that fits the pane.

    Returns:
        The number and the sign.
    """
    return f"{zoom:.{1 if zoom < 10 else 0}f}\u00d7"


def depth_of(image: SliceImage, plane: Plane, geometry: Geometry) -> float | None:
    """Position of a slice in its volume, for the slice bar.

    Args:
        image: The slice that is shown.
        plane: Of the pane.
        geometry: The grid along whose axes it is drawn.

    Returns:
        0 to 1 towards R, A or S; None for a volume of one slice.
    """
    if image.count < 2:
        return None
    share = image.index / (image.count - 1)
    return share if geometry.world_signs[plane.axes[0]] > 0 else 1 - share
