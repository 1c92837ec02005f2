"""The menu of grey-level windows by name."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from srviewer.gui.appearance.window_presets import WINDOW_PRESETS, WindowPreset
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.plain_text import set_tip


class LevelsMenu(QObject):
    """Fills ``menu`` when it is shown, with the presets that suit the scan."""

    def __init__(self, menu: QMenu, study: ShownStudy) -> None:
        super().__init__(menu)
        self._menu, self._study = menu, study
        menu.aboutToShow.connect(self._list)
        menu.triggered.connect(self._apply)

    def _list(self) -> None:
        self._menu.clear()
        scan = self._study.scan
        if scan is None:
            return
        for preset in WINDOW_PRESETS:
            if preset.modality in ("", scan.modality):
                action = self._menu.addAction(tr(preset.title))
                set_tip(action, tr(preset.tip))
                action.setData(preset)

    def _apply(self, action: QAction) -> None:
        preset = action.data()
        if self._study.scan is not None and isinstance(preset, WindowPreset):
            self._study.set_window(preset.window(self._study.scan))
