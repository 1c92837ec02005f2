"""The outline of the brush of a mask."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from srviewer.gui.appearance import theme
from srviewer.gui.views.drawing.text_drawing import SHADOW

LEAST = 1.5  # px, so that the outline of a small brush is seen


@dataclass(frozen=True)
class BrushMark:
    """The outline of a brush.

    Attributes:
        centre: In pixels of the pane.
        radius: In pixels.
        colour: RGB of the label, 0..255; None for the eraser, whose outline is dashed.
    """

    centre: tuple[float, float]
    radius: float
    colour: tuple[int, int, int] | None


def paint_brush(painter: QPainter, brush: BrushMark) -> None:
    """Draw the outline of a brush.

    Args:
        painter: Of the pane.
        brush: The outline.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    radius = max(brush.radius, LEAST)
    line = QPen(QColor(theme.TEXT) if brush.colour is None else QColor(*brush.colour), 1.5)
    if brush.colour is None:
        line.setStyle(Qt.PenStyle.DashLine)
    for pen in (QPen(SHADOW, 3.5), line):
        painter.setPen(pen)
        painter.drawEllipse(QPointF(*brush.centre), radius, radius)
    painter.restore()
