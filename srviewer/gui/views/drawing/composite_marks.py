"""What belongs to two volumes in one pane: the curtain's edge, the scale of colours."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from srviewer.gui.appearance import theme
from srviewer.gui.views.drawing.text_drawing import SHADOW, Line, font, write, write_lines

SCALE_BAR = 32.0  # px at the foot of a pane that the bar of lengths and its name take


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


def paint_divider(painter: QPainter, area: QRectF, divider: Divider) -> None:
    """A thin line with a grip, and on either side the name of what lies there.

    The grip is away from the middle, which is what one looks at, and from the notes at the foot.
    """
    across, share = (area.width(), area.height()), divider.share
    if divider.upright:
        above_notes = min(80.0, 0.3 * area.height())
        at = QPointF(area.left() + share * across[0], area.bottom() - above_notes)
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
        write_lines(painter, foot, (before,), flag.AlignRight | flag.AlignTop, 1.0)
        write_lines(painter, rest, (beyond,), flag.AlignLeft | flag.AlignTop, 1.0)
    else:
        box = QRectF(at.x() + 14, at.y() - 22, area.right() - at.x() - 40, 17)
        write_lines(painter, box, (before,), flag.AlignLeft | flag.AlignTop, 1.0)
        write_lines(painter, box.translated(0, 27), (beyond,), flag.AlignLeft | flag.AlignTop, 1.0)


def _sides(names: tuple[str, str]) -> tuple[tuple[str, str], tuple[str, str]]:
    return (names[0], theme.TEXT), (names[1], theme.ACCENT)


def paint_colour_bar(painter: QPainter, area: QRectF, bar: ColourBar) -> None:
    """Upright at the right edge, high values on top; its ends and its middle in figures."""
    upper = area.center().y() + 16
    height = min(120.0, 0.3 * area.height(), area.bottom() - SCALE_BAR - upper)
    box = QRectF(area.right() - 12, upper, 10, height)
    colours = np.ascontiguousarray(bar.table[::-1, None, :])
    image = QImage(colours.data, 1, len(colours), 3, QImage.Format.Format_RGB888)
    painter.drawImage(box, image)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.MUTED), 1))
    painter.drawRect(box)
    painter.setFont(font(11, bold=False))
    middle = (bar.low + bar.high) / 2
    sign = "+" if bar.low < 0 else ""
    top = f"{sign}{number_with_unit(bar.high, bar.unit)}"
    for share, text in ((0.0, top), (0.5, f"{middle:.4g}"), (1.0, f"{bar.low:.4g}")):
        place = QRectF(box.left() - 106, box.top() + share * height - 8, 100, 16)
        where = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        write(painter, place, Line(text), where)


def number_with_unit(value: float, unit: str) -> str:
    """ "20 HU", or "20" where the unit is not known."""
    return f"{value:.4g} {unit}".strip()
