"""What is written over a slice: names, letters, crosshair, scores, scale bar."""

from dataclasses import dataclass
from functools import cache
from math import floor, log10

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from srviewer.gui import theme
from srviewer.gui.views.shapes import Shape, paint_shapes

MARGIN = 9.0  # px from the edge of the pane
GAP = 6.0  # px between the crosshair's lines and the point they mark
SHADOW = QColor(0, 0, 0, 190)
PLATE = QColor(0, 0, 0, 130)  # behind text, so that it can be read on bright tissue
WIDEST = 0.75  # of the pane, for one line of text
CROSSHAIR = QColor(theme.ACCENT)
CROSSHAIR.setAlpha(150)


@dataclass(frozen=True)
class Line:
    """One line of text in a corner."""

    text: str
    colour: str = theme.TEXT
    bold: bool = False


@dataclass(frozen=True)
class Annotations:
    """Everything that is written over one slice.

    ``crosshair``: where it crosses, in pixels of the pane; None hides it. ``letters``: at the
    (left, right, bottom, top) edges of the screen. ``pixels_per_mm``: for the scale bar.
    ``depth``: how far through the volume this slice lies, 0..1. ``hint``: instead of a slice.
    ``active``: the pane that the keyboard steers. ``shapes``: measurements.
    """

    top_left: tuple[Line, ...] = ()
    top_right: tuple[Line, ...] = ()
    bottom_left: tuple[Line, ...] = ()
    letters: tuple[str, str, str, str] = ("", "", "", "")
    crosshair: tuple[float, float] | None = None
    pixels_per_mm: float = 0.0
    depth: float | None = None
    hint: str = ""
    active: bool = False
    shapes: tuple[Shape, ...] = ()


def paint(painter: QPainter, area: QRectF, notes: Annotations) -> None:
    """Write ``notes`` over the pane that covers ``area``, in pixels."""
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    if notes.hint:
        _hint(painter, area, notes.hint)
    if notes.crosshair is not None:
        _crosshair(painter, area, QPointF(*notes.crosshair))
    painter.setFont(_font(12, bold=True))
    paint_shapes(painter, area, notes.shapes)
    inner = area.adjusted(MARGIN, MARGIN - 2, -MARGIN, -MARGIN + 2)
    left, top = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignTop
    _lines(painter, inner, notes.top_left, left | top)
    _lines(painter, inner, notes.top_right, Qt.AlignmentFlag.AlignRight | top)
    _lines(painter, inner, notes.bottom_left, left | Qt.AlignmentFlag.AlignBottom)
    _letters(painter, inner, notes.letters)
    if notes.pixels_per_mm > 0:
        _scale_bar(painter, inner, notes.pixels_per_mm)
    if notes.depth is not None:
        _depth(painter, area, notes.depth)
    if notes.active:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.ACCENT), 1))
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))


@cache
def _font(pixels: int, bold: bool) -> QFont:
    font = QFont()
    font.setFamilies(list(theme.FAMILIES))
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font


def _text(painter: QPainter, area: QRectF, line: Line, where: Qt.AlignmentFlag) -> None:
    """Text with a dark shadow, readable on white and on black."""
    painter.setPen(SHADOW)
    painter.drawText(area.translated(1, 1), where, line.text)
    painter.setPen(QColor(line.colour))
    painter.drawText(area, where, line.text)


def _lines(
    painter: QPainter, area: QRectF, lines: tuple[Line, ...], where: Qt.AlignmentFlag
) -> None:
    """Lines of text in a corner, each on a dark plate; one that is too long is cut."""
    metrics = [QFontMetricsF(_font(12, line.bold)) for line in lines]
    top = area.top()
    if where & Qt.AlignmentFlag.AlignBottom:
        top = area.bottom() - sum(m.height() + 1 for m in metrics)
    for line, metric in zip(lines, metrics, strict=True):
        text = metric.elidedText(line.text, Qt.TextElideMode.ElideRight, WIDEST * area.width())
        box = QRectF(area.left(), top, metric.horizontalAdvance(text) + 1, metric.height() + 1)
        if where & Qt.AlignmentFlag.AlignRight:
            box.moveRight(area.right())
        if text:
            painter.fillRect(box.adjusted(-4, 0, 4, 0), PLATE)
        painter.setFont(_font(12, line.bold))
        painter.setPen(QColor(line.colour))
        painter.drawText(box, where, text)
        top += box.height()


def _letters(painter: QPainter, area: QRectF, letters: tuple[str, str, str, str]) -> None:
    flag = Qt.AlignmentFlag
    places = (
        flag.AlignLeft | flag.AlignVCenter,
        flag.AlignRight | flag.AlignVCenter,
        flag.AlignBottom | flag.AlignHCenter,
        flag.AlignTop | flag.AlignHCenter,
    )
    painter.setFont(_font(15, bold=True))
    for letter, place in zip(letters, places, strict=True):
        _text(painter, area, Line(letter, theme.WARNING), place)


def _crosshair(painter: QPainter, area: QRectF, at: QPointF) -> None:
    painter.setPen(QPen(CROSSHAIR, 1))
    x, y = floor(at.x()) + 0.5, floor(at.y()) + 0.5
    painter.drawLine(QPointF(area.left(), y), QPointF(x - GAP, y))
    painter.drawLine(QPointF(x + GAP, y), QPointF(area.right(), y))
    painter.drawLine(QPointF(x, area.top()), QPointF(x, y - GAP))
    painter.drawLine(QPointF(x, y + GAP), QPointF(x, area.bottom()))


def _scale_bar(painter: QPainter, area: QRectF, pixels_per_mm: float) -> None:
    length = bar_length(area.width() / pixels_per_mm / 4)
    width = length * pixels_per_mm
    right, bottom = area.right() - 4, area.bottom() - 2
    painter.setPen(QPen(SHADOW, 4))
    painter.drawLine(QPointF(right - width, bottom), QPointF(right, bottom))
    painter.setPen(QPen(QColor(theme.TEXT), 2))
    painter.drawLine(QPointF(right - width, bottom), QPointF(right, bottom))
    painter.setFont(_font(11, bold=False))
    label = QRectF(right - width - 40, bottom - 19, width + 80, 15)
    place = Qt.AlignmentFlag.AlignHCenter
    if width < 60:
        label, place = QRectF(right - 100, bottom - 19, 100, 15), Qt.AlignmentFlag.AlignRight
    text = f"{length / 10:g} cm" if length >= 10 else f"{length:g} mm"
    _text(painter, label, Line(text), place)


def bar_length(most_mm: float) -> float:
    """The longest of 1, 2, 5, 10, 20, 50 ... mm that is no longer than ``most_mm``."""
    power = 10.0 ** floor(log10(most_mm))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most_mm * (1 + 1e-9))


def _depth(painter: QPainter, area: QRectF, depth: float) -> None:
    """The slice bar at the right edge: where this slice lies in the volume, top = last."""
    track = QRectF(area.right() - 5, area.top() + 2, 4, area.height() - 4)
    painter.fillRect(track, QColor(255, 255, 255, 40))
    height = max(14.0, track.height() / 24)
    y = track.top() + (1 - depth) * (track.height() - height)
    painter.fillRect(QRectF(track.left(), y, track.width(), height), QColor(theme.ACCENT))


def _hint(painter: QPainter, area: QRectF, text: str) -> None:
    painter.setFont(_font(13, bold=False))
    painter.setPen(QColor(theme.MUTED))
    painter.drawText(
        area.adjusted(24, 24, -24, -24),
        Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
        text,
    )
