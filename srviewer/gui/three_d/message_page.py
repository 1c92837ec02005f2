"""The page in the place of the volumes where they cannot be drawn in 3D."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.form import button, label
from srviewer.three_d.availability import INSTALL, is_frozen

WIDTH = 520  # px of the text
MISSING = mark(
    "Volumes are drawn in 3D by VTK, which is not installed. It is free (BSD licence), takes "
    "140 MB to download and 590 MB on the disk, and needs no GPU. This installs it; then press "
    "Try again:"
)
FROZEN = mark(
    "Volumes are drawn in 3D by VTK, which is left out of this build for its size (590 MB). To see "
    "them, install srviewer with Python 3.11 or newer, as its README says, and then VTK with it:"
)


class MessagePage(QWidget):
    """Why nothing is drawn, and what to do."""

    again = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = label("", "plain")
        self.text.setFixedWidth(WIDTH)
        self.command = label(INSTALL, "value")
        self.copy = button(tr("Copy the command"), tr("For a terminal"))
        self.retry = button(tr("Try again"), tr("Look whether it can be drawn now"))
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addWidget(self.retry)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(label(tr("NOT IN 3D"), "heading"))
        column.addWidget(self.text)
        column.addWidget(self.command)
        column.addLayout(buttons)
        column.addStretch(2)
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addLayout(column)
        row.addStretch(1)
        row.setAlignment(column, Qt.AlignmentFlag.AlignCenter)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(INSTALL))
        self.retry.clicked.connect(self.again)

    def show_missing(self) -> None:
        """Say how VTK is installed."""
        self._show(tr(FROZEN) if is_frozen() else tr(MISSING), True)
        self.retry.setVisible(not is_frozen())

    def show_failure(self, reason: str) -> None:
        """Say why nothing can be drawn.

        Args:
            reason: Translated.
        """
        self._show(reason, False)

    def _show(self, text: str, installing: bool) -> None:
        self.text.setText(text)
        self.command.setVisible(installing)
        self.copy.setVisible(installing)
        self.retry.show()
