"""Places the texts of a pane: none lies on another, and what is placed last gives way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF

from srviewer.gui.views.drawing.text_drawing import TEXT_HEIGHT, Line, fitting, metrics

GAP = 8.0  # px between two texts of a row: a plate reaches 4 px beyond its text
LEAST_CUT = 40.0  # px: a text that is cut to less says nothing
ENDLESS = 1e6  # px
TRIES = 4  # rows above the foot that are tried before a text is left out


@dataclass(frozen=True)
class Label:
    """A line of text with its box.

    Attributes:
        text: The line as it is drawn, cut where there was no room.
        box: In pixels of the pane.
        line: Colour and weight.
    """

    text: str
    box: QRectF
    line: Line


class LabelPlacing:
    """Gives each line the room that those before it have left."""

    def __init__(self, area: QRectF) -> None:
        """Begin with an empty pane.

        Args:
            area: The pane without its margins, in pixels.
        """
        self._area = area
        self._taken: list[QRectF] = []
        self._top = {True: area.top(), False: area.top()}  # of the next line: left, right
        self._bottom = area.bottom()

    def reserve(self, box: QRectF) -> None:
        """Keep a part of the pane clear of text.

        Args:
            box: In pixels.
        """
        self._taken.append(box)

    def is_free(self, box: QRectF) -> bool:
        """Whether nothing is placed in a part of the pane yet.

        Args:
            box: In pixels.

        Returns:
            True if it is clear of everything.
        """
        return not any(taken.intersects(box) for taken in self._taken)

    def at_top(self, line: Line, left: bool) -> Label | None:
        """Place the next line of an upper corner.

        Args:
            line: The line.
            left: In the left corner, else in the right one.

        Returns:
            The label; None where there is no room for it.
        """
        label = self._in_row(line, self._top[left], left)
        if label is not None:
            self._top[left] = label.box.bottom()
        return label

    def at_foot(self, line: Line) -> Label | None:
        """Place a line in the lower left corner, above those that are there.

        Args:
            line: The line.

        Returns:
            The label; None where there is no room for it.
        """
        height = _height(line)
        for row in range(TRIES):
            label = self._in_row(line, self._bottom - (row + 1) * height, left=True)
            if label is not None:
                self._bottom = label.box.top()
                return label
        return None

    def together(self, lines: Sequence[Line]) -> list[Label]:
        """Place lines in the upper right corner, those that do not fit there at the foot.

        Args:
            lines: No score stands without that of cubic interpolation.

        Returns:
            Their labels; none where there is no room for all.
        """
        before = len(self._taken), dict(self._top), self._bottom
        labels = [
            self.at_top(replace(line, cut=False), left=False) or self.at_foot(line)
            for line in lines
        ]
        if all(labels):
            return [label for label in labels if label]
        count, self._top, self._bottom = before
        del self._taken[count:]
        return []

    def _in_row(self, line: Line, top: float, left: bool) -> Label | None:
        row = QRectF(self._area.left(), top, self._area.width(), _height(line))
        if row.top() < self._area.top() or row.bottom() > self._area.bottom() + 1:
            return None
        inside = [taken for taken in self._taken if taken.intersects(row)]
        if left:
            row.setRight(min([row.right(), *(taken.left() - GAP for taken in inside)]))
        else:
            row.setLeft(max([row.left(), *(taken.right() + GAP for taken in inside)]))
        text, width = _shown(line, row.width())
        if not text:
            return None
        edge = row.left() if left else row.right() - width
        box = QRectF(edge, row.top(), width + 1, row.height())
        self._taken.append(box)
        return Label(text, box, line)


def _shown(line: Line, room: float) -> tuple[str, float]:
    """What is drawn of a line in a room, and its width in pixels; "" for nothing."""
    for text in (line.text, *line.shorter):
        whole, width = fitting(text, line.bold, ENDLESS)
        if text and width <= room:
            return whole, width
    return fitting(line.text, line.bold, room) if line.cut and room >= LEAST_CUT else ("", 0.0)


def _height(line: Line) -> float:
    return metrics(TEXT_HEIGHT, line.bold).height() + 1
