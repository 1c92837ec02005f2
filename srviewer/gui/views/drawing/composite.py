"""Composites of A and B in one pane: curtain, checkerboard, difference."""

from dataclasses import dataclass
from math import ceil, floor

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath

from srviewer.core.comparison.difference import difference_slice
from srviewer.core.intensity.window import Window
from srviewer.core.slices.planes import Plane, slice_at
from srviewer.core.volumes.volume import Volume
from srviewer.gui.appearance.colour_maps import signed
from srviewer.gui.views.drawing.canvas import Second
from srviewer.gui.views.drawing.composite_marks import ColourBar, Divider
from srviewer.gui.views.drawing.slice_overlay import Graded
from srviewer.study.state.comparing import Comparing, Layout
from srviewer.study.state.view import View

MOST_TILES = 20_000  # in a pane: more cannot be distinguished and would stall the drawing


@dataclass(frozen=True)
class Over:
    """A composite: the second volume and how it is drawn over the first.

    Attributes:
        volume: B.
        names: Of A and B.
        comparing: Layout of the comparison, one that draws both volumes in a pane.
        span: The difference's colour scale runs from -span to span.
        unit: Of the scan, and so of ``span``.
    """

    volume: Volume
    names: tuple[str, str]
    comparing: Comparing
    span: float
    unit: str

    def drawn(
        self, base: Volume, plane: Plane, view: View, shown: QRectF, mirrored: bool
    ) -> Second:
        """The second image for the canvas, over the slice of A.

        Args:
            base: A.
            plane: Of the pane.
            view: Crosshair, grey levels and interpolation.
            shown: The rectangle that fills the pane, in pane mm.
            mirrored: Whether pane mm grow to the left.

        Returns:
            The slice of B with its clip, or the colours of the difference.
        """
        if self.comparing.layout is Layout.DIFFERENCE:
            return self._difference(base, plane, view)
        image = slice_at(self.volume, plane, view.cursor_mm)
        if self.comparing.layout is Layout.CURTAIN:
            clip = QPainterPath()
            clip.addRect(_beyond(self.comparing, shown, mirrored))
        else:
            clip = tiles(shown, self.comparing.tile_mm)
        return Second(image.pixels, QRectF(*image.extent_mm), view.window, clip)

    def divider(self) -> Divider | None:
        """The curtain's edge; None in other layouts."""
        if self.comparing.layout is not Layout.CURTAIN:
            return None
        return Divider(self.comparing.divider, self.comparing.upright, self.names)

    def colour_bar(self) -> ColourBar | None:
        """The scale of the difference; None in other layouts."""
        if self.comparing.layout is not Layout.DIFFERENCE:
            return None
        return ColourBar(signed(), -self.span, self.span, self.unit)

    def _difference(self, base: Volume, plane: Plane, view: View) -> Second:
        difference = difference_slice(base, self.volume, plane, view.cursor_mm, view.smooth)
        colours = Graded(signed(), Window(-self.span, self.span)).rgba(difference.image.pixels)
        colours[..., 3] *= difference.covered
        return Second(colours, QRectF(*difference.image.extent_mm), None, None)


def _beyond(comparing: Comparing, shown: QRectF, mirrored: bool) -> QRectF:
    """The part of ``shown``, in pane mm, on B's side of the edge."""
    share = comparing.divider
    if not comparing.upright:  # pane mm grow upwards
        return QRectF(shown.left(), shown.top(), shown.width(), shown.height() * (1 - share))
    left = shown.left() if mirrored else shown.left() + share * shown.width()
    return QRectF(left, shown.top(), shown.width() * (1 - share), shown.height())


def tiles(shown: QRectF, side_mm: float) -> QPainterPath:
    """B's squares of a checkerboard, with corners at multiples of their side.

    Args:
        shown: The rectangle that fills the pane, in pane mm.
        side_mm: Side of a square; enlarged where there would be more than 20,000 squares.

    Returns:
        Every second square, in pane mm.
    """
    side = max(side_mm, (shown.width() * shown.height() / MOST_TILES) ** 0.5)
    path = QPainterPath()
    for row in range(floor(shown.top() / side), ceil(shown.bottom() / side)):
        for column in range(floor(shown.left() / side), ceil(shown.right() / side)):
            if (row + column) % 2:
                path.addRect(QRectF(column * side, row * side, side, side))
    return path
