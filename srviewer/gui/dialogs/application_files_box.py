"""Controls in the preferences for a kind of srviewer's own files: a switch, the state, Clear."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from srviewer.gui.study.application_files import OwnFiles
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import button, describe, label

INDENT = 20  # px: under the text of the switch


class OwnFilesBox(QWidget):
    """A switch for a kind of files, their state, and a button that deletes them.

    Attributes:
        keep: The switch.
        state: How many files there are, and where.
        clear: The button.
    """

    def __init__(self, files: OwnFiles, switch: tuple[str, str, str]) -> None:
        super().__init__()
        self._files = files
        text, name, tip = map(tr, switch)
        self.keep = QCheckBox(text)
        describe(self.keep, name, tip)
        self.state = label("", "muted")
        self.clear = button(tr("Clear"), files.tip)
        self.clear.setAccessibleName(files.name)
        self.clear.clicked.connect(self._clear)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(2)
        layout.setColumnMinimumWidth(0, INDENT)
        layout.setColumnStretch(1, 1)
        layout.addWidget(self.keep, 0, 0, 1, 2)
        layout.addWidget(self.state, 1, 1)
        layout.addWidget(self.clear, 0, 2, 2, 1, Qt.AlignmentFlag.AlignTop)
        self.show_state()

    def show_state(self) -> None:
        """Update the state."""
        self.state.setText(self._files.state())

    def _clear(self) -> None:
        self._files.clear()
        self.show_state()
