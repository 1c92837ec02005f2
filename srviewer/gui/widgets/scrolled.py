"""A panel that scrolls when it is taller than the window, with a fixed foot."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


class Scrolled(QWidget):
    """A panel in a scroll area, with a foot below that does not scroll.

    Attributes:
        area: Scrolls vertically only.
    """

    def __init__(self) -> None:
        super().__init__()
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.area, 1)
        self._layout = layout

    def hold(self, panel: QWidget, foot: QWidget | None = None) -> None:
        """Take the panel, once this is in the window: each change of parents styles all anew.

        Args:
            panel: Is scrolled.
            foot: Is not; None for none.
        """
        self.area.setWidget(panel)
        if foot is not None:
            self._layout.addWidget(foot)
