"""What a pane says of its slice: plane, spacing, number, and what it is of a result to come."""

from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.planes import Plane, SliceImage
from srviewer.core.volumes.volume import ScanHeader
from srviewer.gui.appearance import theme
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import OBLIQUE, millimetres
from srviewer.gui.views.drawing.annotations import Annotations
from srviewer.gui.views.drawing.text_drawing import Line, fits_beside
from srviewer.sr.rebuild.progressive_preview import Look

ROOMY = 170  # px: a lower pane has no second line at its foot
NOTHING_YET = mark("Not rebuilt here yet.\nThe whole result follows.")
# What one slice is of a result that is made of so many estimates.
OF_THE_RESULT = {2: mark("one plane of two"), 8: mark("one estimate of eight")}


def plane_title(
    plane: Plane, shown: ScanHeader, width: float, height: float
) -> tuple[Line, tuple[Line, ...]]:
    """What stands above for the plane and, where the spacing has no room beside it, at the foot.

    ``width``, ``height``: of the pane, in pixels.
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
    """That the slices do not lie along the patient's axes, and by how much."""
    degrees = shown.geometry.obliquity
    if degrees <= OBLIQUE:
        return ()
    short = Line(tr("oblique {degrees:.1f}\u00b0", degrees=degrees), theme.WARNING)
    whole = Line(tr("{oblique}, along the voxel axes", oblique=short.text), theme.WARNING)
    return (whole if fits_beside(whole, width) else short,)


def nothing_yet(active: bool) -> Annotations:
    """Instead of a slice that is not there yet. ``active``: the keyboard steers this pane."""
    role = Line(tr("result to come"), theme.MUTED, bold=True)
    return Annotations((role,), hint=tr(NOTHING_YET), active=active)


def first_look() -> Line:
    """What names a pane with a slice of a result to come: it is less than the result."""
    return Line(tr("first look"), theme.WARNING, bold=True)


def look_notes(look: Look) -> tuple[Line, ...]:
    """What such a slice is, where a result has its scores."""
    told = tr(OF_THE_RESULT[look.estimates])
    if look.thick is not None:
        told = tr("{estimate}, {count} slices seen", estimate=told, count=look.thick)
    return Line(told, theme.TEXT), Line(tr("the whole result follows"), theme.MUTED)


def slice_line(image: SliceImage) -> Line:
    """Which slice this is, or that the crosshair lies in none."""
    if not image.inside:
        told = tr("crosshair outside: slice {number}", number=image.index + 1)
        return Line(told, theme.WARNING)
    return Line(tr("slice {number} / {count}", number=image.index + 1, count=image.count))


def depth_of(image: SliceImage, plane: Plane, geometry: Geometry) -> float | None:
    """How far towards R, A or S a slice lies; None where there is nothing to scroll through."""
    if image.count < 2:
        return None
    share = image.index / (image.count - 1)
    grows = geometry.directions[plane.axes[0], plane.normal_axis(geometry)] > 0
    return share if grows else 1 - share
