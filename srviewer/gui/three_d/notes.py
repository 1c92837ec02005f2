"""The lines over a volume in 3D: its voxels, and what of them is drawn."""

from srviewer.core.geometry.grid import Geometry
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import millimetres
from srviewer.three_d.drawn_volume import Sampling


def sampling_note(geometry: Geometry, sampling: Sampling, as_measured: bool) -> tuple[str, ...]:
    """Describe what is drawn.

    Args:
        geometry: The grid of the volume.
        sampling: How its voxels become those that are drawn.
        as_measured: Whether slices are drawn as thick as they were measured.

    Returns:
        The voxels, then what was done with them; translated.
    """
    lines = [millimetres(geometry.spacing)]
    axis = geometry.thick_axis
    if axis is not None and as_measured:
        mm = f"{geometry.spacing[axis]:.2f}".rstrip("0").rstrip(".")
        lines.append(tr("each slice drawn {mm} mm thick, as measured", mm=mm))
    elif axis is not None:
        lines.append(tr("interpolated between slices: not as measured"))
    if max(sampling.joined) > 1:
        blocks = " \u00d7 ".join(str(count) for count in sampling.joined)
        lines.append(tr("drawn from means of {blocks} voxels", blocks=blocks))
    return tuple(lines)
