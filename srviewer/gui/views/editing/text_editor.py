"""The field in which the text of an annotation is written, over the pane."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from srviewer.core.regions.text_annotation import LONGEST
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import describe

WIDTH, HEIGHT = 180, 28  # px


class TextEditor(QLineEdit):
    """Takes one line: Return or another focus keep it, Escape drops it; then it is gone."""

    def __init__(
        self, pane: QWidget, at: QPointF, text: str, done: Callable[[str | None], None]
    ) -> None:
        super().__init__(text, pane)
        self._done: Callable[[str | None], None] | None = done
        self.setMaxLength(LONGEST)
        self.setPlaceholderText(tr("Text"))
        describe(self, tr("Text"), tr("Return keeps the text, Escape drops the change"))
        left = min(max(round(at.x()), 0), max(0, pane.width() - WIDTH))
        top = min(max(round(at.y()) - HEIGHT // 2, 0), max(0, pane.height() - HEIGHT))
        self.setGeometry(left, top, min(WIDTH, pane.width()), HEIGHT)
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def finish(self, keep: bool) -> None:
        """End the editing, once.

        Args:
            keep: Whether the text is taken.
        """
        done, self._done = self._done, None
        if done is None:
            return
        text = self.text().strip() if keep else None
        self.hide()
        self.deleteLater()
        done(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.finish(event.key() != Qt.Key.Key_Escape)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Called by Qt; a context menu of the field takes the focus for a moment only."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finish(True)
