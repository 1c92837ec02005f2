"""How a pane names its plane: in the room beside the letter in the middle of its upper edge."""

from srviewer.core.planes import Plane
from srviewer.core.volume import Volume
from srviewer.gui import theme
from srviewer.gui.translation import tr
from srviewer.gui.views.lettering import Line, fits_beside
from srviewer.gui.wording import OBLIQUE, millimetres

ROOMY = 170  # px: a lower pane has no second line at its foot


def plane_title(
    plane: Plane, volume: Volume, width: float, height: float
) -> tuple[Line, tuple[Line, ...]]:
    """What stands above for the plane and, where the spacing has no room beside it, at the foot.

    ``width``, ``height``: of the pane, in pixels.
    """
    normal, across, up = plane.array_axes(volume.geometry)
    mm = volume.geometry.spacing
    spacing = millimetres([mm[axis] for axis in (across, up, normal)])
    title = tr(plane.title)
    whole = Line(f"{title}  {spacing}", theme.MUTED)
    if fits_beside(whole, width):
        return whole, ()
    below = (Line(spacing, theme.MUTED),) if height >= ROOMY else ()
    return Line(title, theme.MUTED), below


def oblique_note(volume: Volume, width: float) -> tuple[Line, ...]:
    """That the slices do not lie along the patient's axes, and by how much."""
    degrees = volume.geometry.obliquity
    if degrees <= OBLIQUE:
        return ()
    short = Line(tr("oblique {degrees:.1f}\u00b0", degrees=degrees), theme.WARNING)
    whole = Line(tr("{oblique}, along the voxel axes", oblique=short.text), theme.WARNING)
    return (whole if fits_beside(whole, width) else short,)
