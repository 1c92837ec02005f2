"""A pane: a slice of one volume, drawn in millimetres."""

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QHideEvent, QImage, QPainterPath, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.planes import Plane, SliceImage, pane_position, slice_at
from srviewer.core.slices.rotated_planes import RotatedPlace
from srviewer.core.slices.thick_slab import SlabPlace
from srviewer.core.slices.trilinear import empty_of
from srviewer.core.visible_text import visible
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.gui.appearance.colour_maps import colours_of
from srviewer.gui.state.followed_state import MASK_TOOLS, MOTION
from srviewer.gui.state.progressive_preview import ProgressivePreview
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import tr
from srviewer.gui.views.drawing.annotations import Annotations
from srviewer.gui.views.drawing.canvas import Canvas, OverlayImage
from srviewer.gui.views.drawing.composite import Composite
from srviewer.gui.views.drawing.placement import Placement, fitted_scale
from srviewer.gui.views.drawing.slice_overlay import DrawnOverlay, drawn_overlay
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.gui.views.hand_drawings import HandDrawings
from srviewer.gui.views.moving_plane import MovingPlane
from srviewer.gui.views.overlay_place import OverlayPlace
from srviewer.gui.views.shared_scale import SharedScale
from srviewer.gui.views.shown_slice import ShownSlice
from srviewer.gui.views.slice_source import SliceSource
from srviewer.gui.views.tool_cursors import cursor_of
from srviewer.study.state.rotation_of_study import is_rotated, shown_grid
from srviewer.study.state.slab_of_study import stepped_grid
from srviewer.study.state.view import Point


class SliceView(QWidget):
    """Draws one plane of a volume at the study's crosshair, zoom, grey levels and colours.

    Panes that share a scale show as many millimetres per pixel, so a thick scan and a thin result
    lie over each other exactly, and what is longer in the patient is longer on the screen.

    Attributes:
        study: Says how the slice is drawn.
        plane: Axial, coronal or sagittal.
        slice: The slice that is shown; None while there is none.
        drawings: What the mouse is drawing or has chosen.
    """

    def __init__(self, study: ShownStudy, plane: Plane) -> None:
        super().__init__()
        self.study, self.plane = study, plane
        self._source, self._moving = SliceSource(plane, study.paces), MovingPlane(study, plane)
        self.slice: SliceImage | None = None
        self._overlays: tuple[DrawnOverlay, ...] = ()
        self._over_second = False
        self.drawings = HandDrawings(self._annotate)
        self._composite: Composite | None = None
        self._drawn: tuple[object, ...] = ()  # by the canvas, see ``_wanted``
        self._scale = SharedScale()
        self._dots_per_pixel = 0.0  # of a picture; 0 for the screen's
        self._canvas = Canvas()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._canvas)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("{plane} slice", plane=tr(plane.title)))
        study.follow(self.refresh, "view", "overlays", MOTION)
        study.follow(self._annotate, "rois", "locked", "annotations", MASK_TOOLS)
        study.follow(self._show_tool, "tool")

    def show_volume(self, volume: Volume | None, role: Line, hint: str) -> None:
        """Draw a volume from now on.

        Args:
            volume: None draws the hint instead.
            role: Names the volume.
            hint: Shown where there is no volume.
        """
        self._source.take_volume(volume, role)
        self.setAccessibleDescription(visible(volume.name) if volume is not None else hint)
        if volume is None:
            self.slice, self._drawn = None, ()
            self._source.forget()
            self._canvas.clear_pixels()
            self._canvas.annotate(Annotations(hint=hint))
        self.refresh()

    def show_preview(self, preview: ProgressivePreview) -> None:
        """Draw slices of a progressive preview, and cubic interpolation where there is none yet.

        Args:
            preview: Of the result that is being computed.
        """
        self._source.take_preview(preview)
        self.refresh()
        self.setAccessibleDescription(self._source.role.text)

    def show_badge(self, lines: tuple[Line, ...]) -> None:
        """Write the scores of the slice into the upper right corner.

        Args:
            lines: Replace those of the last call.
        """
        if lines != self._source.badge:
            self._source.badge = lines
            self._annotate()

    def show_overlays(self, overlays: tuple[DrawnOverlay, ...], over_second: bool = False) -> None:
        """Draw overlays over this pane's slices, above the overlays of the study.

        Args:
            overlays: Replace those of the last call, the last on top.
            over_second: Of a composite, they lie over B alone, else over A alone.
        """
        if (overlays, over_second) != (self._overlays, self._over_second):
            self._overlays, self._over_second = overlays, over_second
            self.refresh()

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
        self.slice = self._source.image(self.study.view.cursor_mm, self.slab, self.rotated)
        wanted = self._wanted()
        if wanted != self._drawn:
            self._drawn = wanted
            self._draw(header, self.slice)
        self._annotate()

    def _wanted(self) -> tuple[object, ...]:
        """Everything that decides what the canvas draws, but for annotations."""
        study, view = self.study, self.study.view
        # Composite and overlays are taken at the crosshair; the slice itself is cut already.
        cursor = view.cursor_mm if self._composite or study.overlays or self._overlays else None
        return (
            *(self.slice, study.scan, self.width(), self.height()),
            *(view.window, view.colours, view.inverted, view.smooth),
            *(view.centre_mm, self._mm_per_pixel(), view.radiological, view.turn_of(self.plane)),
            *(self._composite, study.overlays, self._overlays, self._over_second, cursor),
            *(view.thick_slab, (slab := self.slab) and slab.pixel_mm, view.rotation, study.painted),
        )

    def _draw(self, header: ScanHeader, image: SliceImage) -> None:
        view, placement = self.study.view, self.placement
        self._canvas.set_smooth(view.smooth)
        empty = None if self.volume is None else empty_of(self._projected(self.volume))
        colours = colours_of(view.colours, view.inverted)
        self._canvas.show_pixels(image.pixels, view.window, colours, empty)
        extent = QRectF(*image.extent_mm)
        self._canvas.place(extent, placement.transform)
        second, composite = None, self._composite
        if composite is not None and self.volume is not None:
            composite = replace(composite, volume=self._projected(composite.volume))
            second = composite.drawn(self._projected(self.volume), view, placement)
        self._canvas.show_second(second)
        clip = None if second is None else second.part(self._over_second, placement.shown)
        self._canvas.show_overlays(self._drawn_overlays(header, extent, clip))

    @property
    def slab(self) -> SlabPlace | None:
        """The thick slab that is drawn; None for single slices, as of a result to come."""
        if self.volume is None:
            return None
        return self._moving.slab(self.drawings.measurement is not None or self._dots_per_pixel > 0)

    @property
    def rotated(self) -> RotatedPlace | None:
        """The oblique plane that is drawn; None for a plain one, as of a result to come."""
        if self.volume is None or not is_rotated(self.study.state):
            return None
        pixel_mm = self._mm_per_pixel() / (self._dots_per_pixel or self.devicePixelRatioF())
        return self._moving.rotated(pixel_mm, of_picture=self._dots_per_pixel > 0)

    @property
    def grid(self) -> Geometry:
        """The grid along whose axes the slice is drawn; only while something is drawn."""
        assert self.header is not None
        geometry = self.header.geometry
        return geometry if self.volume is None else shown_grid(self.study.state, geometry)

    @property
    def stepped_grid(self) -> Geometry:
        """The grid on whose slices a step leads; only while something is drawn."""
        if self.volume is None:  # of a result to come, whose slices are plain
            return self.grid
        return stepped_grid(self.study.state, self.plane, self.volume.geometry)

    def _projected(self, volume: Volume) -> Volume:
        """What slices of a volume are taken of: its slab or oblique plane, else the volume."""
        slab, rotated = self.slab, self.rotated
        if rotated is not None:
            return self._source.sampler.sampled(volume, rotated)
        return volume if slab is None else self._source.projector.projected(volume, slab)

    @property
    def placement(self) -> Placement:
        """The positions of the pane; only while something is drawn."""
        grid = self.grid
        frame = self._frame() if self.rotated is None else grid
        return Placement(
            geometry=grid,
            plane=self.plane,
            size=self.size(),
            centre=pane_position(frame, self.plane, self.study.centre_mm()),
            mm_per_pixel=self._mm_per_pixel(),
            mirrored=self.mirrored,
            turn=self.study.view.turn_of(self.plane),
        )

    @property
    def volume(self) -> Volume | None:
        """The volume; None for a result to come, and before a scan is open."""
        return self._source.volume

    @property
    def header(self) -> ScanHeader | None:
        """The header of what is drawn; a result to come has no volume yet."""
        return self._source.header

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
        self._dots_per_pixel = dots_per_pixel  # an oblique plane may be sampled anew
        self.refresh()
        picture = self._canvas.picture(dots_per_pixel)
        self._dots_per_pixel = 0.0
        self.refresh()
        return picture

    @property
    def mirrored(self) -> bool:
        """Whether the left is the high end of the scale (R, or A in a sagittal pane), unturned."""
        return self.plane is Plane.SAGITTAL or self.study.view.radiological

    def world_at(self, position: QPointF, depth_mm: Point | None = None) -> Point | None:
        """The point in the patient under a position of the pane.

        Args:
            position: In pixels of the pane.
            depth_mm: RAS+ mm of a point that is as deep; None for the crosshair.

        Returns:
            RAS+ mm; None where nothing is drawn.
        """
        if self.header is None:
            return None
        return self.placement.world(position, depth_mm or self.study.view.cursor_mm)

    def position_of(self, world_mm: Point) -> QPointF:
        """The position at which a point in the patient is drawn.

        Args:
            world_mm: RAS+ mm.

        Returns:
            Pixels of the pane; they may lie outside it.
        """
        return self.placement.pixel(world_mm)

    def panned(self, by_pixels: QPointF) -> Point | None:
        """The point that comes to the middle of the pane when the image is moved.

        Args:
            by_pixels: The move to the right and down, in pixels of the pane.

        Returns:
            RAS+ mm; None where nothing is drawn.
        """
        if self.header is None:
            return None
        return self.placement.moved(by_pixels, self.study.centre_mm())

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
        """Called by Qt; a hidden pane does not follow the study."""
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Called by Qt; a hidden pane has no say in the scale."""
        self._scale.leave(self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Called by Qt."""
        self.study.active = self.plane
        self.study.focused.emit()
        self._show_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Called by Qt."""
        self._show_focus()

    def _frame(self) -> Geometry:
        """The grid that fits the pane at zoom 1: the scan's; only while something is drawn."""
        header = self.study.scan or self.header
        assert header is not None
        return header.geometry

    def _mm_per_pixel(self) -> float:
        return (self._scale.mm_per_pixel or self._fitted()) / self.study.view.zoom

    def _fitted(self) -> float:
        """The mm per pixel at which the scan fits this pane."""
        turn = self.study.view.turn_of(self.plane)
        return fitted_scale(self._frame(), self.plane, self.size(), turn)

    def _drawn_overlays(
        self, base: ScanHeader, extent: QRectF, clip: QPainterPath | None
    ) -> list[OverlayImage]:
        """The overlays of the study, and those of this pane within ``clip``."""
        cursor, own_base, own_extent = self.study.view.cursor_mm, base, extent
        if self._composite is not None and self._over_second:
            own_base = self._composite.volume  # B may have the finer grid
            own_extent = QRectF(*slice_at(self._projected(own_base), self.plane, cursor).extent_mm)
        place = OverlayPlace(self.plane, cursor, self.slab, self._source.projector, self.rotated)
        shared = place.images(map(drawn_overlay, self.study.overlays), base, extent, None)
        return [*shared, *place.images(self._overlays, own_base, own_extent, clip)]

    def _show_tool(self) -> None:
        self.setCursor(cursor_of(self.study.tool))
        self._annotate()  # the handles of a tool

    def _show_focus(self) -> None:
        self._canvas.annotate(replace(self._canvas.annotations, active=self.hasFocus()))

    @property
    def shown(self) -> ShownSlice | None:
        """The slice with all that is written over it; None while there is none."""
        if self.header is None or self.slice is None:
            return None
        return ShownSlice(
            study=self.study,
            plane=self.plane,
            header=self.header,
            grid=self.grid,
            volume=None if self.volume is None else self._projected(self.volume),
            slab=self.slab,
            rotated=self.rotated,
            image=self.slice,
            placement=self.placement,
            role=self._source.role,
            badge=self._source.badge,
            drawings=self.drawings,
            composite=self._composite,
            overlays=self._overlays,
            active=self.hasFocus(),
        )

    def _annotate(self) -> None:
        shown = self.shown if self.isVisible() else None
        if shown is not None:
            self._canvas.annotate(shown.annotations())
