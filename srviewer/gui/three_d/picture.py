"""The panes of the 3D window as a picture with a caption."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from srviewer import RESEARCH_USE_ONLY
from srviewer.atomic import write_bytes
from srviewer.core.visible_text import visible_line
from srviewer.errors import UserError
from srviewer.gui.appearance import theme
from srviewer.gui.texts.translation import tr
from srviewer.gui.three_d.pane import VolumePane

FOOT, GAP, EDGE = 34, 2, 10  # px


def picture_of(panes: Sequence[VolumePane], caption: str) -> QImage:
    """Draw the panes side by side over a caption and the notice on research use.

    Args:
        panes: Those that are shown, from the left.
        caption: What is shown, and how.

    Returns:
        An RGB image in pixels of the screen.
    """
    scale = panes[0].devicePixelRatioF()
    width = sum(pane.width() for pane in panes) + GAP * (len(panes) - 1)
    height = max(pane.height() for pane in panes)
    image = QImage(QSize(width, height + FOOT) * scale, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.SURFACE))
    painter = QPainter(image)
    painter.setFont(panes[0].font())
    painter.scale(scale, scale)
    left = 0
    for pane in panes:
        painter.save()
        painter.translate(left, 0)
        painter.setClipRect(QRect(0, 0, pane.width(), pane.height()))
        pane.paint(painter)
        painter.restore()
        left += pane.width() + GAP
    _caption(painter, QRectF(EDGE, height, width - 2 * EDGE, FOOT), caption)
    painter.end()
    return image


def write_picture(image: QImage, path: Path) -> None:
    """Write a picture as PNG, atomically.

    Args:
        image: The picture.
        path: Ends with .png.

    Raises:
        UserError: The ending is another, or the file cannot be written.
    """
    if path.suffix.lower() != ".png":
        raise UserError(tr("'{name}' must end with .png.", name=path.name))
    memory = QBuffer()
    memory.open(QIODevice.OpenModeFlag.WriteOnly)
    image.setText("Description", RESEARCH_USE_ONLY)
    image.save(memory, "PNG")  # type: ignore[call-overload]
    write_bytes(path, bytes(memory.data().data()))


def _caption(painter: QPainter, area: QRectF, caption: str) -> None:
    flag, notice = Qt.AlignmentFlag, tr(RESEARCH_USE_ONLY)
    font = painter.font()
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor(theme.WARNING))
    painter.drawText(area, flag.AlignRight | flag.AlignVCenter, notice)
    room = area.width() - QFontMetricsF(font).horizontalAdvance(notice) - 2 * EDGE
    font.setBold(False)
    painter.setFont(font)
    painter.setPen(QColor(theme.TEXT))
    metrics = QFontMetricsF(font)
    cut = metrics.elidedText(visible_line(caption), Qt.TextElideMode.ElideRight, room)
    painter.drawText(area, flag.AlignLeft | flag.AlignVCenter, cut)
