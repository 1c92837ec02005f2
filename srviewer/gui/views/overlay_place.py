"""The place of the overlays of a pane: its slice, its slab, or its oblique plane."""

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

    def image(
        self, overlay: DrawnOverlay, base: ScanHeader, extent: QRectF, clip: QPainterPath | None
    ) -> OverlayImage:
        """An overlay for the canvas.

        Args:
            overlay: The overlay; on an oblique plane its nearest voxels are drawn.
            base: The volume that it lies over.
            extent: The rectangle of the slice of ``base``, in pane mm.
            clip: The part of the pane that it covers, in pane mm; None for all of it.

        Returns:
            Its colours at the pixels of the slice of ``base``, or its outlines.
        """
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
