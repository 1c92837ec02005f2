"""Framed texts: notes, warnings to acknowledge, errors with their details."""

import traceback
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
)

from srviewer import __version__
from srviewer.core.visible_text import visible
from srviewer.errors import UserError
from srviewer.gui.appearance import theme
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.form import IconLabel, button, describe, label

BUG = mark(
    "Something went wrong inside srviewer, and the open study was left as it was. "
    "The details help to correct it."
)


class Notice(QFrame):
    """A frame with wrapping text; ``role`` is "note" or "warning". Hidden while it has no text."""

    def __init__(self, role: str, name: str) -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setAccessibleName(name)
        self.text = label("", "plain")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(self.text)
        self.hide()

    def show_text(self, lines: tuple[str, ...]) -> None:
        """Show paragraphs; hide the frame when there is none.

        Args:
            lines: One paragraph each, in English; translated here.
        """
        self.text.setText("\n\n".join(map(tr, lines)))
        self.setVisible(bool(lines))


class Acknowledgement(Notice):
    """A warning that must be acknowledged before anything is reconstructed."""

    acknowledged = Signal()

    def __init__(self) -> None:
        super().__init__("warning", tr("Warnings about this scan"))
        self._button = button(
            tr("I have read this"), tr("Allow the reconstruction despite the warnings")
        )
        self._button.clicked.connect(self.acknowledged)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self._button)

    def show_acknowledged(self, acknowledged: bool) -> None:
        """Let the button be pressed only while the warning is not acknowledged.

        It stays where it is, so that nothing below it moves under the mouse.

        Args:
            acknowledged: True disables the button.
        """
        self._button.setEnabled(not acknowledged)
        self._button.setText(tr("Read") if acknowledged else tr("I have read this"))


class OfferBar(QFrame):
    """An offer with two buttons, inside the window; its role is that of a note."""

    accepted = Signal()
    declined = Signal()

    def __init__(self, name: str, yes: str, yes_tip: str, no: str, no_tip: str) -> None:
        super().__init__()
        self.setProperty("role", "note")
        self.setAccessibleName(name)
        self.text = label("", "plain")
        self.yes, self.no = button(yes, yes_tip), button(no, no_tip)
        self.yes.setProperty("primary", "true")
        self.yes.clicked.connect(self.accepted)
        self.no.clicked.connect(self.declined)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.addWidget(self.text, 1)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        self.hide()

    def offer(self, text: str) -> None:
        """Show the bar.

        Args:
            text: The offer, translated.
        """
        self.text.setText(text)
        self.show()


class FoldedBar(QFrame):
    """A message with details to unfold, shown until it is closed; it does not block the window.

    Args:
        role: "error" or "note".
        name: Accessible name.
        icon: A name of ``theme.icon``.
    """

    def __init__(self, role: str, name: str, icon: str) -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setAccessibleName(name)
        self.message = label("", "plain")
        self._unfold = QPushButton(tr("Details"))
        self._unfold.setCheckable(True)
        describe(self._unfold, tr("Details"), tr("Show all that is known about this"))
        close = QToolButton()
        close.setIcon(theme.icon("close"))
        describe(close, tr("Close"), tr("Hide this message"))
        close.clicked.connect(self.hide)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setFixedHeight(150)
        describe(self.details, tr("Details of {name}", name=name), tr("The whole text, to copy"))
        self._unfold.toggled.connect(self.details.setVisible)
        self.row = QHBoxLayout()
        self.row.setSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        self.row.addWidget(IconLabel(icon, 20), alignment=top)
        self.row.addWidget(self.message, 1)
        for control in (self._unfold, *self._more_buttons(), close):
            self.row.addWidget(control, alignment=top)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.addLayout(self.row)
        layout.addWidget(self.details)
        self.hide()

    def _more_buttons(self) -> tuple[QToolButton, ...]:
        """Buttons before the one that closes."""
        return ()

    def _show_folded(self, message: str, details: str) -> None:
        self.message.setText(message)
        self.details.setPlainText(visible(details))
        self._unfold.setChecked(False)
        self.details.hide()
        self.show()


class NoteBar(FoldedBar):
    """A note that asks for nothing."""

    def __init__(self, name: str) -> None:
        super().__init__("note", name, "information-outline")

    def show_note(self, text: str, lines: Sequence[str]) -> None:
        """Show a note.

        Args:
            text: One sentence, translated.
            lines: Its details, translated.
        """
        self._show_folded(text, "\n".join(lines))


class ErrorBar(FoldedBar):
    """An error message; its details can be copied."""

    def __init__(self) -> None:
        super().__init__("error", tr("Error"), "alert-circle-outline")

    def show_error(self, title: str, error: Exception) -> None:
        """Show an error: the message of a UserError, or a general one for any other exception.

        Args:
            title: Of the job or action that failed; the first line of the details.
            error: Its traceback is the rest of the details.
        """
        trace = "".join(traceback.format_exception(error))
        message = tr(str(error) if isinstance(error, UserError) else BUG)
        self._show_folded(message, f"{title}\n\n{trace}")

    def _more_buttons(self) -> tuple[QToolButton, ...]:
        self.copy = QToolButton()
        self.copy.setIcon(theme.icon("content-copy"))
        describe(self.copy, tr("Copy"), tr("Copy this message and its details, to report them"))
        self.copy.clicked.connect(self._copy)
        return (self.copy,)

    def _copy(self) -> None:
        program = f"srviewer {__version__}"
        text = "\n\n".join((program, self.message.text(), self.details.toPlainText()))
        QGuiApplication.clipboard().setText(text)
