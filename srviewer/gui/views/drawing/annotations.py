"""Annotations of a slice: names, letters, crosshair, scores, measurements, scale bar."""

from dataclasses import dataclass
from math import floor

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from srviewer.core.intensity.window import rounded_down
from srviewer.core.visible_text import visible
from srviewer.gui.appearance import theme
from srviewer.gui.views.drawing.composite_marks import (
    ColourBar,
    Divider,
    paint_colour_bar,
    paint_divider,
)
from srviewer.gui.views.drawing.shapes import Shape, paint_shapes
from srviewer.gui.views.drawing.text_annotations import DrawnText, paint_text_annotations
from srviewer.gui.views.drawing.text_drawing import (
    MARGIN,
    PLATE,
    SHADOW,
    Line,
    draw_text,
    fits_beside,
    font,
    lines_height,
    metrics,
    write_lines,
)

GAP = 6.0  # px between the crosshair's lines and the point they mark
PIECE = 90.0  # px, filled at a time
WIDEST = 0.75  # of the pane, for one line of text beside which something else stands
HALF = 0.48  # of the pane, for a line beside the scores
HEADER_GAP = 6.0  # px above the text of the header
LEFT = Qt.AlignmentFlag.AlignLeft
CROSSHAIR = QColor(theme.ACCENT)
CROSSHAIR.setAlpha(150)


@dataclass(frozen=True)
class Annotations:
    """The annotations of one slice.

    Attributes:
        top_left: Lines in that corner.
        header: Lines below ``top_left``: what the header says of patient and series.
        top_right: Lines in that corner; a line that is too wide goes to the foot.
        bottom_left: Lines at the foot, the last at the lower edge.
        letters: At the (left, right, bottom, top) edges of the screen.
        crosshair: Where its lines cross, in pixels of the pane; None hides it.
        pixels_per_mm: For the scale bar; 0 draws none.
        depth: Position of the slice in the volume, 0 to 1; None draws no slice bar.
        hint: Text in place of a slice.
        active: Whether the pane has the keyboard focus.
        shapes: Measurements.
        texts: Texts and arrows of the user.
        reading: What a drag has set so far, as text; "" for none.
        divider: The edge of a curtain, if there is one.
        colour_bar: The scale of a difference or a map, if there is one.
    """

    top_left: tuple[Line, ...] = ()
    header: tuple[Line, ...] = ()
    top_right: tuple[Line, ...] = ()
    bottom_left: tuple[Line, ...] = ()
    letters: tuple[str, str, str, str] = ("", "", "", "")
    crosshair: tuple[float, float] | None = None
    pixels_per_mm: float = 0.0
    depth: float | None = None
    hint: str = ""
    active: bool = False
    shapes: tuple[Shape, ...] = ()
    texts: tuple[DrawnText, ...] = ()
    reading: str = ""
    divider: Divider | None = None
    colour_bar: ColourBar | None = None


def paint(painter: QPainter, area: QRectF, notes: Annotations) -> None:
    """Draw annotations over a pane.

    Args:
        painter: Of the pane, or of a figure.
        area: The pane, in pixels.
        notes: What to draw.
    """
    paint_moving(painter, area, notes)
    paint_lasting(painter, area, notes)


def paint_lasting(painter: QPainter, area: QRectF, notes: Annotations) -> None:
    """Draw the annotations that are the same from slice to slice: those of ``static_annotations``.

    Args:
        painter: As in ``paint``.
        area: The pane, in pixels.
        notes: What to draw; the others are ignored.
    """
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    inner = _inner(area)
    write_lines(painter, inner, notes.top_left, LEFT | Qt.AlignmentFlag.AlignTop, WIDEST)
    below = inner.adjusted(0, lines_height(notes.top_left) + HEADER_GAP, 0, 0)
    widest = HALF if notes.top_right else WIDEST
    write_lines(painter, below, notes.header, LEFT | Qt.AlignmentFlag.AlignTop, widest)
    _letters(painter, inner, notes.letters)
    if notes.pixels_per_mm > 0:
        _scale_bar(painter, inner, notes.pixels_per_mm)


def static_annotations(notes: Annotations) -> tuple[object, ...]:
    """The annotations that ``paint_lasting`` draws, to know whether they have changed.

    Args:
        notes: All annotations.

    Returns:
        A tuple to compare with that of other annotations.
    """
    return notes.top_left, notes.header, bool(notes.top_right), notes.letters, notes.pixels_per_mm


def paint_moving(painter: QPainter, area: QRectF, notes: Annotations) -> None:
    """Draw the annotations that change with the crosshair: lines, scores, number of the slice.

    Args:
        painter: As in ``paint``.
        area: The pane, in pixels.
        notes: What to draw; those of ``static_annotations`` are ignored.
    """
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    if notes.hint:
        _hint(painter, area, notes.hint)
    if notes.crosshair is not None:
        _crosshair(painter, area, QPointF(*notes.crosshair))
    if notes.divider is not None:
        paint_divider(painter, area, notes.divider)
    painter.setFont(font(12, bold=True))
    paint_shapes(painter, area, notes.shapes)
    paint_text_annotations(painter, area, notes.texts)
    inner = _inner(area)
    _corners(painter, inner, notes)
    if notes.colour_bar is not None:
        paint_colour_bar(painter, inner, notes.colour_bar)
    if notes.depth is not None:
        _depth(painter, area, notes.depth)
    if notes.reading:
        _reading(painter, area, notes.reading)
    if notes.active:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.ACCENT), 1))
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))


def _inner(area: QRectF) -> QRectF:
    return area.adjusted(MARGIN, MARGIN - 2, -MARGIN, -MARGIN + 2)


def _corners(painter: QPainter, area: QRectF, notes: Annotations) -> None:
    """Lines in the other corners; lines that are too wide for the upper right stand at the foot."""
    flag = Qt.AlignmentFlag
    pane_width = area.width() + 2 * MARGIN
    fitting = [fits_beside(line, pane_width) for line in notes.top_right]
    beside, below = (
        tuple(line for line, fits in zip(notes.top_right, fitting, strict=True) if fits is expected)
        for expected in (True, False)
    )
    write_lines(painter, area, beside, flag.AlignRight | flag.AlignTop, WIDEST)
    foot = LEFT | flag.AlignBottom
    write_lines(painter, area, notes.bottom_left[-1:], foot, WIDEST)
    over_it = area.adjusted(0, 0, 0, -metrics(12, False).height() - 7)  # and over the scale bar
    write_lines(painter, over_it, (*notes.bottom_left[:-1], *below), foot, 1.0)


def _letters(painter: QPainter, area: QRectF, letters: tuple[str, str, str, str]) -> None:
    flag = Qt.AlignmentFlag
    alignments = (
        flag.AlignLeft | flag.AlignVCenter,
        flag.AlignRight | flag.AlignVCenter,
        flag.AlignBottom | flag.AlignHCenter,
        flag.AlignTop | flag.AlignHCenter,
    )
    painter.setFont(font(15, bold=True))
    for letter, alignment in zip(letters, alignments, strict=True):
        draw_text(painter, area, Line(letter, theme.WARNING), alignment)


def _crosshair(painter: QPainter, area: QRectF, point: QPointF) -> None:
    x, y = floor(point.x()), floor(point.y())
    left, right, top, bottom = area.left(), area.right(), area.top(), area.bottom()
    # Filled, since a line of a see-through colour takes ten times as long.
    for line in (
        QRectF(left, y, x - GAP - left, 1),
        QRectF(x + 1 + GAP, y, right - x - 1 - GAP, 1),
        QRectF(x, top, 1, y - GAP - top),
        QRectF(x, y + 1 + GAP, 1, bottom - y - 1 - GAP),
    ):
        if line.isValid():  # the crosshair may lie outside the pane
            _fill(painter, line, CROSSHAIR)


def _reading(painter: QPainter, area: QRectF, text: str) -> None:
    """On a plate in the lower middle, above the letter there."""
    width = metrics(13, True).horizontalAdvance(text) + 20
    box = QRectF(area.center().x() - width / 2, area.bottom() - 58, width, 22)
    painter.fillRect(box, PLATE)
    painter.setFont(font(13, bold=True))
    draw_text(painter, box, Line(text), Qt.AlignmentFlag.AlignCenter)


def _fill(painter: QPainter, area: QRectF, colour: QColor) -> None:
    """Fill in parts: from 96 rows of pixels on Qt calls threads, for which it waits longer."""
    top = area.top()
    while top < area.bottom():
        height = min(PIECE, area.bottom() - top)
        painter.fillRect(QRectF(area.left(), top, area.width(), height), colour)
        top += height


def _scale_bar(painter: QPainter, area: QRectF, pixels_per_mm: float) -> None:
    length = rounded_down(area.width() / pixels_per_mm / 4)
    width = length * pixels_per_mm
    right, bottom = area.right() - 4, area.bottom() - 2
    painter.setPen(QPen(SHADOW, 4))
    painter.drawLine(QPointF(right - width, bottom), QPointF(right, bottom))
    painter.setPen(QPen(QColor(theme.TEXT), 2))
    painter.drawLine(QPointF(right - width, bottom), QPointF(right, bottom))
    painter.setFont(font(11, bold=False))
    label = QRectF(right - width - 40, bottom - 19, width + 80, 15)
    alignment = Qt.AlignmentFlag.AlignHCenter
    if width < 60:
        label, alignment = QRectF(right - 100, bottom - 19, 100, 15), Qt.AlignmentFlag.AlignRight
    text = f"{length / 10:g} cm" if length >= 10 else f"{length:g} mm"
    draw_text(painter, label, Line(text), alignment)


def _depth(painter: QPainter, area: QRectF, depth: float) -> None:
    """The slice bar at the right edge: the position of this slice in the volume, top = last."""
    track = QRectF(area.right() - 5, area.top() + 2, 4, area.height() - 4)
    _fill(painter, track, QColor(255, 255, 255, 40))
    height = max(14.0, track.height() / 24)
    y = track.top() + (1 - depth) * (track.height() - height)
    painter.fillRect(QRectF(track.left(), y, track.width(), height), QColor(theme.ACCENT))


def _hint(painter: QPainter, area: QRectF, text: str) -> None:
    painter.setFont(font(13, bold=False))
    painter.setPen(QColor(theme.MUTED))
    painter.drawText(
        area.adjusted(24, 24, -24, -24),
        Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
        visible(text),
    )
