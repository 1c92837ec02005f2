"""The slice that a pane shows, with all that is written over it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF

from srviewer.core.geometry.grid import Geometry
from srviewer.core.regions.roi import Roi, moved_to_slice, slice_of
from srviewer.core.regions.text_annotation import TextAnnotation
from srviewer.core.slices.planes import Plane, SliceImage, nearest_slice
from srviewer.core.slices.rotated_planes import RotatedPlace
from srviewer.core.slices.thick_slab import SlabPlace
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.gui.state.mask_tools import corrected_overlay
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.state.tool import Tool
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import measurement_text, size_text
from srviewer.gui.views.corner_text import corner_text
from srviewer.gui.views.drawing.annotations import Annotations
from srviewer.gui.views.drawing.brush_mark import BrushMark
from srviewer.gui.views.drawing.composite import Composite
from srviewer.gui.views.drawing.composite_marks import ColourBar
from srviewer.gui.views.drawing.placement import Placement
from srviewer.gui.views.drawing.shapes import Shape
from srviewer.gui.views.drawing.slice_overlay import DrawnOverlay
from srviewer.gui.views.drawing.text_annotations import DrawnText
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.gui.views.hand_drawings import HandDrawings
from srviewer.gui.views.pane_texts import (
    depth_of,
    name_lines,
    oblique_lines,
    plane_title,
    rotated_title,
    slab_line,
    slice_line,
    turn_note,
)
from srviewer.study.state.rotation_of_study import is_rotated
from srviewer.study.state.view import Point


@dataclass(frozen=True, eq=False)
class ShownSlice:
    """A slice with all that is written over it.

    Attributes:
        study: Has the view, the measurements and the annotations.
        plane: Of the pane.
        header: Of what is drawn.
        grid: Along whose axes it is drawn.
        volume: Its voxels, or those of the slab or of the oblique plane; None for a result to come.
        slab: The thick slab that is shown; None for a single slice.
        rotated: The oblique plane that is shown; None for a plain one.
        image: The slice.
        placement: The positions of the pane.
        role: Names the volume.
        badge: The scores of the slice.
        drawings: What the mouse is drawing or has chosen.
        composite: The second volume and how it is drawn.
        overlays: Those of this pane alone.
        active: Whether the pane has the keyboard focus.
    """

    study: ShownStudy
    plane: Plane
    header: ScanHeader
    grid: Geometry
    volume: Volume | None
    slab: SlabPlace | None
    rotated: RotatedPlace | None
    image: SliceImage
    placement: Placement
    role: Line
    badge: tuple[Line, ...]
    drawings: HandDrawings
    composite: Composite | None = None
    overlays: tuple[DrawnOverlay, ...] = ()
    active: bool = False

    def annotations(self) -> Annotations:
        """Everything that is written over the slice, at its position in the pane."""
        study = self.study
        view, width = study.view, self.placement.size.width()
        turned = turn_note(self.placement.turn)
        crosshair = self.placement.pixel(view.cursor_mm)
        title, spacing = plane_title(self.plane, self.header, width)
        over = () if self.composite is None else (self.composite.volume.geometry,)
        slab = slab_line(study.view.thick_slab, self.slab, (self.header.geometry, *over))
        if is_rotated(study.state):
            if self.rotated is not None:
                title, spacing = rotated_title(self.plane, study.state), ()
            slab = oblique_lines(study.view.thick_slab, self.rotated)
        return Annotations(
            top_left=(*name_lines(self.role, width), *turned, *slab, title),
            header=corner_text(self.header) if view.header_text else (),
            top_right=self.badge,
            bottom_left=(*spacing, slice_line(self.image, view.zoom, width)),
            letters=self.placement.letters(self.image.letters),
            crosshair=(crosshair.x(), crosshair.y()) if view.crosshair else None,
            pixels_per_mm=1 / self.placement.mm_per_pixel,
            depth=depth_of(self.image, self.plane, self.grid),
            handles=self.has_handles,
            active=self.active,
            shapes=self._shapes(),
            texts=self._texts(),
            reading=self.drawings.reading,
            brush=self._brush(),
            divider=self.composite.divider() if self.composite else None,
            colour_bar=self._colour_bar(),
        )

    def _brush(self) -> BrushMark | None:
        """The outline of the brush at the mouse, in the colour of the label that it paints."""
        at, study = self.drawings.brush, self.study
        if at is None:
            return None
        radius = study.mask_tools.brush.diameter_mm / 2 / self.placement.mm_per_pixel
        found = corrected_overlay(study.state, study.mask_tools)
        labels = () if found is None or study.tool is Tool.ERASER else found[1].labels
        colours = (one.colour for one in labels if one.value == study.mask_tools.label)
        return BrushMark(at, radius, next(colours, None))

    def visible_rois(self) -> list[tuple[int, Roi]]:
        """The measurements in this slice, with their numbers in the study.

        In an oblique plane they are distances and angles alone, whose points lie in it; the voxels
        of a region lie in slices.
        """
        return [(number, roi) for number, roi in enumerate(self.study.rois) if self._has_roi(roi)]

    def _has_roi(self, roi: Roi) -> bool:
        if self.rotated is not None:
            return not roi.has_values and self._in_plane(roi.points_mm)
        if roi.plane is not self.plane or slice_of(roi, self.header.geometry) not in self._slices:
            return False
        # One that was drawn in an oblique plane and runs through other slices is in none of them.
        along = self.header.geometry.index(roi.points_mm)[:, self.plane.normal_axis(self.grid)]
        return roi.has_values or float(np.ptp(along)) <= len(self._slices)

    def _in_plane(self, points_mm: Sequence[Point]) -> bool:
        """Whether all points are within half a pixel of the oblique plane."""
        normal = self.plane.axes[0]
        along = self.grid.along([*points_mm, self.study.view.cursor_mm])[:, normal]
        return float(np.abs(along - along[-1]).max()) <= self.grid.spacing[normal] / 2

    @property
    def has_handles(self) -> bool:
        """Whether the planes can be dragged at the ends of the crosshair."""
        rotating = self.study.tool is Tool.ROTATE_PLANES
        crosshair = self.study.view.crosshair and self.volume is not None
        return crosshair and (rotating or self.rotated is not None)

    @property
    def _slices(self) -> range:
        """The numbers of the slices that are shown: one, or those of the slab."""
        if self.slab is not None:
            return self.slab.numbers(self.header.geometry)
        return range(self.image.index, self.image.index + 1)

    def has_points(self, points_mm: Sequence[Point]) -> bool:
        """Whether points lie in the slice, the slab or the oblique plane that is shown.

        Args:
            points_mm: RAS+ mm.

        Returns:
            True where all of them do.
        """
        if self.rotated is not None:
            return self._in_plane(points_mm)
        grid, slices = self.header.geometry, self._slices
        return all(nearest_slice(grid, self.plane, point) in slices for point in points_mm)

    def visible_annotations(self) -> list[tuple[int, TextAnnotation]]:
        """The texts and arrows in this slice, with their numbers in the study."""
        return [
            (number, annotation)
            for number, annotation in enumerate(self.study.annotations)
            if self._has_annotation(annotation)
        ]

    def _has_annotation(self, annotation: TextAnnotation) -> bool:
        if self.rotated is not None:
            return self._in_plane([annotation.at_mm])
        geometry, slices = self.header.geometry, self._slices
        is_in = any(annotation.is_in(index, geometry) for index in slices)
        return annotation.plane is self.plane and is_in

    def drawn_text(self, annotation: TextAnnotation) -> DrawnText:
        """A text or an arrow at its position in the pane.

        Args:
            annotation: In this slice.

        Returns:
            In pixels of the pane.
        """
        at, *tips = (self.placement.pixel(point) for point in annotation.points_mm)
        tip = (tips[0].x(), tips[0].y()) if tips else None
        return DrawnText((at.x(), at.y()), annotation.text, tip)

    def _texts(self) -> tuple[DrawnText, ...]:
        drawn = [
            replace(self.drawn_text(annotation), selected=number == self.drawings.selected)
            for number, annotation in self.visible_annotations()
        ]
        if self.drawings.arrow is not None:
            drawn.append(self.drawn_text(self.drawings.arrow))
        return tuple(drawn)

    def _shapes(self) -> tuple[Shape, ...]:
        drawn = [roi for _, roi in self.visible_rois()]
        if self.drawings.measurement is not None:
            drawn.append(self.drawings.measurement)
        return tuple(map(self.shape, drawn))

    def shape(self, roi: Roi) -> Shape:
        """A measurement at its position in the pane.

        Args:
            roi: In this slice.

        Returns:
            In pixels of the pane.
        """
        label = None
        if roi.label_mm is not None:
            centre = self.placement.pixel(roi.anchor_mm + roi.label_mm)
            label = centre.x(), centre.y()
        return Shape(roi.kind, self._points(roi), self._text(roi), label)

    def _text(self, roi: Roi) -> str:
        """The text beside a measurement; for a result to come without values."""
        if self.volume is None:
            return size_text(roi)
        text = measurement_text(self.measured(roi), self.volume, self.study.auto_window)
        of_slab = self.slab is not None and roi.has_values
        return tr("{values} of the slab", values=text) if of_slab else text

    def measured(self, roi: Roi) -> Roi:
        """A measurement where it has its values: in a slab, its slices are one.

        Args:
            roi: In this slice, or in a slice of the slab.

        Returns:
            The measurement in ``volume``.
        """
        if self.slab is None or self.volume is None:
            return roi
        return moved_to_slice(roi, self.volume.geometry, 0.0)

    def _points(self, roi: Roi) -> tuple[tuple[float, float], ...]:
        """The points of a measurement in pixels of the pane."""
        points: list[QPointF] = [self.placement.pixel(point) for point in roi.points_mm]
        return tuple((point.x(), point.y()) for point in points)

    def _colour_bar(self) -> ColourBar | None:
        """The scale of a difference, else that of a map."""
        bar = self.composite.colour_bar() if self.composite else None
        bars = [overlay.bar for overlay in self.overlays if overlay.bar is not None]
        return bars[-1] if bar is None and bars else bar
