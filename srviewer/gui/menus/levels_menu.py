"""The grey-level windows by name: their slots, and which of them is in force."""

from PySide6.QtCore import QObject

from srviewer.gui.appearance.window_presets import WindowPreset
from srviewer.gui.menus.actions import Actions
from srviewer.gui.menus.tables.view_menu import LEVELS
from srviewer.gui.state.shown_study import ShownStudy


class LevelsMenu(QObject):
    """Applies a preset, and ticks the one that is in force when the menu is shown."""

    def __init__(self, actions: Actions, session: ShownStudy) -> None:
        super().__init__(actions)
        self._actions, self._session = actions, session
        actions.connect_group(LEVELS, self._apply)
        actions.menu("levels").aboutToShow.connect(self._tick)

    def _tick(self) -> None:
        session = self._session
        for action in self._actions.group(LEVELS):
            preset, original = action.data(), session.original
            action.setChecked(
                original is not None
                and isinstance(preset, WindowPreset)
                and preset.window(original, session.auto_window) == session.view.window
            )

    def _apply(self, preset: WindowPreset) -> None:
        session = self._session
        if session.original is not None:
            session.set_window(preset.window(session.original, session.auto_window))
