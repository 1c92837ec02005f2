"""Annotations of a slice: names, letters, crosshair, scores, measurements, scale bar."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import floor

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from srviewer.core.intensity.window import rounded_down
from srviewer.core.visible_text import visible
from srviewer.gui.appearance import theme
from srviewer.gui.views.drawing.brush_mark import BrushMark, paint_brush
from srviewer.gui.views.drawing.composite_marks import (
    ColourBar,
    Divider,
    colour_bar_box,
    divider_names,
    paint_colour_bar,
    paint_divider,
)
from srviewer.gui.views.drawing.label_placing import Label, LabelPlacing
from srviewer.gui.views.drawing.shapes import Shape, paint_shapes
from srviewer.gui.views.drawing.text_annotations import DrawnText, paint_text_annotations
from srviewer.gui.views.drawing.text_drawing import (
    MARGIN,
    PLATE,
    SHADOW,
    Line,
    draw_on_plate,
    draw_text,
    font,
    metrics,
)

GAP = 6.0  # px between the crosshair's lines and the point they mark
HANDLE = 62.0, 34.0  # px from the edges at the sides, and from those above and below
HANDLE_RADIUS = 4.5  # px
PIECE = 90.0  # px, filled at a time
LETTER_HEIGHT, SCALE_HEIGHT = 15, 11  # px, of fonts
CROSSHAIR = QColor(theme.ACCENT)
CROSSHAIR.setAlpha(150)
_Rectangle = tuple[float, float, float, float]  # left, top, width, height


@dataclass(frozen=True)
class Annotations:
    """The annotations of one slice.

    Attributes:
        top_left: Lines in that corner, the last of which, the plane, is less important.
        header: Lines below ``top_left``: what the header says of patient and series.
        top_right: Lines in that corner, all or none of them; one that is too wide goes to the foot.
        bottom_left: Lines at the foot, the last, at the lower edge, the most important.
        letters: At the (left, right, bottom, top) edges of the screen.
        crosshair: Where its lines cross, in pixels of the pane; None hides it.
        handles: Whether handles are drawn at the ends of the crosshair's lines.
        pixels_per_mm: For the scale bar; 0 draws none.
        depth: Position of the slice in the volume, 0 to 1; None draws no slice bar.
        hint: Text in place of a slice.
        active: Whether the pane has the keyboard focus.
        shapes: Measurements.
        texts: Texts and arrows of the user.
        reading: What a drag has set so far, as text; "" for none.
        brush: The outline of the brush of a mask, if it is over the pane.
        divider: The edge of a curtain, if there is one.
        colour_bar: The scale of a difference or a map, if there is one.
    """

    top_left: tuple[Line, ...] = ()
    header: tuple[Line, ...] = ()
    top_right: tuple[Line, ...] = ()
    bottom_left: tuple[Line, ...] = ()
    letters: tuple[str, str, str, str] = ("", "", "", "")
    crosshair: tuple[float, float] | None = None
    handles: bool = False
    pixels_per_mm: float = 0.0
    depth: float | None = None
    hint: str = ""
    active: bool = False
    shapes: tuple[Shape, ...] = ()
    texts: tuple[DrawnText, ...] = ()
    reading: str = ""
    brush: BrushMark | None = None
    divider: Divider | None = None
    colour_bar: ColourBar | None = None

    @property
    def printed(self) -> "Annotations":
        """The annotations in a figure: without slice bar, handles and frame of the focus."""
        texts = tuple(replace(drawn, selected=False) for drawn in self.texts)
        plain = replace(self, texts=texts, reading="", brush=None, handles=False)
        return replace(plain, depth=None, active=False)


@dataclass(frozen=True)
class ScaleBar:
    """The bar of a round length, and its name.

    Attributes:
        bar: The line from its left to its right end, as a rectangle without height.
        text: "5 cm".
        box: Of the text.
    """

    bar: QRectF
    text: str
    box: QRectF

    @property
    def taken(self) -> QRectF:
        """The part of the pane that it takes."""
        return self.bar.adjusted(-2, -2, 2, 2).united(self.box)


@dataclass(frozen=True)
class Placed:
    """The texts of a pane where they are drawn; those for which there is no room are left out.

    Attributes:
        letters: Each with its box.
        scale_bar: None where there is no room for it.
        lasting: Labels that are the same from slice to slice.
        moving: Labels that change with the crosshair.
    """

    letters: tuple[tuple[str, QRectF], ...]
    scale_bar: ScaleBar | None
    lasting: tuple[Label, ...] = ()
    moving: tuple[Label, ...] = ()

    @property
    def parts(self) -> list[tuple[QRectF, "Placed"]]:
        """The lasting annotations, one by one: the box of each, and its drawing alone."""
        parts = [(box, Placed(((letter, box),), None)) for letter, box in self.letters if letter]
        if self.scale_bar is not None:
            parts.append((self.scale_bar.taken, Placed((), self.scale_bar)))
        return parts + [(label.box, Placed((), None, (label,))) for label in self.lasting]

    @property
    def boxes(self) -> tuple[QRectF, ...]:
        """The parts of the pane that are taken."""
        labels = (label.box for label in (*self.lasting, *self.moving))
        bar = () if self.scale_bar is None else (self.scale_bar.taken,)
        return (*(box for letter, box in self.letters if letter), *bar, *labels)


def place(area: QRectF, notes: Annotations) -> Placed:
    """Place the texts of a pane: letters first, then names, slice, scores, spacing, header text.

    Args:
        area: The pane, in pixels.
        notes: All annotations.

    Returns:
        The texts with their boxes, none of which overlaps another.
    """
    inner = _inner(area)
    placing = LabelPlacing(inner)
    letters = _letter_boxes(inner.getRect(), notes.letters)
    for letter, box in letters:
        if letter:
            placing.reserve(box)
    if notes.colour_bar is not None:
        placing.reserve(colour_bar_box(inner, notes.colour_bar))
    if notes.divider is not None:
        for name in divider_names(area, notes.divider):
            placing.reserve(name.box)
    if notes.reading:
        placing.reserve(_reading_box(area, notes.reading))
    lasting = [placing.at_top(line, left=True) for line in notes.top_left[:-1]]
    moving = [placing.at_foot(line) for line in notes.bottom_left[-1:]]
    bar = _scale_bar(inner.getRect(), notes.pixels_per_mm)
    if bar is not None:
        bar = bar if placing.is_free(bar.taken) else None
    if bar is not None:
        placing.reserve(bar.taken)
    moving += placing.together(notes.top_right)
    lasting += [placing.at_top(line, left=True) for line in notes.top_left[-1:]]
    moving += [placing.at_foot(line) for line in reversed(notes.bottom_left[:-1])]
    lasting += [placing.at_top(line, left=True) for line in notes.header]
    there = (tuple(label for label in labels if label) for labels in (lasting, moving))
    return Placed(letters, bar, *there)


def paint(painter: QPainter, area: QRectF, notes: Annotations) -> None:
    """Draw annotations over a pane.

    Args:
        painter: Of the pane, or of a figure.
        area: The pane, in pixels.
        notes: What to draw.
    """
    placed = place(area, notes)
    paint_moving(painter, area, notes, placed)
    paint_lasting(painter, placed)


def paint_lasting(painter: QPainter, placed: Placed) -> None:
    """Draw the annotations that are the same from slice to slice: those of ``parts``.

    Args:
        painter: As in ``paint``.
        placed: What to draw; moving labels are ignored.
    """
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    for label in placed.lasting:
        draw_on_plate(painter, label.box, label.text, label.line)
    painter.setFont(font(LETTER_HEIGHT, bold=True))
    for letter, box in placed.letters:
        draw_text(painter, box, Line(letter, theme.WARNING), Qt.AlignmentFlag.AlignCenter)
    if placed.scale_bar is not None:
        _paint_scale_bar(painter, placed.scale_bar)


def paint_moving(painter: QPainter, area: QRectF, notes: Annotations, placed: Placed) -> None:
    """Draw the annotations that change with the crosshair: lines, scores, number of the slice.

    Args:
        painter: As in ``paint``.
        area: The pane, in pixels.
        notes: What to draw.
        placed: The texts of ``notes``; those of ``parts`` are ignored.
    """
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    if notes.hint:
        _hint(painter, area, notes.hint)
    if notes.crosshair is not None:
        _crosshair(painter, area, QPointF(*notes.crosshair))
        if notes.handles:
            _handles(painter, area, QPointF(*notes.crosshair))
    if notes.divider is not None:
        paint_divider(painter, area, notes.divider)
    painter.setFont(font(12, bold=True))
    paint_shapes(painter, area, notes.shapes)
    for label in placed.moving:
        draw_on_plate(painter, label.box, label.text, label.line)
    paint_text_annotations(painter, area, notes.texts)
    if notes.colour_bar is not None:
        paint_colour_bar(painter, _inner(area), notes.colour_bar)
    if notes.depth is not None:
        _depth(painter, area, notes.depth)
    _mouse(painter, area, notes)
    if notes.active:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.ACCENT), 1))
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))


def _mouse(painter: QPainter, area: QRectF, notes: Annotations) -> None:
    """Draw what goes with the mouse: the outline of a brush, what a drag has set."""
    if notes.brush is not None:
        paint_brush(painter, notes.brush)
    if notes.reading:
        _reading(painter, area, notes.reading)


def _inner(area: QRectF) -> QRectF:
    return area.adjusted(MARGIN, MARGIN - 2, -MARGIN, -MARGIN + 2)


@lru_cache(64)  # measuring text takes long
def _letter_boxes(
    inner: _Rectangle, letters: tuple[str, str, str, str]
) -> tuple[tuple[str, QRectF], ...]:
    """The letters at the (left, right, bottom, top) edges with their boxes."""
    area = QRectF(*inner)
    measure = metrics(LETTER_HEIGHT, True)
    boxes = []
    for letter in letters:
        boxes.append(QRectF(0, 0, measure.horizontalAdvance(letter) + 2, measure.height()))
    left, right, bottom, top = boxes
    middle = area.center()
    for box in (left, right):
        box.moveCenter(middle)
    left.moveLeft(area.left())
    right.moveRight(area.right())
    for box in (bottom, top):
        box.moveCenter(middle)
    bottom.moveBottom(area.bottom())
    top.moveTop(area.top())
    return tuple(zip(letters, boxes, strict=True))


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


def handle_points(area: QRectF, cross: QPointF) -> tuple[QPointF, ...]:
    """Where the handles of the crosshair are.

    Args:
        area: The pane, in pixels.
        cross: Where its lines cross, in pixels of the pane.

    Returns:
        A point near each end of its lines, as far as these are in the pane.
    """
    aside, above = HANDLE
    inner = area.adjusted(aside, above, -aside, -above)
    points = []
    if inner.left() < cross.x() < inner.right():
        points += [QPointF(cross.x(), inner.top()), QPointF(cross.x(), inner.bottom())]
    if inner.top() < cross.y() < inner.bottom():
        points += [QPointF(inner.left(), cross.y()), QPointF(inner.right(), cross.y())]
    return tuple(point for point in points if (point - cross).manhattanLength() > above)


def _handles(painter: QPainter, area: QRectF, cross: QPointF) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(SHADOW, 1))
    painter.setBrush(QColor(theme.ACCENT))
    for point in handle_points(area, cross):
        painter.drawEllipse(point, HANDLE_RADIUS, HANDLE_RADIUS)
    painter.restore()


def _reading_box(area: QRectF, text: str) -> QRectF:
    """The plate of what a drag has set: in the lower middle, above the letter there."""
    width = metrics(13, True).horizontalAdvance(text) + 20
    return QRectF(area.center().x() - width / 2, area.bottom() - 58, width, 22)


def _reading(painter: QPainter, area: QRectF, text: str) -> None:
    box = _reading_box(area, text)
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


@lru_cache(64)  # as above
def _scale_bar(inner: _Rectangle, pixels_per_mm: float) -> ScaleBar | None:
    if pixels_per_mm <= 0:
        return None
    area = QRectF(*inner)
    length = rounded_down(area.width() / pixels_per_mm / 4)
    width = length * pixels_per_mm
    right, bottom = area.right() - 4, area.bottom() - 2
    text = f"{length / 10:g} cm" if length >= 10 else f"{length:g} mm"
    wide = metrics(SCALE_HEIGHT, False).horizontalAdvance(text) + 2
    box = QRectF(0, bottom - 19, wide, 15)
    box.moveRight(right if width < 60 else right - (width - wide) / 2)
    return ScaleBar(QRectF(right - width, bottom, width, 0), text, box)


def _paint_scale_bar(painter: QPainter, scale_bar: ScaleBar) -> None:
    bar = scale_bar.bar
    for pen in (QPen(SHADOW, 4), QPen(QColor(theme.TEXT), 2)):
        painter.setPen(pen)
        painter.drawLine(bar.topLeft(), bar.topRight())
    painter.setFont(font(SCALE_HEIGHT, bold=False))
    draw_text(painter, scale_bar.box, Line(scale_bar.text), Qt.AlignmentFlag.AlignCenter)


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
