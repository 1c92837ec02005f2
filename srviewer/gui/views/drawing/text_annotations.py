"""Texts and arrows of the user as they are drawn in a pane."""

from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF

from srviewer.core.visible_text import visible_line
from srviewer.gui.views.drawing.text_drawing import PLATE, SHADOW, font, metrics

COLOUR = QColor("#ffe08a")
PIXELS = 13  # of the font
HEAD = 11.0  # px: the length of the arrow's head
SPREAD = 0.42  # radians on either side of the arrow
GAP = 4.0  # px between the arrow and its text
REACH = 6.0  # px around a line within which it is grabbed


@dataclass(frozen=True)
class DrawnText:
    """A text with or without an arrow, in pixels of the pane.

    Attributes:
        at: Where the text begins, or the end of the arrow.
        text: One line; "" beside an arrow for none.
        tip: The tip of the arrow; None for no arrow.
        selected: Whether it is the one that Delete removes.
    """

    at: tuple[float, float]
    text: str
    tip: tuple[float, float] | None = None
    selected: bool = False

    def box(self, area: QRectF) -> QRectF:
        """The plate of the text, within the pane; beyond the end of an arrow.

        Args:
            area: The pane, in pixels.

        Returns:
            In pixels; empty where there is no text.
        """
        if not self.text:
            return QRectF()
        measure = metrics(PIXELS, True)
        width, height = measure.horizontalAdvance(visible_line(self.text)) + 10, measure.height()
        box = QRectF(self.at[0], self.at[1] - height / 2, width, height + 2)
        if self.tip is not None:
            right, down = self.at[0] - self.tip[0], self.at[1] - self.tip[1]
            if abs(down) > abs(right):
                box.moveLeft(self.at[0] - width / 2)
                box.moveTop(self.at[1] + GAP if down > 0 else self.at[1] - box.height() - GAP)
            else:
                box.moveLeft(self.at[0] + GAP if right > 0 else self.at[0] - width - GAP)
        box.moveLeft(max(min(box.left(), area.right() - width), area.left()))
        box.moveTop(max(min(box.top(), area.bottom() - box.height()), area.top()))
        return box

    def is_at(self, position: QPointF, area: QRectF) -> bool:
        """Whether the text or the line of the arrow is under the mouse.

        Args:
            position: In pixels of the pane.
            area: The pane, in pixels.

        Returns:
            True within a few pixels.
        """
        if self.box(area).contains(position):
            return True
        if self.tip is None:
            return False
        line = QPainterPath(QPointF(*self.at))
        line.lineTo(QPointF(*self.tip))
        stroker = QPainterPathStroker()
        stroker.setWidth(2 * REACH)
        return stroker.createStroke(line).contains(position)


def paint_text_annotations(
    painter: QPainter, area: QRectF, annotations: tuple[DrawnText, ...]
) -> None:
    """Draw texts and arrows over a pane.

    Args:
        painter: Of the pane, or of a figure.
        area: The pane, in pixels.
        annotations: In the order of drawing.
    """
    if not annotations:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font(PIXELS, bold=True))
    for drawn in annotations:
        if drawn.tip is not None:
            _arrow(painter, QPointF(*drawn.at), QPointF(*drawn.tip))
        box = drawn.box(area)
        if drawn.text:
            painter.fillRect(box, PLATE)
            painter.setPen(COLOUR)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, visible_line(drawn.text))
        if drawn.selected:
            _handles(painter, drawn, box)
    painter.restore()


def _arrow(painter: QPainter, end: QPointF, tip: QPointF) -> None:
    right, down = tip.x() - end.x(), tip.y() - end.y()
    if hypot(right, down) < 1:
        return
    angle = atan2(down, right)
    corners = [_from(tip, HEAD, angle + pi + side) for side in (-SPREAD, SPREAD)]
    head = QPolygonF([tip, *corners])
    for colour, width in ((SHADOW, 4.0), (COLOUR, 2.0)):
        painter.setPen(QPen(colour, width))
        painter.setBrush(colour)
        painter.drawLine(end, _from(tip, HEAD / 2, angle + pi))
        painter.drawPolygon(head)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _from(point: QPointF, distance: float, angle: float) -> QPointF:
    return QPointF(point.x() + distance * cos(angle), point.y() + distance * sin(angle))


def _handles(painter: QPainter, drawn: DrawnText, box: QRectF) -> None:
    painter.setPen(QPen(COLOUR, 1, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if drawn.text:
        painter.drawRect(box.adjusted(-1, -1, 1, 1))
    for point in (drawn.at, drawn.tip) if drawn.tip is not None else ():
        if point is not None:
            painter.drawEllipse(QPointF(*point), 4.0, 4.0)
