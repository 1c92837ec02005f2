"""The slice that a pane shows, with all that is written over it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF

from srviewer.core.regions.roi import Roi, slice_of
from srviewer.core.slices.planes import Plane, SliceImage
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.wording import measurement_text, size_text
from srviewer.gui.views.drawing.annotations import Annotations
from srviewer.gui.views.drawing.composite import Composite
from srviewer.gui.views.drawing.composite_marks import ColourBar
from srviewer.gui.views.drawing.placement import Placement
from srviewer.gui.views.drawing.shapes import Shape
from srviewer.gui.views.drawing.slice_overlay import DrawnOverlay, ValueColours
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.gui.views.pane_texts import depth_of, oblique_note, plane_title, slice_line


@dataclass(frozen=True, eq=False)
class ShownSlice:
    """A slice with all that is written over it.

    Attributes:
        plane: Of the pane.
        header: Of what is drawn.
        volume: Its voxels; None for a result to come.
        image: The slice.
        placement: The positions of the pane.
        role: Names the volume.
        badge: The scores of the slice.
        draft: A measurement that is being drawn.
        composite: The second volume and how it is drawn.
        overlays: Those of this pane alone.
        active: Whether the pane has the keyboard focus.
    """

    plane: Plane
    header: ScanHeader
    volume: Volume | None
    image: SliceImage
    placement: Placement
    role: Line
    badge: tuple[Line, ...] = ()
    draft: Roi | None = None
    composite: Composite | None = None
    overlays: tuple[DrawnOverlay, ...] = ()
    active: bool = False

    def annotations(self, session: ShownStudy) -> Annotations:
        """Everything that is written over the slice.

        Args:
            session: Has the view and the measurements.

        Returns:
            The annotations, at their positions in the pane.
        """
        left, right, bottom, top = letters = self.image.letters
        view, size = session.view, self.placement.size
        crosshair = self.placement.pixel(view.cursor_mm)
        title, spacing = plane_title(self.plane, self.header, size.width(), size.height())
        return Annotations(
            top_left=(self.role, title, *oblique_note(self.header, size.width())),
            top_right=self.badge,
            bottom_left=(*spacing, slice_line(self.image)),
            letters=(right, left, bottom, top) if self.placement.mirrored else letters,
            crosshair=(crosshair.x(), crosshair.y()) if view.crosshair else None,
            pixels_per_mm=1 / self.placement.mm_per_pixel,
            depth=depth_of(self.image, self.plane, self.header.geometry),
            active=self.active,
            shapes=self._shapes(session.rois),
            divider=self.composite.divider() if self.composite else None,
            colour_bar=self._colour_bar(session.original or self.header),
        )

    def visible_rois(self, rois: Sequence[Roi]) -> list[tuple[int, Roi]]:
        """The measurements in this slice.

        Args:
            rois: All measurements of the study.

        Returns:
            (number in ``rois``, measurement) of each.
        """
        geometry, index = self.header.geometry, self.image.index
        return [
            (number, roi)
            for number, roi in enumerate(rois)
            if roi.plane is self.plane and slice_of(roi, geometry) == index
        ]

    def _shapes(self, rois: Sequence[Roi]) -> tuple[Shape, ...]:
        drawn = [roi for _, roi in self.visible_rois(rois)]
        if self.draft is not None:
            drawn.append(self.draft)
        return tuple(Shape(roi.kind, self._points(roi), self._text(roi)) for roi in drawn)

    def _text(self, roi: Roi) -> str:
        """The text beside a measurement; for a result to come without values."""
        return size_text(roi) if self.volume is None else measurement_text(roi, self.volume)

    def _points(self, roi: Roi) -> tuple[tuple[float, float], ...]:
        """The points of a measurement in pixels of the pane."""
        points: list[QPointF] = [self.placement.pixel(point) for point in roi.points_mm]
        return tuple((point.x(), point.y()) for point in points)

    def _colour_bar(self, frame: ScanHeader) -> ColourBar | None:
        """The scale of a difference, else that of a map."""
        bar = self.composite.colour_bar() if self.composite else None
        graded = [
            overlay.colours
            for overlay in self.overlays
            if isinstance(overlay.colours, ValueColours)
        ]
        if bar is not None or not graded:
            return bar
        table, window = graded[-1].table, graded[-1].window
        return ColourBar(table, window.low, window.high, frame.unit)
