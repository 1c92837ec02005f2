"""Measurements as they are drawn in a pane."""

from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF

from srviewer.core.regions.roi import Kind
from srviewer.core.visible_text import visible_line
from srviewer.gui.views.drawing.text_drawing import metrics

COLOUR = QColor("#8fe388")
SHADOW = QColor(0, 0, 0, 190)
PLATE = QColor(0, 0, 0, 150)
HANDLE = 3.0  # px: half the side of the square at a point
ROUND = 64  # corners of a drawn ellipse
TEXT_GAP = 8.0  # px
REACH = 6.0  # px around a line within which it is under the mouse
LEADER = 14.0  # px: a label that is nearer needs no line to its measurement


@dataclass(frozen=True)
class Shape:
    """A measurement in pixels of the pane.

    Attributes:
        kind: Distance, angle, rectangle or ellipse.
        points: Those of its Roi, in pixels of the pane.
        text: A line beside it; "" for none.
        label: The middle of the text, where the user has moved it; None for beside the line.
    """

    kind: Kind
    points: tuple[tuple[float, float], ...]
    text: str = ""
    label: tuple[float, float] | None = None


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
        line = outline(shape)
        for pen in (QPen(SHADOW, 3.5), QPen(COLOUR, 1.6)):
            painter.setPen(pen)
            if shape.kind in ("rectangle", "ellipse"):
                painter.drawPolygon(line)
            else:
                painter.drawPolyline(line)
        for x, y in shape.points:
            square = QRectF(x - HANDLE, y - HANDLE, 2 * HANDLE, 2 * HANDLE)
            painter.fillRect(square, COLOUR)
        if shape.text:
            _label(painter, area, shape)
    painter.restore()


def outline(shape: Shape) -> QPolygonF:
    """The line of a measurement.

    Args:
        shape: The measurement.

    Returns:
        Corners in pixels of the pane; closed by the painter for a rectangle or an ellipse.
    """
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


def label_box(area: QRectF, shape: Shape) -> QRectF:
    """The plate of a measurement's text: beside its line, or where the user has put it.

    Args:
        area: The pane, in pixels, beyond which it never reaches.
        shape: The measurement.

    Returns:
        In pixels; empty where there is no text.
    """
    if not shape.text:
        return QRectF()
    measure = metrics(12, True)
    width = measure.horizontalAdvance(visible_line(shape.text)) + 10
    box = QRectF(0, 0, width, measure.height() + 2)
    if shape.label is not None:
        box.moveCenter(QPointF(*shape.label))
    else:
        _place_beside(box, area, shape)
    box.moveLeft(max(min(box.left(), area.right() - box.width()), area.left()))
    box.moveTop(max(min(box.top(), area.bottom() - box.height()), area.top()))
    return box


def is_at(shape: Shape, position: QPointF) -> bool:
    """Whether the line of a measurement is under the mouse.

    Args:
        shape: The measurement.
        position: In pixels of the pane.

    Returns:
        True within a few pixels.
    """
    path = QPainterPath()
    path.addPolygon(outline(shape))
    if shape.kind in ("rectangle", "ellipse"):
        path.closeSubpath()
    stroker = QPainterPathStroker()
    stroker.setWidth(2 * REACH)
    return stroker.createStroke(path).contains(position)


def _place_beside(box: QRectF, area: QRectF, shape: Shape) -> None:
    """Across from the line of a distance, outside an angle, right of a region."""
    points = np.array(shape.points)
    if shape.kind in ("rectangle", "ellipse"):
        around = outline(shape).boundingRect()
        box.moveCenter(around.center())
        box.moveLeft(around.right() + TEXT_GAP)
        if box.right() > area.right():
            box.moveRight(around.left() - TEXT_GAP)
        return
    if shape.kind == "angle":
        start, away = points[1], -(_unit(points[0] - points[1]) + _unit(points[2] - points[1]))
    else:
        right, down = points[1] - points[0]
        start, away = points.mean(axis=0), np.array((-down, right))
        if away[0] < 0 or (away[0] == 0 and away[1] < 0):
            away = -away
    away = _unit(away) if away.any() else np.array((0.0, 1.0))
    size = np.array((box.width(), box.height())) / 2
    centre = start + away * (np.abs(away) @ size + TEXT_GAP)
    if shape.kind == "distance" and centre[0] + size[0] > area.right():
        centre = 2 * start - centre
    box.moveCenter(QPointF(*centre))


def _unit(vector: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    length = float(np.hypot(*vector))
    return vector / length if length else vector


def _label(painter: QPainter, area: QRectF, shape: Shape) -> None:
    """Write the text; a line leads from one that was moved to its measurement."""
    box = label_box(area, shape)
    if shape.label is not None:
        corners = outline(shape).toList()
        middles = [(a + b) / 2 for a, b in pairwise(corners)]
        nearest = min(
            (*corners, *middles), key=lambda point: (point - box.center()).manhattanLength()
        )
        if not box.adjusted(-LEADER, -LEADER, LEADER, LEADER).contains(nearest):
            painter.setPen(QPen(COLOUR, 1, Qt.PenStyle.DotLine))
            painter.drawLine(nearest, box.center())
    painter.fillRect(box, PLATE)
    painter.setPen(COLOUR)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, visible_line(shape.text))
