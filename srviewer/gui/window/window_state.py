"""Keeps the state of the window for the next run."""

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMainWindow, QSplitter

from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.widgets.panel_tabs import PanelTabs
from srviewer.gui.window.frame import GEOMETRY, stored_bytes
from srviewer.gui.window.thumbnails.thumbnail_strip import ThumbnailStrip

PANEL_WIDTH = 350  # px


class WindowState:
    """Size, place, open panel, thumbnails and view conventions of one window in ``settings``.

    Size and place are restored by the window itself, before anything is in it.
    """

    def __init__(
        self,
        settings: QSettings,
        window: QMainWindow,
        splitter: QSplitter,
        panels: PanelTabs,
        thumbnails: ThumbnailStrip,
        study: ShownStudy,
    ) -> None:
        self._settings, self._window, self._study = settings, window, study
        self._thumbnails = thumbnails
        self._splitter, self._panels = splitter, panels

    def remember(self) -> None:
        """Write it down."""
        settings, view = self._settings, self._study.view
        settings.setValue(GEOMETRY, self._window.saveGeometry())
        settings.setValue("window/splitter", self._splitter.saveState())
        settings.setValue("window/panel_id", self._panels.shown)
        settings.setValue("window/panel", self._panels.currentIndex())  # for earlier versions
        settings.setValue("window/thumbnails", self._thumbnails.choice)
        settings.setValue("view/radiological", view.radiological)
        settings.setValue("view/smooth", view.smooth)
        settings.setValue("view/header_text", view.header_text)
        settings.sync()

    def restore(self) -> None:
        """Take it up again; what was never written, or is damaged, keeps its first value."""
        if not self._splitter.restoreState(stored_bytes(self._settings, "window/splitter")):
            self._splitter.setSizes([self._window.width() - PANEL_WIDTH, PANEL_WIDTH])
        if not self._panels.show_panel(self._settings.value("window/panel_id", "", type=str)):
            self._panels.show_number(self._settings.value("window/panel", 0, type=int))
        self._thumbnails.choose(str(self._settings.value("window/thumbnails", "", type=str)))
        self._study.set_radiological(self._flag("view/radiological"))
        self._study.set_smooth(self._flag("view/smooth"))
        self._study.set_header_text(self._flag("view/header_text", False))

    def _flag(self, key: str, first: bool = True) -> bool:
        return bool(self._settings.value(key, first, type=bool))
