"""The place of the overlays of a pane: its slice, its slab, or its oblique plane."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath

from srviewer.core.slices.planes import Plane
from srviewer.core.slices.rotated_planes import RotatedPlace
from srviewer.core.slices.slab_projector import SlabProjector
from srviewer.core.slices.thick_slab import SlabPlace
from srviewer.core.volumes.volume import ScanHeader
from srviewer.gui.views.drawing.canvas import OverlayImage
from srviewer.gui.views.drawing.slice_overlay import DrawnOverlay
from srviewer.study.state.view import Point


@dataclass(frozen=True, eq=False)
class OverlayPlace:
    """Where the overlays of a pane are taken.

    Attributes:
        plane: Of the pane.
        cursor_mm: RAS+ mm, in the slice.
        slab: The thick slab that is drawn; None for a single slice.
        projector: Of the pane, for the slab.
        rotated: The oblique plane that is drawn; None for a plain one.
    """

    plane: Plane
    cursor_mm: Point
    slab: SlabPlace | None
    projector: SlabProjector
    rotated: RotatedPlace | None

    def images(
        self,
        overlays: Iterable[DrawnOverlay],
        base: ScanHeader,
        extent: QRectF,
        clip: QPainterPath | None,
    ) -> list[OverlayImage]:
        """Overlays for the canvas.

        Args:
            overlays: The overlays; on an oblique plane their nearest voxels are drawn.
            base: The volume that they lie over.
            extent: The rectangle of the slice of ``base``, in pane mm.
            clip: The part of the pane that they cover, in pane mm; None for all of it.

        Returns:
            The colours at the pixels of the slice of ``base``, or the outlines, of all that are
            not transparent.
        """
        seen = (overlay for overlay in overlays if overlay.opacity > 0)
        return [self._image(overlay, base, extent, clip) for overlay in seen]

    def _image(
        self, overlay: DrawnOverlay, base: ScanHeader, extent: QRectF, clip: QPainterPath | None
    ) -> OverlayImage:
        grid = base.geometry
        if self.rotated is not None:
            grid = self.rotated.grid(grid)
        elif self.slab is not None:
            overlay = overlay.projected(self.projector, self.slab, base)
            grid = self.slab.grid(grid)
        position = grid, self.plane, self.cursor_mm
        if overlay.outlined:
            opacity = min(1.0, 2 * overlay.opacity)  # thin, so stronger
            return OverlayImage(overlay.outlines_on(*position), extent, opacity, clip)
        return OverlayImage(overlay.colours_on(*position), extent, overlay.opacity, clip)
