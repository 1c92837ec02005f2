"""The surface of a pane: one image in millimetres, annotations over it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap

from srviewer.core.volume import Voxels
from srviewer.core.window import Window
from srviewer.gui import theme
from srviewer.gui.colour_maps import Table
from srviewer.gui.layer import Rgba
from srviewer.gui.views.overlay import Annotations, lasting, paint_lasting, paint_moving


class _Item(pyqtgraph.ImageItem):
    """An image in the format that Qt scales fastest: grey bytes take more than twice as long.

    Only where it is drawn smoothly: blocks in that format are put on whole pixels of the screen.
    """

    smooth = True

    def render(self) -> None:
        """Called by pyqtgraph before the image is painted, where it has changed."""
        super().render()
        made: QImage | None = self.qimage
        if made is not None and self.smooth:
            seen_through, kind = made.hasAlphaChannel(), QImage.Format
            fast = kind.Format_ARGB32_Premultiplied if seen_through else kind.Format_RGB32
            self.qimage: QImage | None = made.convertToFormat(fast)


class _LayerItem(pyqtgraph.ImageItem):
    """Colours over the image, always as blocks: between two labels there is no third."""

    def paint(self, painter: QPainter, *rest: object) -> None:
        """Called by Qt."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        super().paint(painter, *rest)


EDGE = QColor(255, 255, 255, 40)  # between the two images of a pane


@dataclass(frozen=True, eq=False)
class Second:
    """Another image in the same pane.

    ``pixels``: (rows, columns) values, drawn as the first image is, or (rows, columns, 4) colours,
    which are drawn alone. ``extent``: where, in pane mm. ``window``: None for colours. ``clip``:
    the part of the pane that it covers, in pane mm; None for all of it.
    """

    pixels: Voxels | Rgba
    extent: QRectF
    window: Window | None
    clip: QPainterPath | None


class _SecondItem(_Item):
    """Drawn inside ``clip`` alone: sharp edges, and no voxel is copied."""

    clip: QPainterPath | None = None

    def paint(self, painter: QPainter, *rest: object) -> None:
        """Called by Qt."""
        painter.save()
        if self.clip is not None:
            inside = self.mapFromParent(self.clip)
            painter.setClipPath(inside, Qt.ClipOperation.IntersectClip)
        super().paint(painter, *rest)
        if self.clip is not None:
            painter.setClipping(False)
            pen = QPen(EDGE, 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPath(inside)
        painter.restore()


class Canvas(pyqtgraph.GraphicsView):
    """Draws; takes no input. The mouse goes to the pane behind it."""

    def __init__(self) -> None:
        super().__init__(useOpenGL=False, background=theme.IMAGE)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # Image and annotations are painted in one go; by parts, each would be painted twice.
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self.annotations = Annotations()
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._box = pyqtgraph.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self._image = _Item(axisOrder="row-major", autoDownsample=False)
        self._box.addItem(self._image, ignoreBounds=True)
        self.setCentralItem(self._box)
        self._second = _SecondItem(axisOrder="row-major", autoDownsample=False)
        self._second.setZValue(0.5)
        self._second.setVisible(False)
        self._box.addItem(self._second, ignoreBounds=True)
        self._table: Table | None = None
        self._layers: list[pyqtgraph.ImageItem] = []
        self._source: Voxels | None = None  # kept, so that its memory is nobody else's
        self._window: Window | None = None
        self._written: tuple[QSizeF, float, tuple[object, ...]] | None = None
        self._writing = QPixmap()  # as `_written` says
        self._placed: tuple[QRectF, QRectF, bool] | None = None

    def show_pixels(self, pixels: Voxels, window: Window, table: Table | None) -> None:
        """Draw (row, column) pixels with explicit levels, which pyqtgraph need not search for.

        ``table``: (256, 3) RGB; None for plain grey, which is faster.
        """
        self._image.setVisible(True)
        same = self._source is not None and _same_memory(pixels, self._source)
        if same and window == self._window and table is self._table:
            return
        # A slice across the memory takes longest to gather; dragging grey levels needs it once.
        gathered = self._image.image if same else np.ascontiguousarray(pixels)
        self._source, self._window, self._table = pixels, window, table
        self._image.setImage(
            gathered, autoLevels=False, levels=(window.low, window.high), lut=table
        )

    def clear_pixels(self) -> None:
        """Draw no image, and nothing over it."""
        self._source = None
        self._image.setVisible(False)
        self._second.setVisible(False)
        self.show_layers((), QRectF())

    def show_second(self, second: Second | None) -> None:
        """Draw another image over the first, or in its place; None draws none."""
        self._second.setVisible(second is not None)
        if second is None:
            return
        levels = None if second.window is None else (second.window.low, second.window.high)
        self._second.clip = second.clip
        self._second.setImage(
            np.ascontiguousarray(second.pixels),
            autoLevels=False,
            levels=levels,
            lut=None if second.window is None else self._table,
        )
        self._second.setRect(second.extent)
        self._image.setVisible(second.window is not None)

    def show_layers(self, layers: Sequence[tuple[Rgba, float]], extent: QRectF) -> None:
        """Draw these (colours, opacity) over the image, the last on top; all cover ``extent``."""
        while len(self._layers) < len(layers):
            item = _LayerItem(axisOrder="row-major", autoDownsample=False)
            item.setZValue(1 + len(self._layers))
            self._box.addItem(item, ignoreBounds=True)
            self._layers.append(item)
        for item in self._layers[len(layers) :]:
            item.setVisible(False)
        for item, (colours, opacity) in zip(self._layers, layers, strict=False):
            item.setImage(colours, autoLevels=False, levels=None)
            item.setRect(extent)
            item.setOpacity(opacity)
            item.setVisible(True)

    def set_smooth(self, smooth: bool) -> None:
        """Draw with bilinear interpolation, or as blocks."""
        if smooth == self._image.smooth:
            return
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        for item in (self._image, self._second):
            item.smooth = smooth
            if item.image is not None:
                item.updateImage()

    def place(self, extent: QRectF, shown: QRectF, mirrored: bool) -> None:
        """Put the image at ``extent`` and show ``shown``, both in pane mm.

        ``mirrored``: the scale grows to the left.
        """
        # Scrolling changes none of these, and setting them again costs a second painting.
        if (placed := (extent, shown, mirrored)) == self._placed:
            return
        self._placed = placed
        self._image.setRect(extent)
        self._box.invertX(mirrored)
        self._box.setRange(shown, padding=0, disableAutoRange=True)

    def picture(self, dots_per_pixel: float) -> QImage:
        """The images alone, without what is written over them."""
        size = self.viewport().size()
        image = QImage(size * dots_per_pixel, QImage.Format.Format_RGB32)
        image.fill(QColor(theme.IMAGE))
        painter = QPainter(image)
        painter.setRenderHints(self.renderHints())
        self.scene().render(painter, QRectF(image.rect()), QRectF(self.viewport().rect()))
        painter.end()
        return image

    def annotate(self, annotations: Annotations) -> None:
        """Write these over the image from now on."""
        self.annotations = annotations
        # Queued by the scene together with a new image, which viewport().update() is not.
        self.scene().update()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Called by Qt; scene coordinates are the pixels of the pane."""
        area = QRectF(self.viewport().rect())
        paint_moving(painter, area, self.annotations)
        painter.drawPixmap(0, 0, self._lasting(area))

    def _lasting(self, area: QRectF) -> QPixmap:
        """What is written over every slice alike, drawn once: text takes long."""
        ratio = self.devicePixelRatioF()
        wanted = area.size(), ratio, lasting(self.annotations)
        if wanted != self._written:
            self._written = wanted
            self._writing = QPixmap((area.size() * ratio).toSize())
            self._writing.setDevicePixelRatio(ratio)
            self._writing.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._writing)
            paint_lasting(painter, area, self.annotations)
            painter.end()
        return self._writing


def _same_memory(one: Voxels, other: Voxels) -> bool:
    """Whether both are one and the same view of an array that does not change."""
    places = (view.__array_interface__["data"][0] for view in (one, other))
    return one.shape == other.shape and one.strides == other.strides and len(set(places)) == 1
