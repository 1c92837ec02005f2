"""Texts in a pane on its slice: plane, spacing, number, and the state of a result to come."""

from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.planes import Plane, SliceImage
from srviewer.core.slices.turn import Turn
from srviewer.core.volumes.volume import ScanHeader
from srviewer.gui.appearance import theme
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import OBLIQUE, counted, millimetres
from srviewer.gui.views.drawing.annotations import Annotations
from srviewer.gui.views.drawing.text_drawing import Line, fits_beside
from srviewer.sr.reconstruction.progressive_preview import PreviewSlice

ROOMY = 170  # px: a lower pane has no second line at its foot
NOTHING_YET = mark("Not reconstructed here yet.\nThe whole result follows.")
# What one slice is of a result that is made of so many estimates.
OF_THE_RESULT = {2: mark("one plane of two"), 8: mark("one estimate of eight")}


def plane_title(
    plane: Plane, shown: ScanHeader, width: float, height: float
) -> tuple[Line, tuple[Line, ...]]:
    """Text with the plane and its spacing.

    Args:
        plane: Of the pane.
        shown: Header of the volume in the pane.
        width: Of the pane, in pixels.
        height: Of the pane, in pixels.

    Returns:
        The line above, and the lines at the foot: the spacing (across, up, through-plane; mm)
        where there is no room for it above but at the foot.
    """
    normal, across, up = plane.array_axes(shown.geometry)
    mm = shown.geometry.spacing
    spacing = millimetres([mm[axis] for axis in (across, up, normal)])
    title = tr(plane.title)
    whole = Line(f"{title}  {spacing}", theme.MUTED)
    if fits_beside(whole, width):
        return whole, ()
    below = (Line(spacing, theme.MUTED),) if height >= ROOMY else ()
    return Line(title, theme.MUTED), below


def oblique_note(shown: ScanHeader, width: float) -> tuple[Line, ...]:
    """Note on slices that do not lie along the patient's axes.

    Args:
        shown: Header of the volume in the pane.
        width: Of the pane, in pixels.

    Returns:
        One line with the angle in degrees; empty up to 1 degree.
    """
    degrees = shown.geometry.obliquity
    if degrees <= OBLIQUE:
        return ()
    short = Line(tr("oblique {degrees:.1f}\u00b0", degrees=degrees), theme.WARNING)
    whole = Line(tr("{oblique}, along the voxel axes", oblique=short.text), theme.WARNING)
    return (whole if fits_beside(whole, width) else short,)


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


def nothing_yet(active: bool) -> Annotations:
    """Annotations in place of a slice that is not there yet.

    Args:
        active: Whether the pane has the keyboard focus.

    Returns:
        The name of a result to come and a hint.
    """
    role = Line(tr("result to come"), theme.MUTED, bold=True)
    return Annotations((role,), hint=tr(NOTHING_YET), active=active)


def first_look() -> Line:
    """The name of a pane with a slice of a progressive preview."""
    return Line(tr("first look"), theme.WARNING, bold=True)


def preview_notes(preview_slice: PreviewSlice) -> tuple[Line, ...]:
    """Notes on a slice of a progressive preview, where a result has its scores.

    Args:
        preview_slice: The slice.

    Returns:
        The share of the result's estimates in it, and that the whole result follows.
    """
    note = tr(OF_THE_RESULT[preview_slice.estimates])
    if preview_slice.thick is not None:
        note = tr("{estimate}, {count} slices seen", estimate=note, count=preview_slice.thick)
    return Line(note, theme.TEXT), Line(tr("the whole result follows"), theme.MUTED)


def slice_line(image: SliceImage, zoom: float, width: float) -> Line:
    """The number of a slice with the zoom factor, or that the crosshair lies outside the volume.

    Args:
        image: The slice that is shown.
        zoom: Times the size that fits the pane.
        width: Of the pane, in pixels.

    Returns:
        One line; slices are counted from 1. In a narrow pane it has numbers alone, so that it ends
        before the letter at the foot.
    """
    number = counted(image.index, image.count)
    if not image.inside:
        return Line(tr("crosshair outside: slice {number}", number=number), theme.WARNING)
    named = tr("slice {number}", number=number)
    whole = Line(f"{named}   {zoom_text(zoom)}")
    return whole if fits_beside(whole, width) else Line(f"{number}   {zoom_factor(zoom)}")


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
        geometry: Of the volume.

    Returns:
        0 to 1 towards R, A or S; None for a volume of one slice.
    """
    if image.count < 2:
        return None
    share = image.index / (image.count - 1)
    grows = geometry.directions[plane.axes[0], plane.normal_axis(geometry)] > 0
    return share if grows else 1 - share
