"""What is written over a slice: names, letters, crosshair, scores, scale bar."""

from dataclasses import dataclass
from functools import cache, lru_cache
from math import floor

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from srviewer.core.window import rounded_down
from srviewer.gui import theme
from srviewer.gui.views.shapes import Shape, paint_shapes

MARGIN = 9.0  # px from the edge of the pane
GAP = 6.0  # px between the crosshair's lines and the point they mark
SHADOW = QColor(0, 0, 0, 190)
PLATE = QColor(0, 0, 0, 130)  # behind text, so that it can be read on bright tissue
WIDEST = 0.75  # of the pane, for one line of text beside which something else stands
LETTER = 12.0  # px on either side of the middle that the upper letter takes
CROSSHAIR = QColor(theme.ACCENT)
CROSSHAIR.setAlpha(150)


@dataclass(frozen=True)
class Line:
    """One line of text in a corner."""

    text: str
    colour: str = theme.TEXT
    bold: bool = False


@dataclass(frozen=True)
class Divider:
    """The edge of a curtain: ``share`` of the pane from the left, or from the top if not upright.

    ``names``: of what lies before and beyond it.
    """

    share: float
    upright: bool
    names: tuple[str, str]


@dataclass(frozen=True, eq=False)
class ColourBar:
    """A scale of colours: ``table`` (n, 3) RGB from ``low`` to ``high``, in ``unit``."""

    table: npt.NDArray[np.uint8]
    low: float
    high: float
    unit: str


@dataclass(frozen=True)
class Annotations:
    """Everything that is written over one slice.

    ``crosshair``: where it crosses, in pixels of the pane; None hides it. ``letters``: at the
    (left, right, bottom, top) edges of the screen. ``pixels_per_mm``: for the scale bar.
    ``depth``: how far through the volume this slice lies, 0..1. ``hint``: instead of a slice.
    ``active``: the pane that the keyboard steers. ``shapes``: measurements. ``divider``,
    ``colour_bar``: of what lies over the slice.
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
    divider: Divider | None = None
    colour_bar: ColourBar | None = None


def paint(painter: QPainter, area: QRectF, notes: Annotations) -> None:
    """Write ``notes`` over the pane that covers ``area``, in pixels."""
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    if notes.hint:
        _hint(painter, area, notes.hint)
    if notes.crosshair is not None:
        _crosshair(painter, area, QPointF(*notes.crosshair))
    if notes.divider is not None:
        _divider(painter, area, notes.divider)
    painter.setFont(_font(12, bold=True))
    paint_shapes(painter, area, notes.shapes)
    inner = area.adjusted(MARGIN, MARGIN - 2, -MARGIN, -MARGIN + 2)
    _corners(painter, inner, notes)
    _letters(painter, inner, notes.letters)
    if notes.pixels_per_mm > 0:
        _scale_bar(painter, inner, notes.pixels_per_mm)
    if notes.colour_bar is not None:
        _colour_bar(painter, inner, notes.colour_bar)
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


@cache
def _metrics(pixels: int, bold: bool) -> QFontMetricsF:
    return QFontMetricsF(_font(pixels, bold))


@lru_cache(maxsize=512)  # measuring text costs more than drawing it
def _fitting(text: str, bold: bool, room: float) -> tuple[str, float]:
    """What of ``text`` fits into ``room`` pixels, and how wide that is."""
    metrics = _metrics(12, bold)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    return shown, metrics.horizontalAdvance(shown)


def fits_beside(line: Line, pane_width: float) -> bool:
    """Whether ``line`` in an upper corner of a pane ends before the letter in its middle."""
    _, width = _fitting(line.text, line.bold, pane_width)
    return width <= pane_width / 2 - MARGIN - LETTER


def _corners(painter: QPainter, area: QRectF, notes: Annotations) -> None:
    """Lines in three corners; one too wide for the upper right stands above the slice's number."""
    flag = Qt.AlignmentFlag
    pane_width = area.width() + 2 * MARGIN
    fitting = [fits_beside(line, pane_width) for line in notes.top_right]
    beside, below = (
        tuple(line for line, fits in zip(notes.top_right, fitting, strict=True) if fits is kept)
        for kept in (True, False)
    )
    _lines(painter, area, notes.top_left, flag.AlignLeft | flag.AlignTop, WIDEST)
    _lines(painter, area, beside, flag.AlignRight | flag.AlignTop, WIDEST)
    foot = flag.AlignLeft | flag.AlignBottom
    _lines(painter, area, notes.bottom_left[-1:], foot, WIDEST)
    over_it = area.adjusted(0, 0, 0, -_metrics(12, False).height() - 7)  # and over the scale bar
    _lines(painter, over_it, (*notes.bottom_left[:-1], *below), foot, 1.0)


def _text(painter: QPainter, area: QRectF, line: Line, where: Qt.AlignmentFlag) -> None:
    """Text with a dark shadow, readable on white and on black."""
    painter.setPen(SHADOW)
    painter.drawText(area.translated(1, 1), where, line.text)
    painter.setPen(QColor(line.colour))
    painter.drawText(area, where, line.text)


def _lines(
    painter: QPainter,
    area: QRectF,
    lines: tuple[Line, ...],
    where: Qt.AlignmentFlag,
    widest: float,
) -> None:
    """Lines of text in a corner, each on a dark plate; cut at ``widest`` of the area's width."""
    metrics = [_metrics(12, line.bold) for line in lines]
    top = area.top()
    if where & Qt.AlignmentFlag.AlignBottom:
        top = area.bottom() - sum(m.height() + 1 for m in metrics)
    for line, metric in zip(lines, metrics, strict=True):
        text, width = _fitting(line.text, line.bold, widest * area.width())
        box = QRectF(area.left(), top, width + 1, metric.height() + 1)
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
    length = rounded_down(area.width() / pixels_per_mm / 4)
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


def _divider(painter: QPainter, area: QRectF, divider: Divider) -> None:
    """A thin line with a grip, and on either side the name of what lies there.

    The grip is away from the middle, which is what one looks at.
    """
    across, share = (area.width(), area.height()), divider.share
    if divider.upright:
        at = QPointF(area.left() + share * across[0], area.bottom() - 46)
        ends = QPointF(at.x(), area.top()), QPointF(at.x(), area.bottom())
    else:
        at = QPointF(area.left() + across[0] / 4, area.top() + share * across[1])
        ends = QPointF(area.left(), at.y()), QPointF(area.right(), at.y())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((SHADOW, 3.0), (QColor(theme.TEXT), 1.2)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(*ends)
    painter.setBrush(QColor(theme.SURFACE))
    painter.drawEllipse(at, 6.0, 6.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    flag = Qt.AlignmentFlag
    before, beyond = (Line(name, colour, bold=True) for name, colour in _sides(divider.names))
    if divider.upright:
        foot = QRectF(area.left() + 6, at.y() - 8, at.x() - area.left() - 18, 18)
        rest = QRectF(at.x() + 12, foot.top(), area.right() - at.x() - 18, 18)
        _lines(painter, foot, (before,), flag.AlignRight | flag.AlignTop, 1.0)
        _lines(painter, rest, (beyond,), flag.AlignLeft | flag.AlignTop, 1.0)
    else:
        box = QRectF(at.x() + 14, at.y() - 22, area.right() - at.x() - 40, 17)
        _lines(painter, box, (before,), flag.AlignLeft | flag.AlignTop, 1.0)
        _lines(painter, box.translated(0, 27), (beyond,), flag.AlignLeft | flag.AlignTop, 1.0)


def _sides(names: tuple[str, str]) -> tuple[tuple[str, str], tuple[str, str]]:
    return (names[0], theme.TEXT), (names[1], theme.ACCENT)


def _colour_bar(painter: QPainter, area: QRectF, bar: ColourBar) -> None:
    """Upright at the right edge, high values on top; its ends and its middle in figures."""
    height = min(120.0, 0.3 * area.height())
    box = QRectF(area.right() - 12, area.center().y() + 16, 10, height)
    colours = np.ascontiguousarray(bar.table[::-1, None, :])
    image = QImage(colours.data, 1, len(colours), 3, QImage.Format.Format_RGB888)
    painter.drawImage(box, image)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.MUTED), 1))
    painter.drawRect(box)
    painter.setFont(_font(11, bold=False))
    middle = (bar.low + bar.high) / 2
    sign = "+" if bar.low < 0 else ""
    top = f"{sign}{number_with_unit(bar.high, bar.unit)}"
    for share, text in ((0.0, top), (0.5, f"{middle:.4g}"), (1.0, f"{bar.low:.4g}")):
        place = QRectF(box.left() - 106, box.top() + share * height - 8, 100, 16)
        where = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        _text(painter, place, Line(text), where)


def number_with_unit(value: float, unit: str) -> str:
    """ "20 HU", or "20" where the unit is not known."""
    return f"{value:.4g} {unit}".strip()


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
