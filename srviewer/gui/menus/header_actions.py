"""The action that opens the header of the shown study in a window of its own."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from srviewer.gui.menus.actions import Actions
from srviewer.gui.panels.info.info_panel import InfoPanel
from srviewer.gui.study.study_controller import StudyController

if TYPE_CHECKING:
    from srviewer.gui.dialogs.header_window import HeaderWindow


class HeaderActions(QObject):
    """Opens the window of the header once, and brings it to the front after that.

    Attributes:
        window: The open window of the header; None while it is closed.
    """

    def __init__(
        self, window: QMainWindow, controller: StudyController, info: InfoPanel, actions: Actions
    ) -> None:
        super().__init__(window)
        self._main, self._controller = window, controller
        self.window: HeaderWindow | None = None
        actions.connect_action("header", self.show)
        info.header.clicked.connect(self.show)

    def show(self) -> None:
        """Show the header of the study that is shown."""
        if self.window is None:
            from srviewer.gui.dialogs.header_window import HeaderWindow  # lazy: pydicom

            self.window = HeaderWindow(self._controller, self._main)
            self.window.finished.connect(self._forget)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        self.window.search.setFocus()

    def close(self) -> None:
        """Close the window of the header, if it is open."""
        if self.window is not None:
            self.window.close()

    def _forget(self) -> None:
        self.window = None
