"""Slots of the actions for the window itself: full screen, panels."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QMainWindow, QWidget

from srviewer.gui.menus.actions import Actions


class WindowActions(QObject):
    """Connects these actions of ``window``, and ticks them as the window is."""

    def __init__(self, window: QMainWindow, panels: QWidget, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._panels, self._actions = window, panels, actions
        actions.connect_action("full-screen", self._fill_screen)
        actions.connect_action("panels", self._show_panels)
        window.installEventFilter(self)
        panels.installEventFilter(self)
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Called by Qt for each event of the window and of the panels; none is kept from them."""
        kinds = QEvent.Type
        if event.type() in (kinds.WindowStateChange, kinds.ShowToParent, kinds.HideToParent):
            self._show()
        return False

    def _show_panels(self, wanted: bool) -> None:
        self._panels.setVisible(wanted)

    def _fill_screen(self, wanted: bool) -> None:
        states = self._window.windowState()
        full = Qt.WindowState.WindowFullScreen
        self._window.setWindowState(states | full if wanted else states & ~full)

    def _show(self) -> None:
        self._actions["full-screen"].setChecked(self._window.isFullScreen())
        self._actions["panels"].setChecked(not self._panels.isHidden())
