"""Measurements as they are drawn in a pane."""

from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from srviewer.core.regions.roi import Kind
from srviewer.core.visible_text import visible_line

COLOUR = QColor("#8fe388")
SHADOW = QColor(0, 0, 0, 190)
PLATE = QColor(0, 0, 0, 150)
HANDLE = 3.0  # px: half the side of the square at a point
ROUND = 64  # corners of a drawn ellipse
TEXT_GAP = 8.0  # px


@dataclass(frozen=True)
class Shape:
    """A measurement in pixels of the pane.

    Attributes:
        kind: Distance, angle, rectangle or ellipse.
        points: Those of its Roi, in pixels of the pane.
        text: A line beside it; "" for none.
    """

    kind: Kind
    points: tuple[tuple[float, float], ...]
    text: str = ""


def paint_shapes(painter: QPainter, area: QRectF, shapes: tuple[Shape, ...]) -> None:
    """Draw measurements over a pane.

    Args:
        painter: Its font is that of the texts.
        area: The pane, in pixels.
        shapes: In the order of drawing.
    """
    if not shapes:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for shape in shapes:
        outline = _outline(shape)
        for pen in (QPen(SHADOW, 3.5), QPen(COLOUR, 1.6)):
            painter.setPen(pen)
            if shape.kind in ("rectangle", "ellipse"):
                painter.drawPolygon(outline)
            else:
                painter.drawPolyline(outline)
        for x, y in shape.points:
            square = QRectF(x - HANDLE, y - HANDLE, 2 * HANDLE, 2 * HANDLE)
            painter.fillRect(square, COLOUR)
        if shape.text:
            _label(painter, area, outline.boundingRect(), shape.text)
    painter.restore()


def _outline(shape: Shape) -> QPolygonF:
    points = np.array(shape.points)
    if shape.kind in ("distance", "angle"):
        return QPolygonF([QPointF(x, y) for x, y in points])
    centre, u, v = points[0], points[1] - points[0], points[2] - points[0]
    if shape.kind == "rectangle":
        corners = [centre + a * u + b * v for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    else:
        turns = (2 * pi * number / ROUND for number in range(ROUND))
        corners = [centre + cos(turn) * u + sin(turn) * v for turn in turns]
    return QPolygonF([QPointF(x, y) for x, y in corners])


def _label(painter: QPainter, area: QRectF, around: QRectF, text: str) -> None:
    """Write below the shape, or above it where the pane ends; never beyond the pane."""
    text = visible_line(text)
    metrics = QFontMetricsF(painter.font())
    size = metrics.size(Qt.TextFlag.TextSingleLine, text)
    box = QRectF(0, 0, size.width() + 10, size.height() + 2)
    box.moveTopLeft(QPointF(around.center().x() - box.width() / 2, around.bottom() + TEXT_GAP))
    if box.bottom() > area.bottom():
        box.moveBottom(around.top() - TEXT_GAP)
    box.moveLeft(min(max(box.left(), area.left()), area.right() - box.width()))
    painter.fillRect(box, PLATE)
    painter.setPen(COLOUR)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
