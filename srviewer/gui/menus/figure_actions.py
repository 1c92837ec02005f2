"""Slots of the actions for figures, command lines to copy, the worst slices and regions."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from srviewer.errors import UserError
from srviewer.gui.dialogs.figure_dialog import FigureDialog
from srviewer.gui.figures.command_line import reconstruct_line, screenshot_line
from srviewer.gui.menus.actions import Actions
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.views.score_plot import ScorePlot


class FigureActions(QObject):
    """Connects these actions of ``window``."""

    def __init__(
        self, window: QMainWindow, controller: StudyController, plot: ScorePlot, actions: Actions
    ) -> None:
        super().__init__(window)
        self._window, self._controller = window, controller
        for name, slot in (
            ("save-figure", self._save),
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
        dialog = FigureDialog(self._controller.study, self._window)
        dialog.saved.connect(self._controller.exporting.exported)
        dialog.open()

    def _copy(self, line: Callable[[StudyController], str]) -> None:
        try:
            text = line(self._controller)
        except UserError as error:
            self._controller.failed.emit(tr("Copying as a command line"), error)
            return
        QGuiApplication.clipboard().setText(text)
        self._window.statusBar().showMessage(tr("Copied: {text}", text=text), 8000)
