"""Overlays of slices: a volume, its colours, its opacity."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.window import Window
from srviewer.core.regions.labels import Label
from srviewer.core.slices.planes import Plane
from srviewer.core.slices.sampling import sampled_slice
from srviewer.core.slices.slab_projector import SlabProjector
from srviewer.core.slices.thick_slab import SlabPlace
from srviewer.core.volumes.volume import ScanHeader, Volume, Voxels
from srviewer.gui.appearance.colour_maps import LABELS, Table, heat
from srviewer.gui.views.drawing.composite_marks import ColourBar
from srviewer.gui.views.drawing.label_outlines import Outline, outlines
from srviewer.study.state.overlay import Overlay

Rgba = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ValueColours:
    """Colours by value, for a map: a residual, a difference, a probability.

    Values below ``solid`` in magnitude are the more transparent the nearer they are to 0, so that
    zeros do not hide the slice under them.

    Attributes:
        table: (n, 3) RGB, n <= 256, from the low to the high end of ``window``.
        window: In the unit of the volume.
        threshold: Values of a smaller magnitude are not drawn; 0 draws everything.
        solid: Values of this magnitude and more are opaque.
    """

    table: Table
    window: Window
    threshold: float = 0.0
    solid: float = 0.0

    def rgba(self, values: Voxels) -> Rgba:
        """Convert values to colours.

        Args:
            values: (rows, columns), in the unit of ``window``.

        Returns:
            (rows, columns, 4) RGBA.
        """
        scale = len(self.table) / self.window.width
        index = ((values - self.window.low) * scale).clip(0, len(self.table) - 1)
        size = np.abs(values)
        colours = _with_alpha(self.table[index.astype(np.uint8)], size >= self.threshold)
        if self.solid > max(self.threshold, 0.0):
            shares = (size * (255 / self.solid)).clip(0, 255).astype(np.uint8)
            colours[..., 3] = np.minimum(colours[..., 3], shares)
        return colours


@dataclass(frozen=True, eq=False)
class LabelColours:
    """A colour for each label of a mask or a label map. 0 is not drawn.

    Attributes:
        table: (n, 3) RGB, of the labels 1, 2, 3 and so on; after the last it begins again.
        hidden: Labels that are not drawn.
    """

    table: Table
    hidden: frozenset[int] = frozenset()

    def rgba(self, values: Voxels) -> Rgba:
        """Convert labels to colours.

        Args:
            values: (rows, columns), rounded to whole numbers.

        Returns:
            (rows, columns, 4) RGBA.
        """
        labels = self.shown(values)
        every = np.arange(int(labels.max(initial=0)) + 1)
        colours = _with_alpha(self.table[(every - 1) % len(self.table)], every != 0)
        # A colour is one word: looked up for each pixel at once, while a mask is painted.
        words = np.ascontiguousarray(colours).view(np.uint32).ravel()
        return words.take(labels).view(np.uint8).reshape(*labels.shape, 4)

    def shown(self, values: Voxels) -> Numbers:
        """The labels that are drawn.

        Args:
            values: (rows, columns), rounded to whole numbers.

        Returns:
            (rows, columns); 0 where none is drawn.
        """
        labels = np.rint(values).astype(np.int64)
        if self.hidden:
            labels[np.isin(labels, list(self.hidden))] = 0
        return labels

    def colour(self, label: int) -> tuple[int, int, int]:
        """The colour of a label.

        Args:
            label: 1 or more.

        Returns:
            RGB, 0..255.
        """
        red, green, blue = self.table[(label - 1) % len(self.table)].tolist()
        return red, green, blue


@dataclass(frozen=True, eq=False)
class DrawnOverlay:
    """A volume over the slices of others, on any grid of the same frame of reference.

    Attributes:
        volume: Mask, label map or map.
        colours: Converts its values to colours.
        opacity: 0 to 1.
        outlined: Whether labels are drawn as outlines.
        bar: The colour scale that is drawn beside it; None for none.
    """

    volume: Volume
    colours: ValueColours | LabelColours
    opacity: float = 0.5
    outlined: bool = False
    bar: ColourBar | None = None

    def projected(
        self, projector: SlabProjector, slab: SlabPlace, base: ScanHeader
    ) -> "DrawnOverlay":
        """The overlay over a thick slab: of each voxel the largest magnitude.

        Args:
            projector: Of the pane.
            slab: The slab that the pane shows.
            base: The volume that the overlay lies over.

        Returns:
            The overlay of the projection, in which hidden labels conceal no other.
        """
        hidden = self.colours.hidden if isinstance(self.colours, LabelColours) else frozenset()
        return replace(self, volume=projector.projected_overlay(self.volume, slab, base, hidden))

    def outlines_on(
        self, onto: Geometry, plane: Plane, cursor_mm: npt.ArrayLike
    ) -> tuple[Outline, ...]:
        """The outlines of labels over a slice of another grid.

        Args:
            onto: The grid of the slice.
            plane: Of the slice.
            cursor_mm: A point in the slice, RAS+ mm.

        Returns:
            The outline of each label in the slice; empty for a map of values.
        """
        if not isinstance(self.colours, LabelColours):
            return ()
        values, inside = sampled_slice(self.volume, onto, plane, cursor_mm)
        return outlines(self.colours.shown(values) * inside, self.colours.colour)

    def colours_on(self, onto: Geometry, plane: Plane, cursor_mm: npt.ArrayLike) -> Rgba:
        """The overlay's colours at the pixels of a slice of another grid.

        Args:
            onto: The grid of the slice.
            plane: Of the slice.
            cursor_mm: A point in the slice, RAS+ mm.

        Returns:
            (rows, columns, 4) RGBA, transparent outside the overlay's volume.
        """
        values, inside = sampled_slice(self.volume, onto, plane, cursor_mm)
        colours = self.colours.rgba(values)
        if not inside.all():
            colours[..., 3] *= inside
        return colours


def drawn_overlay(overlay: Overlay) -> DrawnOverlay:
    """The overlay of a study with its colours.

    Args:
        overlay: Without a window it is a mask or a label map.

    Returns:
        An overlay in the colours of labels, or from dark red to yellow.
    """
    if overlay.window is None:
        colours_of_labels = LabelColours(_label_table(overlay.labels), overlay.hidden)
        return DrawnOverlay(overlay.volume, colours_of_labels, overlay.opacity, overlay.outlined)
    colours = ValueColours(heat(), overlay.window, overlay.threshold)
    return DrawnOverlay(overlay.volume, colours, overlay.opacity)


@lru_cache(16)
def _label_table(labels: tuple[Label, ...]) -> Table:
    """(n, 3) RGB of the labels 1, 2, 3 and so on."""
    if not labels:
        return LABELS
    table = np.zeros((labels[-1].value, 3), np.uint8)
    for label in labels:
        table[label.value - 1] = label.colour
    return table


def _with_alpha(colours: Rgba, seen: npt.NDArray[np.bool_]) -> Rgba:
    alpha = np.where(seen, np.uint8(255), np.uint8(0))
    return np.concatenate((colours, alpha[..., None]), axis=-1)
