"""The action that opens the 3D window."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from srviewer.gui.menus.actions import Actions
from srviewer.gui.state.shown_study import ShownStudy

if TYPE_CHECKING:
    from srviewer.gui.three_d.window import ThreeDWindow


class ThreeDActions(QObject):
    """Opens the 3D window once, and brings it to the front after that.

    Attributes:
        window: The open 3D window; None while it is closed.
    """

    def __init__(self, window: QMainWindow, study: ShownStudy, actions: Actions) -> None:
        super().__init__(window)
        self._main, self._study = window, study
        self.window: ThreeDWindow | None = None
        actions.connect_action("three-d", self.show)

    def show(self) -> None:
        """Show the study that is shown in 3D."""
        if self.window is None:
            from srviewer.gui.three_d.window import ThreeDWindow  # lazy, for a quick start

            self.window = ThreeDWindow(self._study, self._main)
            self.window.finished.connect(self._forget)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def close(self) -> None:
        """Close the 3D window, if it is open."""
        if self.window is not None:
            self.window.close()

    def _forget(self) -> None:
        self.window = None
