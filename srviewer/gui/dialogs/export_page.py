"""The page that asks all that an export needs: fields, the reason why it cannot start, buttons."""

from collections.abc import Callable

from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import button, label

WIDEST = 620  # px


class ExportPage(QDialog):
    """A page with the fields of an export.

    Attributes:
        reason: Why nothing can be exported; empty where it can.
        export: The button that exports, also of Return in a field.
    """

    def __init__(self, title: str, tip: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.reason = label("", "doubt")
        self.export = button(tr("Export"), tip)
        self.export.setProperty("primary", "true")
        self.export.setDefault(True)  # of Return in a field, which the first button would take

    def lay_out(self, rows: QFormLayout, *below: QWidget) -> None:
        """Arrange the page.

        Args:
            rows: The fields.
            below: What stands between them and the buttons.
        """
        cancel = button(tr("Cancel"), tr("Close without an export"))
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(self.reason, 1)
        buttons.addWidget(self.export)
        buttons.addWidget(cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addLayout(rows)
        for widget in below:
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.resize(WIDEST, self.sizeHint().height())

    def allow(self, reason: str) -> None:
        """Let the export start, or say why it cannot.

        Args:
            reason: Why it cannot; "" where it can.
        """
        self.reason.setText(reason)
        self.export.setEnabled(not reason)


def with_chooser(field: QLineEdit, tip: str, choose: Callable[[], None]) -> QHBoxLayout:
    """A field for a path with a button that opens the chooser of the system.

    Args:
        field: The field.
        tip: What the button is for.
        choose: Opens the chooser.

    Returns:
        Both in a row.
    """
    chooser = button(tr("Choose\u2026"), tip)
    chooser.setAutoDefault(False)
    chooser.clicked.connect(choose)
    row = QHBoxLayout()
    row.addWidget(field, 1)
    row.addWidget(chooser)
    return row
