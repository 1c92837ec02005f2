"""Slots of the actions that open a scan and reconstruct it."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from srviewer.gui.menus.actions import Actions
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.window.opening import Opening


class ScanActions(QObject):
    """Connects these actions of ``window``."""

    def __init__(
        self, window: QMainWindow, controller: StudyController, opening: Opening, actions: Actions
    ) -> None:
        super().__init__(window)
        self._controller, self._actions = controller, actions
        for name, slot in (
            ("open", opening.choose_files),
            ("open-folder", opening.choose_folder),
            ("other-series", controller.offer_series),
            ("sample", opening.open_sample),
            ("reconstruct", controller.reconstructing.start),
            ("quit", window.close),
        ):
            actions.connect_action(name, slot)
        controller.study.follow(self._show, "scan", "acknowledged")
        controller.work.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self._actions["reconstruct"].setEnabled(self._controller.reconstructing.ready)
