"""What can be laid over a slice: a volume, its colours, how much of it is seen."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.window import Window
from srviewer.core.slices.planes import Plane
from srviewer.core.slices.sampling import sampled_slice
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.gui.appearance.colour_maps import LABELS, Table, heat
from srviewer.study.state.overlay import Overlay

Rgba = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Graded:
    """Colours by value: a residual, a difference, a probability.

    ``table``: (n, 3) RGB, n <= 256, from the low to the high end of ``window``. Values whose
    magnitude is below ``threshold`` are not drawn; 0 draws everything. Those below ``solid`` are
    the fainter the nearer they are to 0, so that nothing does not hide what lies under it.
    """

    table: Table
    window: Window
    threshold: float = 0.0
    solid: float = 0.0

    def rgba(self, values: Voxels) -> Rgba:
        """(rows, columns) values as (rows, columns, 4) colours."""
        scale = len(self.table) / self.window.width
        index = ((values - self.window.low) * scale).clip(0, len(self.table) - 1)
        size = np.abs(values)
        colours = _with_alpha(self.table[index.astype(np.uint8)], size >= self.threshold)
        if self.solid > self.threshold:
            shares = (size * (255 / self.solid)).clip(0, 255).astype(np.uint8)
            colours[..., 3] = np.minimum(colours[..., 3], shares)
        return colours


@dataclass(frozen=True, eq=False)
class Labelled:
    """One colour for each label: a mask, a parcellation. 0 is not drawn.

    ``table``: (n, 3) RGB, of the labels 1, 2, 3 ...; after the last it begins anew.
    """

    table: Table

    def rgba(self, values: Voxels) -> Rgba:
        """(rows, columns) values, rounded to labels, as (rows, columns, 4) colours."""
        labels = np.rint(values).astype(np.int64)
        return _with_alpha(self.table[(labels - 1) % len(self.table)], labels != 0)


@dataclass(frozen=True, eq=False)
class Layer:
    """A volume over the slices of others, wherever it lies in mm.

    ``ink``: how its values become colours. ``opacity``: 0..1.
    """

    volume: Volume
    ink: Graded | Labelled
    opacity: float = 0.5

    def drawn_over(self, onto: Geometry, plane: Plane, cursor_mm: npt.ArrayLike) -> Rgba:
        """(rows, columns, 4): its colours at the pixels of a slice of the grid ``onto``."""
        values, inside = sampled_slice(self.volume, onto, plane, cursor_mm)
        colours = self.ink.rgba(values)
        if not inside.all():
            colours[..., 3] *= inside
        return colours


def drawn_layer(overlay: Overlay) -> Layer:
    """``overlay`` in the colours of labels, or from dark to bright."""
    if overlay.window is None:
        return Layer(overlay.volume, Labelled(LABELS), overlay.opacity)
    ink = Graded(heat(), overlay.window, overlay.threshold)
    return Layer(overlay.volume, ink, overlay.opacity)


def _with_alpha(colours: Rgba, seen: npt.NDArray[np.bool_]) -> Rgba:
    alpha = np.where(seen, np.uint8(255), np.uint8(0))
    return np.concatenate((colours, alpha[..., None]), axis=-1)
