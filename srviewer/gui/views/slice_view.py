"""A pane: a slice of one volume, drawn in millimetres."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QHideEvent, QImage, QPainterPath, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from srviewer.core.geometry.grid import Geometry
from srviewer.core.regions.roi import Roi, slice_of
from srviewer.core.slices.planes import (
    Plane,
    SliceImage,
    nearest_slice,
    pane_position,
    slice_at,
    world_position,
)
from srviewer.core.visible_text import visible
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.gui.appearance.colour_maps import colours_of
from srviewer.gui.state.progressive_preview import ProgressivePreview
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.state.tool import Tool
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import measurement_text, size_text
from srviewer.gui.views.drawing.annotations import Annotations
from srviewer.gui.views.drawing.canvas import Canvas, OverlayImage
from srviewer.gui.views.drawing.composite import Composite
from srviewer.gui.views.drawing.composite_marks import ColourBar
from srviewer.gui.views.drawing.shapes import Shape
from srviewer.gui.views.drawing.slice_overlay import DrawnOverlay, drawn_overlay
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.gui.views.pane_texts import (
    depth_of,
    first_look,
    name_lines,
    not_yet,
    plane_title,
    preview_notes,
    slice_line,
)
from srviewer.gui.views.shared_scale import SharedScale
from srviewer.study.state.view import Point

Source = TypeVar("Source", Volume, ProgressivePreview)
FIT = 0.94  # of the pane is filled by a volume at zoom 1


@dataclass(frozen=True, eq=False)
class Cut:
    """The slice that was cut last.

    Attributes:
        header: Of the volume, or of the result to come, of which it is a slice.
        number: Along the normal of the plane, before it is limited to the volume.
        image: The slice.
    """

    header: ScanHeader
    number: int
    image: SliceImage


class SliceView(QWidget):
    """Draws one plane of a volume at the study's crosshair, zoom, grey levels and colours.

    Panes that share a scale show as many millimetres per pixel, so a thick scan and a thin result
    lie over each other exactly, and what is longer in the patient is longer on the screen.

    Attributes:
        study: Says how the slice is drawn.
        plane: Axial, coronal or sagittal.
        volume: None for a result to come, and before a scan is open.
        slice: The slice that is shown; None while there is none.
    """

    def __init__(self, study: ShownStudy, plane: Plane) -> None:
        super().__init__()
        self.study, self.plane = study, plane
        self.volume: Volume | None = None
        self.slice: SliceImage | None = None
        self._role = Line("")
        self._badge: tuple[Line, ...] = ()
        self._overlays: tuple[DrawnOverlay, ...] = ()
        self._over_second = False
        self._draft: Roi | None = None
        self._composite: Composite | None = None
        self._preview: ProgressivePreview | None = None
        self._cut: Cut | None = None
        self._drawn: tuple[object, ...] = ()  # by the canvas, see ``_wanted``
        self._scale = SharedScale()
        self._canvas = Canvas()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._canvas)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("{plane} slice", plane=tr(plane.title)))
        study.follow(self.refresh, "view", "overlays")
        study.follow(self._show_rois, "rois", "locked")
        study.follow(self._show_tool, "tool")

    def show_volume(self, volume: Volume | None, role: Line, hint: str) -> None:
        """Draw a volume from now on.

        Args:
            volume: None draws the hint instead.
            role: Names the volume.
            hint: Shown where there is no volume.
        """
        self.volume, self._role, self._badge, self._preview = volume, role, (), None
        self.setAccessibleDescription(visible(volume.name) if volume is not None else hint)
        if volume is None:
            self._show_hint(Annotations(hint=hint))
        self.refresh()

    def show_preview(self, preview: ProgressivePreview) -> None:
        """Draw slices of a progressive preview, and cubic interpolation where there is none yet.

        Args:
            preview: Of the result that is being computed.
        """
        self.volume, self._preview = None, preview
        self.refresh()
        self.setAccessibleDescription(self._role.text)

    def show_badge(self, lines: tuple[Line, ...]) -> None:
        """Write the scores of the slice into the upper right corner.

        Args:
            lines: Replace those of the last call.
        """
        if lines == self._badge:
            return
        self._badge = lines
        if self.slice is not None:
            self._annotate(self.slice)

    def show_overlays(self, overlays: tuple[DrawnOverlay, ...], over_second: bool = False) -> None:
        """Draw overlays over this pane's slices, above the overlays of the session.

        Args:
            overlays: Replace those of the last call, the last on top.
            over_second: Of a composite, they lie over B alone, else over A alone.
        """
        if (overlays, over_second) != (self._overlays, self._over_second):
            self._overlays, self._over_second = overlays, over_second
            self.refresh()

    def show_draft(self, roi: Roi | None) -> None:
        """Show a measurement that is being drawn.

        Args:
            roi: None when it is finished or dropped.
        """
        if roi != self._draft:
            self._draft = roi
            self._show_rois()

    def visible_rois(self) -> list[tuple[int, Roi]]:
        """The measurements in the slice that is shown, with their numbers in the session."""
        if self.header is None or self.slice is None:
            return []
        geometry, index = self.header.geometry, self.slice.index
        return [
            (number, roi)
            for number, roi in enumerate(self.study.rois)
            if roi.plane is self.plane and slice_of(roi, geometry) == index
        ]

    def show_composite(self, composite: Composite | None) -> None:
        """Draw a composite in this pane.

        Args:
            composite: The second volume and how it is drawn; None shows the first volume alone.
        """
        self._composite = composite
        self.refresh()

    def share_scale(self, scale: SharedScale) -> None:
        """Show as many millimetres per pixel as the other panes of a group.

        Args:
            scale: Of the group.
        """
        if scale is not self._scale:
            self._scale.leave(self)
            self._scale = scale
            self.refresh()

    def refresh(self) -> None:
        """Draw the slice under the crosshair, with the study's present view."""
        header = self.header
        if header is None or not self.isVisible():
            self._scale.leave(self)
            return
        self._scale.fit(self, self._fitted())
        view = self.study.view
        self.slice = self._image(view.cursor_mm)
        wanted = self._wanted()
        if wanted != self._drawn:
            self._drawn = wanted
            self._draw(header, self.slice)
        self._annotate(self.slice)

    def _wanted(self) -> tuple[object, ...]:
        """Everything that decides what the canvas draws, but for annotations."""
        study = self.study
        view = study.view
        # Composite and overlays are sampled at the crosshair; the slice itself is cut already.
        cursor = view.cursor_mm if self._composite or study.overlays or self._overlays else None
        return (
            *(self.slice, study.scan, self.width(), self.height()),
            *(view.window, view.colours, view.inverted, view.smooth),
            *(view.centre_mm, self._mm_per_pixel(), view.radiological),
            *(self._composite, study.overlays, self._overlays, self._over_second, cursor),
        )

    def _draw(self, header: ScanHeader, image: SliceImage) -> None:
        view = self.study.view
        self._canvas.set_smooth(view.smooth)
        self._canvas.show_pixels(image.pixels, view.window, colours_of(view.colours, view.inverted))
        extent = QRectF(*image.extent_mm)
        shown = self._shown()
        self._canvas.place(extent, shown, self.mirrored)
        second = (
            self._composite.drawn(self.volume, self.plane, view, shown, self.mirrored)
            if self._composite and self.volume is not None
            else None
        )
        self._canvas.show_second(second)
        clip = None if second is None else second.part(self._over_second, shown)
        self._canvas.show_overlays(self._drawn_overlays(header, extent, clip))

    @property
    def header(self) -> ScanHeader | None:
        """The header of what is drawn; a result to come has no volume yet."""
        if self.volume is not None or self._preview is None:
            return self.volume
        return self._preview.header

    @property
    def annotations(self) -> Annotations:
        """The annotations of the slice."""
        return self._canvas.annotations

    def picture(self, dots_per_pixel: float) -> QImage:
        """The slice with composite and overlays, without annotations.

        Args:
            dots_per_pixel: Resolution of the image against that of the screen.

        Returns:
            An RGB image of the size of the pane times ``dots_per_pixel``.
        """
        return self._canvas.picture(dots_per_pixel)

    def annotations_printed(self) -> Annotations:
        """The annotations of the slice in a figure: without slice bar and frame of the focus."""
        return replace(self.annotations, depth=None, active=False)

    @property
    def mirrored(self) -> bool:
        """Whether the screen's left is the high end of the scale (R, or A in a sagittal pane)."""
        return self.plane is Plane.SAGITTAL or self.study.view.radiological

    def world_at(self, position: QPointF) -> Point | None:
        """The point in the patient under a position of the pane.

        Args:
            position: In pixels of the pane.

        Returns:
            RAS+ mm, in the plane of the crosshair; None where nothing is drawn.
        """
        return self._world(position, self.study.view.cursor_mm)

    def position_of(self, world_mm: Point) -> QPointF:
        """The position at which a point in the patient is drawn.

        Args:
            world_mm: RAS+ mm.

        Returns:
            Pixels of the pane; they may lie outside it.
        """
        assert self.header is not None
        x, y = pane_position(self.header.geometry, self.plane, world_mm)
        centre, scale = self._centre(), self._mm_per_pixel()
        right = (centre.x() - x if self.mirrored else x - centre.x()) / scale
        return QPointF(self.width() / 2 + right, self.height() / 2 - (y - centre.y()) / scale)

    def panned(self, by_pixels: QPointF) -> Point | None:
        """The point that comes to the middle of the pane when the image is moved.

        Args:
            by_pixels: The move to the right and down, in pixels of the pane.

        Returns:
            RAS+ mm; None where nothing is drawn.
        """
        middle = QPointF(self.width() / 2, self.height() / 2)
        return self._world(middle - by_pixels, self.study.centre_mm())

    def sizeHint(self) -> QSize:
        """Called by Qt."""
        return QSize(320, 300)

    def minimumSizeHint(self) -> QSize:
        """Called by Qt."""
        return QSize(150, 72)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Called by Qt."""
        self.refresh()

    def showEvent(self, event: object) -> None:
        """Called by Qt; a hidden pane does not follow the session."""
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Called by Qt; a hidden pane has no say in the scale."""
        self._scale.leave(self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Called by Qt."""
        self.study.active = self.plane
        self._show_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Called by Qt."""
        self._show_focus()

    def _image(self, cursor_mm: Point) -> SliceImage:
        """The slice under the crosshair, or what stands in for one that is not there yet."""
        volume, preview = self.volume, self._preview
        if volume is not None:
            return self._cut_of(volume, cursor_mm, slice_at, volume)
        assert preview is not None
        preview_slice = preview.at(self.plane, cursor_mm)
        if preview_slice is None:
            self._role, self._badge = not_yet(preview.even), ()
            return self._cut_of(preview.header, cursor_mm, ProgressivePreview.stand_in, preview)
        self._role, self._badge = first_look(), preview_notes(preview_slice)
        return preview.image(preview_slice, cursor_mm)

    def _cut_of(
        self,
        header: ScanHeader,
        cursor_mm: Point,
        cut: Callable[[Source, Plane, Point], SliceImage],
        source: Source,
    ) -> SliceImage:
        """The slice under the crosshair, cut again only where that lies in another one."""
        number = nearest_slice(header.geometry, self.plane, cursor_mm)
        if self._cut is None or self._cut.header is not header or self._cut.number != number:
            self._cut = Cut(header, number, cut(source, self.plane, cursor_mm))
        return self._cut.image

    def _show_hint(self, instead: Annotations) -> None:
        self.slice, self._cut, self._drawn = None, None, ()
        self._canvas.clear_pixels()
        self._canvas.annotate(instead)

    def _drawn_overlays(
        self, base: ScanHeader, extent: QRectF, clip: QPainterPath | None
    ) -> list[OverlayImage]:
        """The overlays of the study, and those of this pane within ``clip``."""
        view, own_extent, own_grid = self.study.view, extent, base.geometry
        if self._composite is not None and self._over_second:
            own_grid = self._composite.volume.geometry  # B may have the finer one
            second = slice_at(self._composite.volume, self.plane, view.cursor_mm)
            own_extent = QRectF(*second.extent_mm)
        overlays = (
            (drawn_overlay(each), base.geometry, extent, None) for each in self.study.overlays
        )
        own = ((overlay, own_grid, own_extent, clip) for overlay in self._overlays)
        return [
            self._overlay_image(overlay, grid, place, part)
            for overlay, grid, place, part in (*overlays, *own)
            if overlay.opacity > 0
        ]

    def _overlay_image(
        self, overlay: DrawnOverlay, grid: Geometry, extent: QRectF, clip: QPainterPath | None
    ) -> OverlayImage:
        position = grid, self.plane, self.study.view.cursor_mm
        if overlay.outlined:
            opacity = min(1.0, 2 * overlay.opacity)  # thin, so stronger
            return OverlayImage(overlay.outlines_on(*position), extent, opacity, clip)
        return OverlayImage(overlay.colours_on(*position), extent, overlay.opacity, clip)

    def _show_rois(self) -> None:
        if self.slice is not None and self.isVisible():
            self._annotate(self.slice)

    def _show_tool(self) -> None:
        drawing = self.study.tool is not Tool.CROSSHAIR
        self.setCursor(Qt.CursorShape.CrossCursor if drawing else Qt.CursorShape.ArrowCursor)

    def _shapes(self) -> tuple[Shape, ...]:
        rois = [roi for _, roi in self.visible_rois()]
        if self._draft is not None:
            rois.append(self._draft)
        return tuple(Shape(roi.kind, self._corners(roi), self._words_at(roi)) for roi in rois)

    def _words_at(self, roi: Roi) -> str:
        """The text beside a measurement; for a result to come without values."""
        return size_text(roi) if self.volume is None else measurement_text(roi, self.volume)

    def _corners(self, roi: Roi) -> tuple[tuple[float, float], ...]:
        """The points of a measurement in pixels of the pane."""
        return tuple((p.x(), p.y()) for p in map(self.position_of, roi.points_mm))

    def _show_focus(self) -> None:
        self._canvas.annotate(replace(self._canvas.annotations, active=self.hasFocus()))

    def _world(self, position: QPointF, depth_mm: Point) -> Point | None:
        """The RAS+ point under a position, as deep along the normal as ``depth_mm``."""
        if self.header is None:
            return None
        pane_mm = self._pane_mm(position)
        x, y, z = world_position(self.header.geometry, self.plane, pane_mm, depth_mm)
        return float(x), float(y), float(z)

    def _pane_mm(self, position: QPointF) -> tuple[float, float]:
        centre, scale = self._centre(), self._mm_per_pixel()
        right = (position.x() - self.width() / 2) * scale
        x = centre.x() - right if self.mirrored else centre.x() + right
        return x, centre.y() - (position.y() - self.height() / 2) * scale

    def _frame(self) -> ScanHeader:
        """The header of the volume that fixes the scale of all panes."""
        header = self.study.scan or self.header
        assert header is not None
        return header

    def _centre(self) -> QPointF:
        return QPointF(*pane_position(self._frame().geometry, self.plane, self.study.centre_mm()))

    def _mm_per_pixel(self) -> float:
        return (self._scale.mm_per_pixel or self._fitted()) / self.study.view.zoom

    def _fitted(self) -> float:
        """The mm per pixel at which the scan fits this pane."""
        geometry = self._frame().geometry
        _, across, up = self.plane.array_axes(geometry)
        width, height = (geometry.shape[a] * geometry.spacing[a] for a in (across, up))
        return max(width / max(1, self.width()), height / max(1, self.height())) / FIT

    def _shown(self) -> QRectF:
        """The pane mm that fill the pane."""
        centre, scale = self._centre(), self._mm_per_pixel()
        width, height = self.width() * scale, self.height() * scale
        return QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)

    def _annotate(self, image: SliceImage) -> None:
        assert self.header is not None
        left, right, bottom, top = image.letters
        cursor = self.study.view.cursor_mm
        crosshair = self.position_of(cursor)
        title, spacing = plane_title(self.plane, self.header, self.width())
        self._canvas.annotate(
            Annotations(
                top_left=(*name_lines(self._role, self.width()), title),
                top_right=self._badge,
                bottom_left=(*spacing, slice_line(image)),
                letters=(right, left, bottom, top) if self.mirrored else image.letters,
                crosshair=(crosshair.x(), crosshair.y()) if self.study.view.crosshair else None,
                pixels_per_mm=1 / self._mm_per_pixel(),
                depth=depth_of(image, self.plane, self.header.geometry),
                active=self.hasFocus(),
                shapes=self._shapes(),
                divider=self._composite.divider() if self._composite else None,
                colour_bar=self._colour_bar(),
            )
        )

    def _colour_bar(self) -> ColourBar | None:
        """The scale of a difference, else that of a map."""
        bar = self._composite.colour_bar() if self._composite else None
        bars = [overlay.bar for overlay in self._overlays if overlay.bar is not None]
        return bars[-1] if bar is None and bars else bar
