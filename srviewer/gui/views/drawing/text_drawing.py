"""Text over an image: lines that can be read on bright tissue and on black."""

from dataclasses import dataclass
from functools import cache, lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from srviewer.core.visible_text import visible_line
from srviewer.gui.appearance import theme

MARGIN = 9.0  # px from the edge of the pane
LETTER = 12.0  # px on either side of the middle that the upper letter takes
SHADOW = QColor(0, 0, 0, 190)
PLATE = QColor(0, 0, 0, 130)  # behind text, so that it can be read on bright tissue


@dataclass(frozen=True)
class Line:
    """One line of text in a corner."""

    text: str
    colour: str = theme.TEXT
    bold: bool = False


@cache
def font(pixels: int, bold: bool) -> QFont:
    """The font of everything over an image."""
    made = QFont()
    made.setFamilies(list(theme.FAMILIES))
    made.setPixelSize(pixels)
    made.setBold(bold)
    return made


@cache
def metrics(pixels: int, bold: bool) -> QFontMetricsF:
    """How large text in ``font`` is."""
    return QFontMetricsF(font(pixels, bold))


@lru_cache(maxsize=512)  # measuring text costs more than drawing it
def fitting(text: str, bold: bool, room: float) -> tuple[str, float]:
    """What of ``text`` fits into ``room`` pixels, and how wide that is."""
    measure = metrics(12, bold)
    shown = measure.elidedText(visible_line(text), Qt.TextElideMode.ElideRight, room)
    return shown, measure.horizontalAdvance(shown)


def fits_beside(line: Line, pane_width: float) -> bool:
    """Whether ``line`` in an upper corner of a pane ends before the letter in its middle."""
    _, width = fitting(line.text, line.bold, pane_width)
    return width <= pane_width / 2 - MARGIN - LETTER


def write(painter: QPainter, area: QRectF, line: Line, where: Qt.AlignmentFlag) -> None:
    """Text with a dark shadow, readable on white and on black."""
    painter.setPen(SHADOW)
    text = visible_line(line.text)
    painter.drawText(area.translated(1, 1), where, text)
    painter.setPen(QColor(line.colour))
    painter.drawText(area, where, text)


def write_lines(
    painter: QPainter,
    area: QRectF,
    lines: tuple[Line, ...],
    where: Qt.AlignmentFlag,
    widest: float,
) -> None:
    """Lines of text in a corner, each on a dark plate; cut at ``widest`` of the area's width."""
    heights = [metrics(12, line.bold).height() + 1 for line in lines]
    top = area.top()
    if where & Qt.AlignmentFlag.AlignBottom:
        top = area.bottom() - sum(heights)
    for line, height in zip(lines, heights, strict=True):
        text, width = fitting(line.text, line.bold, widest * area.width())
        box = QRectF(area.left(), top, width + 1, height)
        if where & Qt.AlignmentFlag.AlignRight:
            box.moveRight(area.right())
        if text:
            painter.fillRect(box.adjusted(-4, 0, 4, 0), PLATE)
        painter.setFont(font(12, line.bold))
        painter.setPen(QColor(line.colour))
        painter.drawText(box, where, text)
        top += height
