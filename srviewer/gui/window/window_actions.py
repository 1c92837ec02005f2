"""Slots of the actions for the window itself: full screen, panels."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMainWindow, QWidget

from srviewer.gui.menus.actions import Actions


class WindowActions(QObject):
    """Connects these actions of ``window``, and ticks them as the window is."""

    def __init__(self, window: QMainWindow, panels: QWidget, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._panels, self._actions = window, panels, actions
        actions.connect_action("full-screen", self._fill_screen)
        actions.connect_action("panels", self._show_panels)
        # The desktop may have changed the window meanwhile.
        actions.menu("view").aboutToShow.connect(self._show)
        self._show()

    def _fill_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)
        self._show()

    def _show_panels(self) -> None:
        self._panels.setVisible(self._panels.isHidden())
        self._show()

    def _show(self) -> None:
        self._actions["full-screen"].setChecked(self._window.isFullScreen())
        self._actions["panels"].setChecked(not self._panels.isHidden())
