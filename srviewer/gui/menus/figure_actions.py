"""Menu entries that carry what is shown elsewhere: figures, command lines; and the worst slices."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from srviewer.errors import UserError
from srviewer.gui.appearance import theme
from srviewer.gui.dialogs.figure_dialog import FigureDialog
from srviewer.gui.figures.command_line import reconstruct_line, screenshot_line
from srviewer.gui.study.study_actions import Study
from srviewer.gui.texts.translation import tr
from srviewer.gui.views.score_plot import ScorePlot
from srviewer.gui.widgets.plain_text import set_tip


class FigureActions:
    """Adds itself to the menus of ``window``."""

    def __init__(self, window: QMainWindow, study: Study, plot: ScorePlot) -> None:
        self._window, self._study = window, study
        self.figure = self._make(
            tr("Save a figure\u2026"),
            "image-outline",
            tr("PNG, SVG or PDF of what is shown"),
            "Ctrl+P",
        )
        self.copy_view = self._make(
            tr("Copy as command line"),
            "console-line",
            tr("The srviewer screenshot line that makes the same picture"),
            "Ctrl+Shift+C",
        )
        self.copy_rebuild = self._make(
            tr("Copy the rebuild as command line"),
            "console-line",
            tr("The srviewer reconstruct line that does what the panel is set to"),
            "",
        )
        self.worst = self._make(
            tr("Worst slice"), "arrow-down-bold", tr("The slice scored lowest"), "W"
        )
        self.next_worst = self._make(
            tr("Next worst slice"),
            "chevron-down",
            tr("The slice that is scored next above this"),
            "N",
        )
        self.previous_worst = self._make(
            tr("Previous worst slice"),
            "chevron-up",
            tr("The slice scored next below this"),
            "Shift+N",
        )
        self.figure.triggered.connect(self._save)
        self.copy_view.triggered.connect(lambda: self._copy(screenshot_line))
        self.copy_rebuild.triggered.connect(lambda: self._copy(reconstruct_line))
        self.worst.triggered.connect(lambda: plot.jump_worst(0))
        self.next_worst.triggered.connect(lambda: plot.jump_worst(1))
        self.previous_worst.triggered.connect(lambda: plot.jump_worst(-1))
        study.session.follow(self._show_state, "scan", "scores")
        self._show_state()

    def offer_on(self, panel: QWidget) -> None:
        """Offer the command line of the rebuild in the context menu of ``panel``."""
        panel.addAction(self.copy_rebuild)
        panel.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def fill_menus(self, before: QAction) -> None:
        """Put the entries into the menus; those of the first one come before an entry of it."""
        menus = {action.text(): action.menu() for action in self._window.menuBar().actions()}
        file, view = menus[tr("&File")], menus[tr("&View")]
        assert isinstance(file, QMenu) and isinstance(view, QMenu)
        file.insertActions(before, [self.figure, self.copy_view, self.copy_rebuild])
        view.addSeparator()
        view.addActions([self.worst, self.next_worst, self.previous_worst])

    def _show_state(self) -> None:
        session = self._study.session
        for action in (self.figure, self.copy_view, self.copy_rebuild):
            action.setEnabled(session.original is not None)
        for action in (self.worst, self.next_worst, self.previous_worst):
            action.setEnabled(session.scores is not None)

    def _make(self, text: str, icon: str, tip: str, key: str) -> QAction:
        action = QAction(theme.icon(icon), text, self._window)
        set_tip(action, f"{tip} ({key})" if key else tip)
        if key:
            action.setShortcut(QKeySequence(key))
        self._window.addAction(action)
        return action

    def _save(self) -> None:
        FigureDialog(self._study.session, self._window).open()

    def _copy(self, line: Callable[[Study], str]) -> None:
        try:
            text = line(self._study)
        except UserError as error:
            self._study.failed.emit(tr("Copying as a command line"), error)
            return
        QGuiApplication.clipboard().setText(text)
        self._window.statusBar().showMessage(tr("Copied: {text}", text=text), 8000)
