"""Text in the window as it is: names and headers of a stranger's file are never drawn as markup.

Qt takes a text that looks like HTML for HTML, and reads the files that it names, wherever a format
is not set: in labels, message boxes and every tooltip. Nothing else in the window makes a label, a
tooltip, a message box or a page; what is markup by intention goes through ``MarkupLabel`` and
``TextPage``, whose writers pass each value through ``html_text`` or ``markdown_text``.
"""

from typing import Protocol

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QImage, QTextDocument
from PySide6.QtGui import Qt as QtOfText
from PySide6.QtWidgets import (
    QLabel,
    QListWidgetItem,
    QMenu,
    QMessageBox,
    QTableWidgetItem,
    QTextBrowser,
    QWidget,
)

from srviewer.core.visible_text import visible, visible_line

JOINER = "\u2060"  # no width, no break: with it behind "<" a text is no markup any more


class _HasTip(Protocol):
    def setToolTip(self, text: str, /) -> None: ...


def plain_tip(text: str) -> str:
    """``text`` for a tooltip, which has no format to set: as it is, and no markup to Qt."""
    shown = visible(text)
    if QtOfText.mightBeRichText(shown):
        shown = shown.replace("<", f"<{JOINER}").replace("&lt;", f"&{JOINER}lt;")
    return shown


def set_tip(target: _HasTip, text: str) -> None:
    """Give a widget, an action or an item the tooltip ``text``, as it is."""
    target.setToolTip(plain_tip(text))


def named(text: str) -> str:
    """A name for a menu, a button or a tab, where a lone "&" would underline a letter."""
    return visible_line(text).replace("&", "&&")


def add_named(menu: QMenu, name: str) -> QAction:
    """A new entry of ``menu`` called ``name``, as it is."""
    action = menu.addAction(named(name))
    set_tip(action, visible_line(name))  # else Qt makes one of the text
    return action


class PlainLabel(QLabel):
    """A label that shows its text as it is."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show ``text``."""
        super().setText(visible(text))


class MarkupLabel(QLabel):
    """A label whose text is HTML of this program."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.RichText)


class _ClosedDocument(QTextDocument):
    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Called by Qt, which looks for the file itself unless it is given a picture."""
        nothing = QImage(1, 1, QImage.Format.Format_ARGB32)
        nothing.fill(Qt.GlobalColor.transparent)
        return nothing


class TextPage(QTextBrowser):
    """A page of this program's own HTML or Markdown, which loads no file and no address."""

    def __init__(self) -> None:
        super().__init__()
        self.setDocument(_ClosedDocument(self))

    def show_markdown(self, text: str) -> None:
        """Show Markdown; HTML within it is text."""
        features = QTextDocument.MarkdownFeature
        self.document().setMarkdown(text, features.MarkdownDialectGitHub | features.MarkdownNoHTML)


def message_box(
    icon: QMessageBox.Icon, title: str, text: str, parent: QWidget | None
) -> QMessageBox:
    """A message that shows ``text`` as it is; without buttons."""
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(icon)
    box.setWindowTitle(visible_line(title))
    box.setText(visible(text))
    return box


def list_item(text: str, tip: str) -> QListWidgetItem:
    """An entry of a list."""
    item = QListWidgetItem(visible(text))
    set_tip(item, tip)
    return item


def table_item(text: str) -> QTableWidgetItem:
    """A cell of a table that may be narrower than ``text``, which its tooltip has whole."""
    item = QTableWidgetItem(visible_line(text))
    set_tip(item, text)
    return item
