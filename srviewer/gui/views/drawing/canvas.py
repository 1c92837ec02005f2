"""The surface of a pane: images in millimetres, annotations over them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTransform,
)
from PySide6.QtWidgets import QWidget

from srviewer.core.intensity.window import Window
from srviewer.core.volumes.volume import Voxels
from srviewer.gui.appearance import theme
from srviewer.gui.appearance.colour_maps import Table
from srviewer.gui.views.drawing.annotations import (
    Annotations,
    paint_moving,
    place,
)
from srviewer.gui.views.drawing.label_outlines import Outline
from srviewer.gui.views.drawing.pixels import (
    Words,
    along_memory,
    image_of,
    image_of_colours,
    image_of_words,
)
from srviewer.gui.views.drawing.slice_overlay import Rgba
from srviewer.gui.views.drawing.stamps import Stamps

EDGE = QColor(255, 255, 255, 40)  # between the two images of a pane
OUTLINE_PX = 1.6  # on a screen
# Of squares: seen on dark and on bright tissue, and not in the colour of the crosshair.
OUTLINE = ((QColor(0, 0, 0, 110), 3.0), (QColor(255, 255, 255, 130), 1.0))
SMOOTH = QPainter.RenderHint.SmoothPixmapTransform


@dataclass(frozen=True, eq=False)
class Second:
    """A second image in the same pane.

    Attributes:
        pixels: (rows, columns) values, drawn as the first image is, or what is drawn alone:
            colours 0xffRRGGBB, or (rows, columns, 4) RGBA.
        extent: Its rectangle in pane mm.
        window: Grey levels of values; None for colours.
        clip: The part of the pane that it covers, in pane mm; None for all of it.
        outlined: Whether the edges of that part are drawn so that they are seen on any image.
        empty: The value of pixels that are black; None for none.
    """

    pixels: Voxels | Words | Rgba
    extent: QRectF
    window: Window | None
    clip: QPainterPath | None
    outlined: bool = False
    empty: float | None = None

    def part(self, second: bool, shown: QRectF) -> QPainterPath | None:
        """The part of the pane that one of the two images covers.

        Args:
            second: Whether that of this image, else that of the first.
            shown: The rectangle that fills the pane, in pane mm.

        Returns:
            In pane mm; None for all of the pane.
        """
        if self.clip is None or second:
            return self.clip
        whole = QPainterPath()
        whole.addRect(shown)
        return whole.subtracted(self.clip)


@dataclass(frozen=True, eq=False)
class OverlayImage:
    """The colours of an overlay on the pixels of a slice, or the outlines of its labels.

    Attributes:
        drawn: (rows, columns, 4) RGBA, or the outline of each label.
        extent: Its rectangle in pane mm.
        opacity: 0 to 1.
        clip: The part of the pane that it covers, in pane mm; None for all of it.
    """

    drawn: Rgba | tuple[Outline, ...]
    extent: QRectF
    opacity: float
    clip: QPainterPath | None = None


_Lines = list[tuple[QColor, list[QLineF]]]


class _Made:
    """An image that is computed when it is first drawn; ``make`` gets whether smoothly."""

    def __init__(self, make: Callable[[bool], QImage]) -> None:
        self._make = make
        self._made: dict[bool, QImage] = {}

    def image(self, smooth: bool) -> QImage:
        """The image for smooth or for blockwise scaling."""
        if smooth not in self._made:
            self._made[smooth] = self._make(smooth)
        return self._made[smooth]


class Canvas(QWidget):
    """Draws images and annotations; takes no input. The mouse goes to the pane behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.annotations = Annotations()
        self._smooth = True
        self._image: _Made | None = None
        self._second: tuple[Second, _Made] | None = None
        self._overlays: list[tuple[OverlayImage, _Made | _Lines]] = []
        self._extent, self._to_pixels = QRectF(), QTransform()  # in pane mm, and from these
        self._table: Table | None = None
        self._window: Window | None = None
        self._source: Voxels | None = None  # kept, so that its memory is nobody else's
        self._gathered: Voxels | None = None  # the same pixels along the memory
        self._stamps = Stamps()

    @property
    def filled(self) -> bool:
        """Whether there is a slice to draw."""
        return self._image is not None

    def show_pixels(
        self, pixels: Voxels, window: Window, table: Table | None, empty: float | None
    ) -> None:
        """Draw a slice; its first row lies at the lower edge.

        Args:
            pixels: (rows, columns), in the unit of the volume.
            window: Grey levels, in the same unit.
            table: (256, 3) RGB; None for plain grey, which is faster.
            empty: The value of pixels that are black; None for none.
        """
        same = self._source is not None and _same_memory(pixels, self._source)
        if same and window == self._window and table is self._table:
            return
        # Dragging grey levels needs a slice gathered once.
        gathered = self._gathered if same and self._gathered is not None else along_memory(pixels)
        self._source, self._gathered, self._window, self._table = pixels, gathered, window, table
        self._image = _Made(lambda smooth: image_of(gathered, window, table, smooth, empty))
        self.update()

    def clear_pixels(self) -> None:
        """Draw no image, no second image and no overlays."""
        self._source = self._gathered = self._image = self._second = None
        self._overlays = []
        self.update()

    def show_second(self, second: Second | None) -> None:
        """Draw a second image over the first, or instead of it.

        Args:
            second: None draws the first alone.
        """
        self._second = None if second is None else (second, self._made(second))
        self.update()

    def show_overlays(self, overlays: Sequence[OverlayImage]) -> None:
        """Draw overlays over the image.

        Args:
            overlays: The last is on top.
        """
        self._overlays = [
            (
                overlay,
                [(QColor(*line.colour), line.lines(overlay.extent)) for line in overlay.drawn]
                if isinstance(overlay.drawn, tuple)
                else _coloured(overlay.drawn),
            )
            for overlay in overlays
        ]
        self.update()

    def set_smooth(self, smooth: bool) -> None:
        """Choose the interpolation of the pixels.

        Args:
            smooth: True for bilinear interpolation, False for blocks.
        """
        self._smooth = smooth
        self.update()

    def place(self, extent: QRectF, to_pixels: QTransform) -> None:
        """Set the position of the image.

        Args:
            extent: The rectangle of the image, in pane mm.
            to_pixels: From pane mm, which grow upwards, to pixels of the pane.
        """
        self._extent, self._to_pixels = extent, to_pixels
        self.update()

    def picture(self, dots_per_pixel: float) -> QImage:
        """The images without annotations.

        Args:
            dots_per_pixel: Resolution of the image against that of the screen.

        Returns:
            An RGB image of the size of the canvas times ``dots_per_pixel``.
        """
        image = QImage(self.size() * dots_per_pixel, QImage.Format.Format_RGB32)
        image.fill(QColor(theme.IMAGE))
        painter = QPainter(image)
        painter.scale(image.width() / self.width(), image.height() / self.height())
        self._draw_images(painter, dots_per_pixel)
        painter.end()
        return image

    def annotate(self, annotations: Annotations) -> None:
        """Draw these annotations over the image from now on.

        Args:
            annotations: Replace those of the last call.
        """
        self.annotations = annotations
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        area = QRectF(self.rect())
        painter = QPainter(self)
        painter.fillRect(area, QColor(theme.IMAGE))
        self._draw_images(painter)
        placed = place(area, self.annotations)
        paint_moving(painter, area, self.annotations, placed)
        self._stamps.draw(painter, placed.parts, self.devicePixelRatioF())
        painter.end()

    def _made(self, second: Second) -> _Made:
        window, table = second.window, self._table
        if window is None:
            if second.pixels.dtype == np.uint8:
                return _coloured(np.asarray(second.pixels, np.uint8))
            words = np.asarray(second.pixels, np.uint32)
            return _Made(lambda smooth: image_of_words(words, smooth))
        gathered = along_memory(np.asarray(second.pixels, np.float32))
        return _Made(lambda smooth: image_of(gathered, window, table, smooth, second.empty))

    def _draw_images(self, painter: QPainter, dots_per_pixel: float = 1.0) -> None:
        if self._image is None:
            return
        painter.save()
        painter.setTransform(self._to_pixels, combine=True)
        painter.setRenderHint(SMOOTH, self._smooth)
        if self._second is None or self._second[0].window is not None:
            painter.drawImage(self._extent, self._image.image(self._smooth))
        if self._second is not None:
            self._draw_second(painter, *self._second)
        painter.setRenderHint(SMOOTH, False)  # between two labels there is no third
        for overlay, drawn in self._overlays:
            painter.setOpacity(overlay.opacity)
            if overlay.clip is not None:
                painter.setClipPath(overlay.clip)
            if isinstance(drawn, _Made):
                painter.drawImage(overlay.extent, drawn.image(False))
            else:
                _draw_lines(painter, drawn, OUTLINE_PX * dots_per_pixel)
            painter.setClipping(False)
        painter.restore()

    def _draw_second(self, painter: QPainter, second: Second, lazy_image: _Made) -> None:
        """Draw within the clip alone: sharp edges, and no voxel is copied."""
        if second.clip is not None:
            painter.setClipPath(second.clip)
        painter.drawImage(second.extent, lazy_image.image(self._smooth))
        if second.clip is not None:
            painter.setClipping(False)
            if second.outlined:
                painter.setClipRect(second.extent)
            for colour, width in OUTLINE if second.outlined else ((EDGE, 1.0),):
                pen = QPen(colour, width)
                pen.setCosmetic(True)
                painter.setPen(pen)
                painter.drawPath(second.clip)
            painter.setClipping(False)


def _draw_lines(
    painter: QPainter, outlines: list[tuple[QColor, list[QLineF]]], width: float
) -> None:
    """Draw outlines with lines of one width, whatever the zoom."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, lines in outlines:
        pen = QPen(colour, width)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLines(lines)


def _coloured(colours: Rgba) -> _Made:
    return _Made(lambda smooth: image_of_colours(colours, smooth))


def _same_memory(first: Voxels, second: Voxels) -> bool:
    """Whether both are the same view of an array that does not change."""
    addresses = (view.__array_interface__["data"][0] for view in (first, second))
    return (
        first.shape == second.shape and first.strides == second.strides and len(set(addresses)) == 1
    )
