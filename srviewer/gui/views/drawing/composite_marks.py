"""Annotations of a composite: the curtain's edge, the colour scale."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from srviewer.gui.appearance import theme
from srviewer.gui.views.drawing.label_placing import Label
from srviewer.gui.views.drawing.text_drawing import (
    SHADOW,
    TEXT_HEIGHT,
    Line,
    draw_on_plate,
    draw_text,
    fitting,
    font,
    metrics,
)

BELOW_LETTER = 28.0  # px from the middle of the right edge, where an orientation letter stands
THREE_NUMBERS = 48.0  # px: a lower scale has no number in its middle
TWO_NUMBERS = 16.0  # px: a lower scale has the number of its upper end alone
SCALE_BAR = 32.0  # px at the foot of a pane that the bar of lengths and its name take


@dataclass(frozen=True)
class Divider:
    """The edge of a curtain.

    Attributes:
        share: Of the pane before the edge, 0 to 1: from the left, or from the top if not upright.
        upright: Whether the edge is vertical.
        names: Of the volumes before and beyond it.
    """

    share: float
    upright: bool
    names: tuple[str, str]


@dataclass(frozen=True, eq=False)
class ColourBar:
    """A colour scale.

    Attributes:
        table: (n, 3) RGB from ``low`` to ``high``.
        low: In ``unit``.
        high: In ``unit``.
        unit: "" where it is not known.
        decimals: Of its numbers; None for four significant digits.
        threshold: The least magnitude that is drawn, marked on the scale; 0 for all.
    """

    table: npt.NDArray[np.uint8]
    low: float
    high: float
    unit: str
    decimals: int | None = None
    threshold: float = 0.0

    def number(self, value: float) -> str:
        """Write a value without its unit, as all numbers of the scale.

        Args:
            value: In ``unit``.

        Returns:
            The number.
        """
        return f"{value:.4g}" if self.decimals is None else f"{value:.{self.decimals}f}"


def paint_divider(painter: QPainter, area: QRectF, divider: Divider) -> None:
    """Draw the edge with a grip, and on either side the name of the volume there.

    The grip is away from the middle, where the user looks, and from the notes at the foot.

    Args:
        painter: Of the pane, or of a figure.
        area: The pane, in pixels.
        divider: The edge.
    """
    grip = _grip(area, divider)
    if divider.upright:
        ends = QPointF(grip.x(), area.top()), QPointF(grip.x(), area.bottom())
    else:
        ends = QPointF(area.left(), grip.y()), QPointF(area.right(), grip.y())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((SHADOW, 3.0), (QColor(theme.TEXT), 1.2)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(*ends)
    painter.setBrush(QColor(theme.SURFACE))
    painter.drawEllipse(grip, 6.0, 6.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for label in divider_names(area, divider):
        draw_on_plate(painter, label.box, label.text, label.line)


def divider_names(area: QRectF, divider: Divider) -> tuple[Label, ...]:
    """The names of the volumes on either side of the edge, beside its grip.

    Args:
        area: The pane, in pixels.
        divider: The edge.

    Returns:
        Those for which there is room, cut where there is little.
    """
    grip = _grip(area, divider)
    before, beyond = (
        Line(name, colour, bold=True)
        for name, colour in zip(divider.names, (theme.TEXT, theme.ACCENT), strict=True)
    )
    if divider.upright:
        left = _name(before, grip.x() - area.left() - 18, grip.y() - 8)
        left.box.moveRight(grip.x() - 12)
        right = _name(beyond, area.right() - grip.x() - 18, grip.y() - 8)
        right.box.moveLeft(grip.x() + 12)
        labels = left, right
    else:
        room = area.right() - grip.x() - 40
        labels = _name(before, room, grip.y() - 22), _name(beyond, room, grip.y() + 5)
        for label in labels:
            label.box.moveLeft(grip.x() + 14)
    return tuple(label for label in labels if label.text)


def _name(line: Line, room: float, top: float) -> Label:
    text, width = fitting(line.text, line.bold, max(room, 0.0))
    height = metrics(TEXT_HEIGHT, line.bold).height() + 1
    return Label(text, QRectF(0, top, width + 1, height), line)


def _grip(area: QRectF, divider: Divider) -> QPointF:
    """The point at which the edge has its grip."""
    if divider.upright:
        above_notes = min(80.0, 0.3 * area.height())
        return QPointF(area.left() + divider.share * area.width(), area.bottom() - above_notes)
    return QPointF(area.left() + area.width() / 4, area.top() + divider.share * area.height())


def paint_colour_bar(painter: QPainter, area: QRectF, bar: ColourBar) -> None:
    """Draw a vertical colour scale at the right edge, with figures at its ends and its middle.

    Args:
        painter: Of the pane, or of a figure.
        area: The pane without its margins, in pixels.
        bar: The scale, high values on top.
    """
    box, texts = _bar_and_texts(area, bar)
    colours = np.ascontiguousarray(bar.table[::-1, None, :])
    image = QImage(colours.data, 1, len(colours), 3, QImage.Format.Format_RGB888)
    # Scaled in another format, it takes ten times as long.
    painter.drawImage(box, image.convertToFormat(QImage.Format.Format_RGB32))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.MUTED), 1))
    painter.drawRect(box)
    painter.setFont(font(11, bold=False))
    for share, text in texts:
        text_box = QRectF(box.left() - 106, box.top() + share * box.height() - 8, 100, 16)
        alignment = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        draw_text(painter, text_box, Line(text), alignment)
    _paint_threshold(painter, box, bar)


def colour_bar_box(area: QRectF, bar: ColourBar) -> QRectF:
    """The part of a pane that a colour scale takes with its figures.

    Args:
        area: The pane without its margins, in pixels.
        bar: The scale.

    Returns:
        A rectangle in pixels.
    """
    box, texts = _bar_and_texts(area, bar)
    widest = max(metrics(11, False).horizontalAdvance(text) for _, text in texts)
    return box.adjusted(-widest - 8, -9, 0, 9)


def _bar_and_texts(area: QRectF, bar: ColourBar) -> tuple[QRectF, tuple[tuple[float, str], ...]]:
    """The box of a scale, and its figures with the share of its height at which they stand."""
    upper = area.center().y() + BELOW_LETTER
    height = min(120.0, 0.3 * area.height(), area.bottom() - SCALE_BAR - upper)
    box = QRectF(area.right() - 12, upper, 10, max(height, 0.0))
    sign = "+" if bar.low < 0 else ""
    top = f"{sign}{bar.number(bar.high)} {bar.unit}".rstrip()
    marks = [(0.0, top)]
    if height >= TWO_NUMBERS:
        marks.append((1.0, bar.number(bar.low)))
    if height >= THREE_NUMBERS:
        marks.insert(1, (0.5, bar.number((bar.low + bar.high) / 2)))
    return box, tuple(marks)


def _paint_threshold(painter: QPainter, box: QRectF, bar: ColourBar) -> None:
    """Lines across the scale at the least values that are drawn."""
    painter.setPen(QPen(QColor(theme.TEXT), 2))
    for value in {bar.threshold, -bar.threshold if bar.low < 0 else bar.threshold}:
        if 0 < bar.threshold < bar.high:
            y = box.bottom() - (value - bar.low) / (bar.high - bar.low) * box.height()
            painter.drawLine(QPointF(box.left() - 3, y), QPointF(box.right() + 3, y))


def number_with_unit(value: float, unit: str) -> str:
    """Format a value with its unit: "20 HU".

    Args:
        value: Shown with four significant digits.
        unit: "" where it is not known.

    Returns:
        The number and the unit, or the number alone.
    """
    return f"{value:.4g} {unit}".strip()
