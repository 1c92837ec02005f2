"""Small pictures of the annotations that are the same from slice to slice."""

from math import ceil, floor

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from srviewer.gui.views.drawing.annotations import Placed, paint_lasting

REACH = 8.0, 4.0  # px beyond the box of a text, to the sides, above and below: plate and shadow


class Stamps:
    """Draws each annotation once and its picture from then on, since text takes long to draw."""

    def __init__(self) -> None:
        self._ratio = 1.0
        self._made: list[tuple[Placed, QPointF, QPixmap]] = []  # those of the last frame

    def draw(self, painter: QPainter, parts: list[tuple[QRectF, Placed]], ratio: float) -> None:
        """Draw annotations.

        Args:
            painter: Of the pane.
            parts: Each with its box, as ``Placed.parts`` gives them.
            ratio: Pixels of the screen for each pixel of the pane.
        """
        known = self._made if ratio == self._ratio else []
        made = []
        for number, (box, part) in enumerate(parts):
            near = known[number : number + 1] + known  # mostly it is where it was
            stamp = next((one for one in near if one[0] == part), None)
            made.append(stamp or (part, *_stamp(box, part, ratio)))
            painter.drawPixmap(*made[-1][1:])
        self._made, self._ratio = made, ratio


def _stamp(box: QRectF, part: Placed, ratio: float) -> tuple[QPointF, QPixmap]:
    """The picture of an annotation, and where its corner lies: on a whole pixel of the screen."""
    aside, above = REACH
    left, top = floor((box.left() - aside) * ratio), floor((box.top() - above) * ratio)
    right, bottom = ceil((box.right() + aside) * ratio), ceil((box.bottom() + above) * ratio)
    picture = QPixmap(right - left, bottom - top)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    corner = QPointF(left / ratio, top / ratio)
    painter = QPainter(picture)
    painter.translate(-corner)
    paint_lasting(painter, part)
    painter.end()
    return corner, picture
