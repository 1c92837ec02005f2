"""The actions that correct and save a mask."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from srviewer.gui.menus.actions import Actions
from srviewer.gui.panels.mask.mask_panel import MaskPanel


class MaskActions(QObject):
    """Does in the mask panel what the menus and the keys say."""

    def __init__(self, window: QMainWindow, mask: MaskPanel, actions: Actions) -> None:
        super().__init__(window)
        self._correction = mask.correction
        actions.connect_action("save-mask", mask.choose_file)
        actions.connect_action("brush-larger", self.enlarge_brush)
        actions.connect_action("brush-smaller", self.shrink_brush)

    def enlarge_brush(self) -> None:
        """Make the brush one step larger."""
        self._correction.resize(1)

    def shrink_brush(self) -> None:
        """Make the brush one step smaller."""
        self._correction.resize(-1)
