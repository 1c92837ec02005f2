"""Files that are dragged from another program: where they may be dropped, and what follows."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from srviewer.core.visible_text import visible
from srviewer.gui.appearance import theme

Sentence = Callable[[Sequence[Path]], str]
Take = Callable[[Sequence[Path]], None]


def dropped_paths(event: QDropEvent) -> list[Path]:
    """The files and folders of a drop.

    Args:
        event: Its URLs that are not local are ignored.

    Returns:
        Local paths in the order of the drop; empty when there are none.
    """
    urls = event.mimeData().urls()
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]


class DropTarget(QObject):
    """Lets files be dropped on a widget.

    While files are held over it, the widget is framed and a sentence in it says what a drop does.
    The answer is always to copy: a file manager to which "move" is answered may delete the files.

    Args:
        widget: Takes the drop.
        sentence: What a drop of these paths does, translated; "" refuses them.
        take: Called with the paths that were dropped.
        framed: Gives the widget that is framed; None for ``widget``.

    Attributes:
        mark: The frame, while files are held over the widget.
    """

    def __init__(
        self,
        widget: QWidget,
        sentence: Sentence,
        take: Take,
        framed: Callable[[], QWidget] | None = None,
    ) -> None:
        super().__init__(widget)
        self._sentence, self._take = sentence, take
        self._framed = framed or (lambda: widget)
        self.mark: DropMark | None = None
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Called by Qt for each event of the widget; true keeps the event from it."""
        if isinstance(event, QDragEnterEvent):
            self._enter(event)
        elif isinstance(event, QDragMoveEvent):
            _copy(event)
        elif event.type() is QEvent.Type.DragLeave:
            self._unmark()
        elif isinstance(event, QDropEvent):
            self._unmark()
            _copy(event)
            self._take(dropped_paths(event))
        else:
            return False
        return True

    def _enter(self, event: QDragEnterEvent) -> None:
        paths = dropped_paths(event)
        sentence = self._sentence(paths) if paths else ""
        if not sentence:
            event.ignore()
            return
        _copy(event)
        self._unmark()
        self.mark = DropMark(self._framed(), sentence)

    def _unmark(self) -> None:
        if self.mark is not None:
            self.mark.hide()
            self.mark.deleteLater()
            self.mark = None


class DropMark(QWidget):
    """A frame around a part of a widget, with a sentence in its middle.

    Args:
        framed: The widget.
        sentence: Untrusted text.
        area: The part of the widget that is framed; None for what can be seen of it.

    Attributes:
        sentence: The text that is shown.
    """

    def __init__(self, framed: QWidget, sentence: str, area: QRect | None = None) -> None:
        super().__init__(framed.window())
        self.sentence = visible(sentence)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.sentence)
        seen = framed.visibleRegion().boundingRect() if area is None else area
        self.setGeometry(QRect(framed.mapTo(framed.window(), seen.topLeft()), seen.size()))
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        colours, painter = theme.colours(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent, ground = QColor(colours.accent), QColor(colours.raised)
        veil = QColor(accent)
        veil.setAlpha(40)
        painter.setPen(QPen(accent, 3))
        painter.setBrush(veil)
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -3, -3), 6, 6)
        wrap = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        room = self.rect().adjusted(24, 6, -24, -6)
        text = painter.fontMetrics().boundingRect(room, wrap, self.sentence)
        painter.setPen(QPen(accent, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(text.adjusted(-14, -8, 14, 8) & self.rect(), 6, 6)
        painter.setPen(QColor(colours.text))
        painter.drawText(text, wrap, self.sentence)
        painter.end()


def _copy(event: QDropEvent) -> None:
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
