"""Text over an image, legible on bright tissue and on black."""

from dataclasses import dataclass
from functools import cache, lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from srviewer.core.visible_text import visible_line
from srviewer.gui.appearance import theme

MARGIN = 9.0  # px from the edge of the pane
TEXT_HEIGHT = 12  # px, of the font of a line
LETTER = 12.0  # px on either side of the middle that the upper letter takes
SHADOW = QColor(0, 0, 0, 190)
PLATE = QColor(0, 0, 0, 130)  # behind text, so that it can be read on bright tissue


@dataclass(frozen=True)
class Line:
    """A line of text in a corner of a pane.

    Attributes:
        text: Translated; untrusted parts may be in it.
        colour: As #rrggbb.
        bold: For names and scores.
        cut: Where there is no room for all of it, its beginning is shown; else nothing.
        shorter: What is shown where there is no room for the text: the first that fits.
    """

    text: str
    colour: str = theme.TEXT
    bold: bool = False
    cut: bool = True
    shorter: tuple[str, ...] = ()


@cache
def font(pixels: int, bold: bool) -> QFont:
    """The font of all text over an image.

    Args:
        pixels: Its height.
        bold: Its weight.

    Returns:
        A shared font, not to be changed.
    """
    line_font = QFont()
    line_font.setFamilies(list(theme.FAMILIES))
    line_font.setPixelSize(pixels)
    line_font.setBold(bold)
    return line_font


@cache
def metrics(pixels: int, bold: bool) -> QFontMetricsF:
    """The size of text in ``font``.

    Args:
        pixels: As in ``font``.
        bold: As in ``font``.

    Returns:
        Qt's metrics of that font.
    """
    return QFontMetricsF(font(pixels, bold))


@lru_cache(maxsize=512)  # measuring text costs more than drawing it
def fitting(text: str, bold: bool, room: float) -> tuple[str, float]:
    """Cut a text to a width.

    Args:
        text: Untrusted text.
        bold: Its weight; its height is TEXT_HEIGHT.
        room: The width, in pixels.

    Returns:
        The text, or its beginning and an ellipsis, and its width in pixels.
    """
    measure = metrics(TEXT_HEIGHT, bold)
    shown = measure.elidedText(visible_line(text), Qt.TextElideMode.ElideRight, room)
    return shown, measure.horizontalAdvance(shown)


def fits_beside(line: Line, pane_width: float) -> bool:
    """Whether a line in an upper corner of a pane ends before the letter in the middle.

    Args:
        line: The line.
        pane_width: In pixels.

    Returns:
        True if it does.
    """
    _, width = fitting(line.text, line.bold, pane_width)
    return width <= pane_width / 2 - MARGIN - LETTER


def draw_text(painter: QPainter, area: QRectF, line: Line, where: Qt.AlignmentFlag) -> None:
    """Draw text with a dark shadow, legible on white and on black.

    Args:
        painter: Its font is used.
        area: In pixels.
        line: Text and colour.
        where: Position of the text within the area.
    """
    painter.setPen(SHADOW)
    text = visible_line(line.text)
    painter.drawText(area.translated(1, 1), where, text)
    painter.setPen(QColor(line.colour))
    painter.drawText(area, where, text)


def draw_on_plate(painter: QPainter, box: QRectF, text: str, line: Line) -> None:
    """Draw text on a dark plate.

    Args:
        painter: Of the pane, or of a figure.
        box: That of the text, in pixels.
        text: Visible text, which fits the box.
        line: Its colour and weight.
    """
    if text:
        painter.fillRect(box.adjusted(-4, 0, 4, 0), PLATE)
    painter.setFont(font(TEXT_HEIGHT, line.bold))
    painter.setPen(QColor(line.colour))
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text)
