"""The preview of what is printed: a figure that fills the page."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QPageLayout, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QWidget

from srviewer import RESEARCH_USE_ONLY
from srviewer.core.slices.figure_contents import LEAST_SIDE, MOST_SIDE
from srviewer.gui.figures.figure import FigurePage
from srviewer.gui.figures.figure_contents import copied, picture_of
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import tr

WIDTH = 1320  # px of the figure across the page
FINEST = 4.0  # dots per pixel of the slices: more is never seen on paper


class PrintPreview(QPrintPreviewDialog):
    """Previews and prints the panes as they were when it was opened, with caption and notice."""

    def __init__(self, study: ShownStudy, parent: QWidget) -> None:
        self._printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        self._printer.setPageOrientation(QPageLayout.Orientation.Landscape)
        self._printer.setDocName("srviewer")
        self._printer.setCreator(RESEARCH_USE_ONLY)
        super().__init__(self._printer, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Print"))
        self._study = copied(study)
        self.paintRequested.connect(self.paint)
        self.resize(980, 760)

    def paint(self, printer: QPrinter) -> None:
        """Draw the page.

        Args:
            printer: With the page and the resolution that were chosen.
        """
        area = printer.pageRect(QPrinter.Unit.DevicePixel)
        height = round(WIDTH * area.height() / area.width())
        picture = replace(
            picture_of(self._study),
            width=WIDTH,
            height=min(max(height, LEAST_SIDE), MOST_SIDE),
            theme="light",
        )
        page = FigurePage(self._study, picture)
        painter = QPainter(printer)
        scale = area.width() / WIDTH
        painter.scale(scale, scale)
        page.draw(painter, min(max(scale, 1.0), FINEST))
        painter.end()
        page.close()
