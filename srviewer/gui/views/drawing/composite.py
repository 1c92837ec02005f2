"""Composites: B drawn over A in one pane, by a function for each such layout."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, floor

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath

from srviewer.core.comparison.difference import difference_slice
from srviewer.core.intensity.window import Window
from srviewer.core.slices.planes import Plane, slice_at
from srviewer.core.slices.trilinear import empty_of
from srviewer.core.volumes.volume import Volume
from srviewer.gui.appearance.colour_maps import signed
from srviewer.gui.views.drawing.canvas import Second
from srviewer.gui.views.drawing.composite_marks import ColourBar, Divider
from srviewer.gui.views.drawing.pixels import words_of
from srviewer.gui.views.drawing.placement import Placement
from srviewer.study.state.comparing import Comparing
from srviewer.study.state.layouts import find_layout
from srviewer.study.state.view import View

MOST_TILES = 20_000  # in a pane: more cannot be distinguished and would stall the drawing


@dataclass(frozen=True)
class Composite:
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

    def drawn(self, base: Volume, view: View, placement: Placement) -> Second:
        """The second image for the canvas, over the slice of A.

        Args:
            base: A.
            view: Crosshair, grey levels and interpolation.
            placement: The positions of the pane.

        Returns:
            The slice of B with its clip, or the colours of the difference.
        """
        return COMPOSITES[self.comparing.layout](self, Under(base, view, placement))

    def divider(self) -> Divider | None:
        """The edge between A and B, where the layout has an edge that is dragged."""
        if "edge" not in find_layout(self.comparing.layout).controls:
            return None
        return Divider(self.comparing.divider, self.comparing.upright, self.names)

    def colour_bar(self) -> ColourBar | None:
        """The colour scale, where the layout has a range that is set."""
        if "range" not in find_layout(self.comparing.layout).controls:
            return None
        return ColourBar(signed(), -self.span, self.span, self.unit)


@dataclass(frozen=True)
class Under:
    """The pane that a composite is drawn in.

    Attributes:
        base: A.
        view: Crosshair, grey levels and interpolation.
        placement: The positions of the pane.
    """

    base: Volume
    view: View
    placement: Placement

    @property
    def plane(self) -> Plane:
        """The plane of the pane."""
        return self.placement.plane


def _curtain(composite: Composite, under: Under) -> Second:
    clip = QPainterPath()
    clip.addRect(_beyond(composite.comparing, under.placement))
    return _clipped(composite, under, clip)


def _checkerboard(composite: Composite, under: Under) -> Second:
    squares = _clipped(composite, under, tiles(under.placement.shown, composite.comparing.tile_mm))
    return replace(squares, outlined=True)


def _difference(composite: Composite, under: Under) -> Second:
    view = under.view
    difference = difference_slice(
        under.base, composite.volume, under.plane, view.cursor_mm, view.smooth
    )
    window = Window(-composite.span, composite.span)
    words = words_of(difference.image.pixels, window, signed(), difference.covered)
    return Second(words, QRectF(*difference.image.extent_mm), None, None)


# By the ids of the layouts that are composites.
COMPOSITES: dict[str, Callable[[Composite, Under], Second]] = {
    "curtain": _curtain,
    "checkerboard": _checkerboard,
    "difference": _difference,
}


def _clipped(composite: Composite, under: Under, clip: QPainterPath) -> Second:
    """B inside ``clip``, which is in pane mm."""
    image = slice_at(composite.volume, under.plane, under.view.cursor_mm)
    extent, empty = QRectF(*image.extent_mm), empty_of(composite.volume)
    return Second(image.pixels, extent, under.view.window, clip, empty=empty)


def _beyond(comparing: Comparing, placement: Placement) -> QRectF:
    """The part of the pane on B's side of the edge, in pane mm."""
    share, size = comparing.divider, placement.size
    width, height = float(size.width()), float(size.height())
    if comparing.upright:
        return placement.covered(QRectF(share * width, 0, (1 - share) * width, height))
    return placement.covered(QRectF(0, share * height, width, (1 - share) * height))


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
