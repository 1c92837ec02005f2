"""Slots of the actions for figures, command lines to copy, the worst slices and regions."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QMainWindow, QWidget

from srviewer.core.slices.figure_contents import LEAST_SIDE, MOST_SIDE
from srviewer.errors import UserError
from srviewer.gui.figures.command_line import reconstruct_line, screenshot_line
from srviewer.gui.figures.figure_contents import copied, picture_of
from srviewer.gui.menus.actions import Actions
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.views.compare_view import CompareView
from srviewer.gui.views.score_plot import ScorePlot


class FigureActions(QObject):
    """Connects these actions of ``window``."""

    def __init__(
        self,
        window: QMainWindow,
        controller: StudyController,
        views: tuple[CompareView, ScorePlot],
        actions: Actions,
    ) -> None:
        super().__init__(window)
        self._window, self._controller = window, controller
        self._compare, plot = views
        for name, slot in (
            ("save-figure", self._save),
            ("print", self._print),
            ("copy-picture", self._copy_picture),
            ("copy-screenshot", lambda: self._copy(screenshot_line)),
            ("copy-reconstruct", lambda: self._copy(reconstruct_line)),
            ("worst", lambda: plot.jump_worst(0)),
            ("next-worst", lambda: plot.jump_worst(1)),
            ("previous-worst", lambda: plot.jump_worst(-1)),
            ("next-region", lambda: controller.regions.step(1)),
            ("previous-region", lambda: controller.regions.step(-1)),
        ):
            actions.connect_action(name, slot)

    def _save(self) -> None:
        from srviewer.gui.dialogs.figure_dialog import FigureDialog  # lazy, for a quick start

        dialog = FigureDialog(self._controller.study, self._window)
        dialog.saved.connect(self._controller.exporting.exported)
        dialog.open()

    def _print(self) -> None:
        from srviewer.gui.dialogs.print_preview import PrintPreview  # lazy: QtPrintSupport

        PrintPreview(self._controller.study, self._window).open()

    def _copy_picture(self) -> None:
        """Copy the panes with their caption, at their size; chosen text elsewhere goes first."""
        from srviewer.gui.figures.figure import FOOT, FigurePage  # lazy, for a quick start

        text = _chosen_text(QApplication.focusWidget())
        if text:
            QGuiApplication.clipboard().setText(text)
            return
        study, size = copied(self._controller.study), self._compare.size()
        width, height = (
            min(max(side, LEAST_SIDE), MOST_SIDE) for side in (size.width(), size.height() + FOOT)
        )
        page = FigurePage(study, replace(picture_of(study), width=width, height=height))
        QGuiApplication.clipboard().setImage(page.image(self._compare.devicePixelRatioF()))
        page.close()
        message = tr("Copied the picture. Research use only.")
        self._window.statusBar().showMessage(message, 8000)

    def _copy(self, line: Callable[[StudyController], str]) -> None:
        try:
            text = line(self._controller)
        except UserError as error:
            self._controller.failed.emit(tr("Copying as a command line"), error)
            return
        QGuiApplication.clipboard().setText(text)
        self._window.statusBar().showMessage(tr("Copied: {text}", text=text), 8000)


def _chosen_text(focused: QWidget | None) -> str:
    """The text that is selected in a label, or in the current cell of a table or list."""
    if isinstance(focused, QLabel):
        return focused.selectedText()
    if isinstance(focused, QAbstractItemView):
        return str(focused.currentIndex().data() or "")
    return ""
