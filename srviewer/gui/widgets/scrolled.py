"""A panel that scrolls when it is taller than the window, with a fixed foot."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


class Scrolled(QWidget):
    """A panel in a scroll area, with a foot below that does not scroll.

    Attributes:
        area: Scrolls vertically only.
    """

    def __init__(self, panel: QWidget, foot: QWidget | None = None) -> None:
        super().__init__()
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.area, 1)
        if foot is not None:
            layout.addWidget(foot)
