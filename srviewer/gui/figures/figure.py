"""A figure: the panes as the window draws them, over a caption."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QLinearGradient,
    QPageSize,
    QPainter,
    QPdfWriter,
)
from PySide6.QtSvg import QSvgGenerator

from srviewer import RESEARCH_USE_ONLY
from srviewer.atomic import write_bytes
from srviewer.core.slices.figure_contents import FigureContents
from srviewer.core.visible_text import visible_line
from srviewer.errors import UserError
from srviewer.gui.appearance import theme
from srviewer.gui.appearance.colour_maps import colours_of, grey
from srviewer.gui.appearance.colours import DARK, LIGHT, Colours
from srviewer.gui.figures.figure_caption import scores_line, volumes_line
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import tr
from srviewer.gui.views.compare_view import CompareView
from srviewer.gui.views.drawing.annotations import paint
from srviewer.gui.views.drawing.composite_marks import number_with_unit
from srviewer.gui.views.shared_notes import paint_notes
from srviewer.study.state.study_state import StudyState

FOOT = 50  # px
SCREEN_DPI = 96


class FigurePage:
    """The views of a study at the size of a figure, laid out but never on screen.

    Attributes:
        study: Changes to it would change the figure.
        picture: Contents, size, resolution and theme of the figure.
    """

    def __init__(self, study: ShownStudy, picture: FigureContents) -> None:
        self.study, self.picture = study, picture
        if study.second is not None:
            study.second.look(study.second.view.with_conventions(study.view))
        self._view = CompareView(study)
        self._view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self._view.resize(picture.width, picture.height - FOOT)
        self._view.show()
        self._view.refresh()

    def show(self, state: StudyState) -> None:
        """Draw another state of the study from now on.

        Args:
            state: Its scan is on the same grid, so that the panes keep their places.
        """
        self.study.set(state)
        self._view.refresh()

    def close(self) -> None:
        """Delete the views."""
        self._view.hide()
        self._view.deleteLater()

    def image(self, dots_per_pixel: float) -> QImage:
        """The figure as pixels.

        Args:
            dots_per_pixel: Pixels of the image for each pixel of the figure's size.

        Returns:
            An RGB image that states its resolution.
        """
        size = QSize(self.picture.width, self.picture.height) * dots_per_pixel
        image = QImage(size, QImage.Format.Format_RGB32)
        dots = round(SCREEN_DPI * dots_per_pixel / 0.0254)
        image.setDotsPerMeterX(dots)
        image.setDotsPerMeterY(dots)
        painter = QPainter(image)
        painter.scale(dots_per_pixel, dots_per_pixel)
        self.draw(painter, dots_per_pixel)
        painter.end()
        return image

    def draw(self, painter: QPainter, dots_per_pixel: float) -> None:
        """Draw the figure: slices as pixels, everything else as lines and text.

        Args:
            painter: In pixels of the figure's size.
            dots_per_pixel: Resolution of the slices.
        """
        colours = LIGHT if self.picture.theme == "light" else DARK
        page = QRectF(0, 0, self.picture.width, self.picture.height)
        painter.fillRect(page, QColor(colours.surface))
        line = self._view.notes
        if line.isVisible():
            paint_notes(painter, QRectF(line.geometry()), line.notes)
        for row in self._view.every_row:
            for pane in row.panes.values():
                if not pane.isVisible():
                    continue
                area = QRect(pane.mapTo(self._view, pane.rect().topLeft()), pane.size())
                painter.drawImage(QRectF(area), pane.picture(dots_per_pixel))
                painter.save()
                painter.translate(area.topLeft())
                painter.setClipRect(pane.rect())
                paint(painter, QRectF(pane.rect()), pane.annotations.printed)
                painter.restore()
        foot = QRectF(0, page.height() - FOOT, page.width(), FOOT)
        _foot(painter, foot.adjusted(12, 6, -12, -6), self.study, colours)


def _foot(painter: QPainter, area: QRectF, study: ShownStudy, colours: Colours) -> None:
    """Draw the caption with volumes and scores on the left, grey levels and notice on the right."""
    flag, disclaimer = Qt.AlignmentFlag, tr(RESEARCH_USE_ONLY)
    notice = _font(bold=True)
    # A viewer of an SVG may use another font with wider letters.
    width = 1.2 * QFontMetricsF(notice).horizontalAdvance(disclaimer)
    painter.setFont(notice)
    painter.setPen(QColor(colours.warning))
    corner = QRectF(area.right() - width, area.top(), width, area.height())
    painter.drawText(corner, flag.AlignLeft | flag.AlignBottom, disclaimer)
    _grey_bar(painter, QRectF(area.right() - width, area.top() + 1, width, 14), study, colours)
    text = area.adjusted(0, 0, -width - 18, 0)
    for line, bold, alignment in (
        (volumes_line(study), True, flag.AlignTop),
        (scores_line(study), False, flag.AlignBottom),
    ):
        font = _font(bold)
        painter.setFont(font)
        painter.setPen(QColor(colours.text if bold else colours.muted))
        cut = QFontMetricsF(font).elidedText(
            visible_line(line), Qt.TextElideMode.ElideRight, text.width()
        )
        painter.drawText(text, flag.AlignLeft | alignment, cut)


def _grey_bar(painter: QPainter, area: QRectF, study: ShownStudy, colours: Colours) -> None:
    """The grey levels of the slices, with the values at their ends."""
    view, unit = study.view, study.scan.unit if study.scan else ""
    painter.setFont(_font(bold=False))
    painter.setPen(QColor(colours.muted))
    metrics = QFontMetricsF(painter.font())
    low = f"{view.window.low:.4g}"
    high = visible_line(number_with_unit(view.window.high, unit))
    left, right = (metrics.horizontalAdvance(text) + 6 for text in (low, high))
    flag = Qt.AlignmentFlag
    painter.drawText(area, flag.AlignLeft | flag.AlignVCenter, low)
    painter.drawText(area, flag.AlignRight | flag.AlignVCenter, high)
    bar = area.adjusted(left, 2, -right, -2)
    table = colours_of(view.colours, view.inverted)
    table = grey() if table is None else table
    shades = QLinearGradient(bar.topLeft(), bar.topRight())
    for index in range(0, 256, 15):
        shades.setColorAt(index / 255, QColor(*(int(part) for part in table[index])))
    painter.fillRect(bar, shades)


def _font(bold: bool) -> QFont:
    font = QFont()
    font.setFamilies(list(theme.FAMILIES))
    font.setPixelSize(12)
    font.setBold(bold)
    return font


def write_figure(page: FigurePage, path: Path) -> None:
    """Write a figure as PNG, SVG or PDF, atomically.

    Args:
        page: The figure.
        path: Its ending chooses the format.

    Raises:
        UserError: The ending is another, or the file cannot be written.
    """
    writer = {".png": png, ".svg": _svg, ".pdf": _pdf}.get(path.suffix.lower())
    if writer is None:
        raise UserError(tr("'{name}' must end with .png, .svg or .pdf.", name=path.name))
    write_bytes(path, writer(page))


@contextmanager
def _memory() -> Iterator[QBuffer]:
    """A file in memory: Qt's writers do not say why a file on disk cannot be written."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    yield buffer
    buffer.close()


def png(page: FigurePage) -> bytes:
    """Draw a figure as the content of a PNG file.

    Args:
        page: The figure.

    Returns:
        The bytes of the file.

    Raises:
        UserError: It is too large.
    """
    with _memory() as buffer:
        if not page.image(page.picture.dpi / SCREEN_DPI).save(buffer, "PNG"):  # type: ignore[call-overload]
            raise UserError(tr("The figure is too large for an image. Make it smaller."))
    return bytes(buffer.data().data())


def _svg(page: FigurePage) -> bytes:
    size = QSize(page.picture.width, page.picture.height)
    with _memory() as buffer:
        device = QSvgGenerator()
        device.setOutputDevice(buffer)
        device.setResolution(SCREEN_DPI)
        device.setSize(size)
        device.setViewBox(QRect(QRect(0, 0, 0, 0).topLeft(), size))
        device.setTitle("srviewer")
        device.setDescription(RESEARCH_USE_ONLY)
        painter = QPainter(device)
        page.draw(painter, page.picture.dpi / SCREEN_DPI)
        painter.end()
    return bytes(buffer.data().data())


def _pdf(page: FigurePage) -> bytes:
    picture = page.picture
    with _memory() as buffer:
        device = QPdfWriter(buffer)
        device.setTitle("srviewer")
        device.setCreator(RESEARCH_USE_ONLY)
        inches = QSizeF(picture.width / SCREEN_DPI, picture.height / SCREEN_DPI)
        device.setPageSize(QPageSize(inches, QPageSize.Unit.Inch))
        device.setPageMargins(QMarginsF(0, 0, 0, 0))
        device.setResolution(max(picture.dpi, SCREEN_DPI))
        painter = QPainter(device)
        scale = device.resolution() / SCREEN_DPI
        painter.scale(scale, scale)
        page.draw(painter, picture.dpi / SCREEN_DPI)
        painter.end()
        del device  # which writes the end of the file
    return bytes(buffer.data().data())
