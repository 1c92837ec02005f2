"""Labels, tooltips, message boxes and pages that never draw untrusted text as markup.

Qt takes a text that looks like HTML for HTML, and reads the files that it names, wherever a format
is not set: in labels, message boxes and every tooltip. Nothing else in the window makes a label, a
tooltip, a message box or a page; what is markup by intention goes through ``MarkupLabel`` and
``TextPage``, whose writers pass each value through ``html_text`` or ``markdown_text``.
"""

from collections.abc import Sequence
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
    QTreeWidgetItem,
    QWidget,
)

from srviewer.core.visible_text import visible, visible_line

JOINER = "\u2060"  # no width, no break: with it behind "<" a text is no markup any more


class _HasTip(Protocol):
    def setToolTip(self, text: str, /) -> None: ...


def plain_tip(text: str) -> str:
    """Escape a text for a tooltip, which has no format to set, so that Qt does not see markup.

    Args:
        text: Untrusted text; control characters are spelled out.

    Returns:
        The same to the eye, without anything that Qt takes for HTML.
    """
    shown = visible(text)
    if QtOfText.mightBeRichText(shown):
        shown = shown.replace("<", f"<{JOINER}").replace("&lt;", f"&{JOINER}lt;")
    return shown


def set_tip(target: _HasTip, text: str) -> None:
    """Set the tooltip of a widget, an action or an item, as plain text.

    Args:
        target: Anything with ``setToolTip``.
        text: Untrusted text.
    """
    target.setToolTip(plain_tip(text))


def menu_text(text: str) -> str:
    """Escape a name for a menu, a button or a tab, where a lone "&" would underline a letter.

    Args:
        text: Untrusted text.

    Returns:
        One line with each "&" doubled.
    """
    return visible_line(text).replace("&", "&&")


def add_named(menu: QMenu, name: str) -> QAction:
    """Add an entry to a menu, with its name as plain text.

    Args:
        menu: The entry becomes its last.
        name: Untrusted text; also the tooltip.

    Returns:
        The new action, not connected to anything.
    """
    action = menu.addAction(menu_text(name))
    set_tip(action, visible_line(name))  # else Qt makes one of the text
    return action


class PlainLabel(QLabel):
    """A label that shows its text as plain text."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show a text; control characters are spelled out."""
        super().setText(visible(text))


class MarkupLabel(QLabel):
    """A label whose text is HTML of this program."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.RichText)


class _ClosedDocument(QTextDocument):
    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Called by Qt, which would load the file itself if it were not given an image."""
        nothing = QImage(1, 1, QImage.Format.Format_ARGB32)
        nothing.fill(Qt.GlobalColor.transparent)
        return nothing


class TextPage(QTextBrowser):
    """A page of this program's own HTML or Markdown, which loads no file and no address."""

    def __init__(self) -> None:
        super().__init__()
        self.setDocument(_ClosedDocument(self))

    def show_markdown(self, text: str) -> None:
        """Show Markdown; HTML within it is shown as text.

        Args:
            text: In GitHub's dialect.
        """
        features = QTextDocument.MarkdownFeature
        self.document().setMarkdown(text, features.MarkdownDialectGitHub | features.MarkdownNoHTML)


def message_box(
    icon: QMessageBox.Icon, title: str, text: str, parent: QWidget | None
) -> QMessageBox:
    """A message box with plain text and without buttons.

    Args:
        icon: Qt's icon of the kind of message.
        title: Of the window; untrusted text.
        text: The message; untrusted text.
        parent: The window that it belongs to, or None.

    Returns:
        A new box, not shown yet.
    """
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(icon)
    box.setWindowTitle(visible_line(title))
    box.setText(visible(text))
    return box


def list_item(text: str, tip: str) -> QListWidgetItem:
    """An entry of a list, with plain text.

    Args:
        text: Untrusted text.
        tip: Tooltip; untrusted text.

    Returns:
        A new item.
    """
    item = QListWidgetItem(visible(text))
    set_tip(item, tip)
    return item


def table_item(text: str) -> QTableWidgetItem:
    """A cell of a table that may be narrower than its text; the tooltip has the whole text.

    Args:
        text: Untrusted text.

    Returns:
        A new item.
    """
    item = QTableWidgetItem(visible_line(text))
    set_tip(item, text)
    return item


def tree_item(columns: Sequence[str], tip: str) -> QTreeWidgetItem:
    """A row of a tree, with plain text and one tooltip for all columns.

    Args:
        columns: Untrusted text of each column; line breaks are kept.
        tip: Tooltip; untrusted text.

    Returns:
        A new item.
    """
    item = QTreeWidgetItem([visible(text) for text in columns])
    for column in range(len(columns)):
        item.setToolTip(column, plain_tip(tip))
    return item
