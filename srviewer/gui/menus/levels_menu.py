"""The grey-level windows by name: their slots, and which of them is in force."""

from PySide6.QtCore import QObject

from srviewer.core.intensity.window import Window
from srviewer.gui.appearance.window_presets import WindowPreset
from srviewer.gui.menus.actions import Actions
from srviewer.gui.menus.tables.view_menu import LEVELS


class LevelsMenu(QObject):
    """Applies a preset, and ticks the one that is in force when the menu is shown."""

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self._actions = actions
        self._applied: tuple[WindowPreset, Window] | None = None  # the preset that was chosen last
        actions.connect_group(LEVELS, self._apply)
        actions.menu("levels").aboutToShow.connect(self._tick)

    def _tick(self) -> None:
        for action in self._actions.group(LEVELS):
            preset = action.data()
            action.setChecked(isinstance(preset, WindowPreset) and self._is_in_force(preset))

    def _is_in_force(self, preset: WindowPreset) -> bool:
        study = self._actions.looked_at.target
        if preset.reads_voxels:  # the menu must open at once
            return self._applied == (preset, study.view.window)
        scan = study.scan
        return scan is not None and study.view.window == preset.window(scan, study.auto_window)

    def _apply(self, preset: WindowPreset) -> None:
        study = self._actions.looked_at.target
        if study.scan is not None:
            window = preset.window(study.scan, study.auto_window)
            self._applied = (preset, window)
            study.set_window(window)
