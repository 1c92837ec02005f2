"""The window: a frame with the titles of its menus at first, then all that is in it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QSettings, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QMainWindow, QMenu, QSplitter

from srviewer.gui import settle_python
from srviewer.gui.appearance import theme
from srviewer.gui.menus.tables.menu_titles import MENU_TITLES
from srviewer.gui.texts.translation import tr
from srviewer.gui.window.frame import TITLE, restore_geometry

if TYPE_CHECKING:
    from srviewer.gui.menus.actions import Actions
    from srviewer.gui.menus.export_actions import ExportActions
    from srviewer.gui.menus.header_actions import HeaderActions
    from srviewer.gui.menus.pane_menu import PaneMenu
    from srviewer.gui.menus.three_d_actions import ThreeDActions
    from srviewer.gui.state.open_studies import OpenStudies
    from srviewer.gui.state.shown_study import ShownStudy
    from srviewer.gui.study.exported_bar import ExportedBar
    from srviewer.gui.study.study_controller import StudyController
    from srviewer.gui.user_files.recent_files import Recent
    from srviewer.gui.views.compare_view import CompareView
    from srviewer.gui.views.score_plot import ScorePlot
    from srviewer.gui.widgets.notice import ErrorBar
    from srviewer.gui.window.bars.compare_bar import CompareBar
    from srviewer.gui.window.bars.study_tabs import TabRow
    from srviewer.gui.window.closing import Closing
    from srviewer.gui.window.contents import Contents
    from srviewer.gui.window.dropping import Dropping
    from srviewer.gui.window.housekeeping import Housekeeping
    from srviewer.gui.window.opening import Opening
    from srviewer.gui.window.side_panels import SidePanels
    from srviewer.gui.window.window_state import WindowState

LONGEST_WAIT = 500  # ms for the first frame; a window that is made small is never painted


class MainWindow(QMainWindow):
    """One study, from drop to export. ``settings`` keeps what is remembered between runs.

    What is in the window is an attribute of it as soon as it is filled.

    Attributes:
        contents: All that is in it; None while only the frame is there.
    """

    splitter: QSplitter
    state: "WindowState"
    recent: "Recent"
    study: "ShownStudy"
    studies: "OpenStudies"
    controller: "StudyController"
    actions_offered: "Actions"
    error_bar: "ErrorBar"
    exported_bar: "ExportedBar"
    compare: "CompareView"
    compare_bar: "CompareBar"
    plot: "ScorePlot"
    panels: "SidePanels"
    tabs: "TabRow"
    opening: "Opening"
    housekeeping: "Housekeeping"
    closing: "Closing"
    dropping: "Dropping"
    exports: "ExportActions"
    header: "HeaderActions"
    three_d: "ThreeDActions"
    pane_menu: "PaneMenu"

    def __init__(self, settings: QSettings, filled: bool = True) -> None:
        super().__init__()
        self._settings = settings
        self.contents: Contents | None = None
        self._painted = False
        self.setWindowTitle(TITLE)
        restore_geometry(self, settings)
        if filled:
            self.fill()
        else:
            for title in MENU_TITLES.values():
                self.menuBar().addMenu(tr(title))

    @property
    def filled(self) -> bool:
        """Whether more than the frame is there."""
        return self.contents is not None

    def show_frame(self) -> None:
        """Show the frame, and return once it is on the screen."""
        self.show()
        wait = QDeadlineTimer(LONGEST_WAIT)
        while not self._painted and not wait.hasExpired():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)

    def fill(self) -> None:
        """Put everything into the frame; only now are the libraries for it imported."""
        settle_python()
        from srviewer.gui.window.contents import Contents

        self.menuBar().clear()
        for title in self.menuBar().findChildren(QMenu):
            title.deleteLater()
        with theme.styled_at_the_end(self):
            self.contents = contents = Contents(self, self._settings)
        for name in MainWindow.__annotations__:
            setattr(self, name, getattr(contents, name))
        contents.begin()

    def open(self, paths: Sequence[Path]) -> None:
        """Open a scan.

        Args:
            paths: A file, several files, a folder, a zip or a session file.
        """
        self.controller.open(paths)

    def arrange(self, layout: str) -> None:
        """Choose the layout of the comparison.

        Args:
            layout: Its id, as in ``study.state.layouts``.
        """
        if self.contents is not None:
            self.contents.arrange(layout)

    def leave(self) -> None:
        """Stop what runs and remember the window; the next one offers the work that was open."""
        if self.contents is not None:
            self.contents.leave()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Called by Qt: ask where work would go, then stop what runs; remember the window."""
        if self.filled and not self.closing.may_close_window(self.housekeeping.keeps_work()):
            event.ignore()
            return
        self.leave()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt for keys that nothing took: those that leave a field lead to the panes."""
        leaves = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
        if (
            leaves
            and self.contents is not None
            and isinstance(self.focusWidget(), QAbstractSpinBox)
        ):
            self.contents.focus_pane()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        super().paintEvent(event)
        self._painted = True
