"""Annotations of a composite: the curtain's edge, the colour scale."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from srviewer.gui.appearance import theme
from srviewer.gui.views.drawing.text_drawing import SHADOW, Line, draw_text, font, write_lines

BELOW_LETTER = 28.0  # px from the middle of the right edge, where an orientation letter stands
THREE_NUMBERS = 48.0  # px: a lower scale has no number in its middle
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
    across, share = (area.width(), area.height()), divider.share
    if divider.upright:
        above_notes = min(80.0, 0.3 * area.height())
        grip = QPointF(area.left() + share * across[0], area.bottom() - above_notes)
        ends = QPointF(grip.x(), area.top()), QPointF(grip.x(), area.bottom())
    else:
        grip = QPointF(area.left() + across[0] / 4, area.top() + share * across[1])
        ends = QPointF(area.left(), grip.y()), QPointF(area.right(), grip.y())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((SHADOW, 3.0), (QColor(theme.TEXT), 1.2)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(*ends)
    painter.setBrush(QColor(theme.SURFACE))
    painter.drawEllipse(grip, 6.0, 6.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    flag = Qt.AlignmentFlag
    before, beyond = (Line(name, colour, bold=True) for name, colour in _sides(divider.names))
    if divider.upright:
        foot = QRectF(area.left() + 6, grip.y() - 8, grip.x() - area.left() - 18, 18)
        rest = QRectF(grip.x() + 12, foot.top(), area.right() - grip.x() - 18, 18)
        write_lines(painter, foot, (before,), flag.AlignRight | flag.AlignTop, 1.0)
        write_lines(painter, rest, (beyond,), flag.AlignLeft | flag.AlignTop, 1.0)
    else:
        box = QRectF(grip.x() + 14, grip.y() - 22, area.right() - grip.x() - 40, 17)
        write_lines(painter, box, (before,), flag.AlignLeft | flag.AlignTop, 1.0)
        write_lines(painter, box.translated(0, 27), (beyond,), flag.AlignLeft | flag.AlignTop, 1.0)


def _sides(names: tuple[str, str]) -> tuple[tuple[str, str], tuple[str, str]]:
    return (names[0], theme.TEXT), (names[1], theme.ACCENT)


def paint_colour_bar(painter: QPainter, area: QRectF, bar: ColourBar) -> None:
    """Draw a vertical colour scale at the right edge, with figures at its ends and its middle.

    Args:
        painter: Of the pane, or of a figure.
        area: The pane without its margins, in pixels.
        bar: The scale, high values on top.
    """
    upper = area.center().y() + BELOW_LETTER
    height = min(120.0, 0.3 * area.height(), area.bottom() - SCALE_BAR - upper)
    box = QRectF(area.right() - 12, upper, 10, height)
    colours = np.ascontiguousarray(bar.table[::-1, None, :])
    image = QImage(colours.data, 1, len(colours), 3, QImage.Format.Format_RGB888)
    painter.drawImage(box, image)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.MUTED), 1))
    painter.drawRect(box)
    painter.setFont(font(11, bold=False))
    sign = "+" if bar.low < 0 else ""
    top = f"{sign}{bar.number(bar.high)} {bar.unit}".rstrip()
    marks = [(0.0, top), (1.0, bar.number(bar.low))]
    if height >= THREE_NUMBERS:
        marks.insert(1, (0.5, bar.number((bar.low + bar.high) / 2)))
    for share, text in marks:
        text_box = QRectF(box.left() - 106, box.top() + share * height - 8, 100, 16)
        alignment = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        draw_text(painter, text_box, Line(text), alignment)

    _paint_threshold(painter, box, bar)


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
