"""Drags a thumbnail to a part of the window, which is framed and says what a drop there does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from srviewer.gui.widgets.dropped_files import DropMark
from srviewer.gui.widgets.plain_text import PlainLabel
from srviewer.io.scans.series import Series

SIDE, BESIDE = 44, QPoint(12, -54)  # px of the thumbnail at the mouse, above what is said


@dataclass(frozen=True)
class DropPlace:
    """A part of the window that takes series.

    Attributes:
        widget: The part; it takes them while it is visible.
        sentence: What a drop of the series does, translated; "" refuses it.
        take: Called with the series that was dropped.
    """

    widget: QWidget
    sentence: Callable[[Series], str]
    take: Callable[[Series], None]


class SeriesDrag(QObject):
    """Follows the mouse from the thumbnail on, within the window.

    Not a drag of the operating system, which would offer the series to other programs as well.

    Args:
        source: The list of thumbnails.
        places: Those further on are looked at only outside of those before.

    Attributes:
        series: What is dragged; None while nothing is.
        mark: The frame around the place under the mouse.
    """

    def __init__(self, source: QWidget, places: Callable[[], Sequence[DropPlace]]) -> None:
        super().__init__(source)
        self._source, self._places = source, places
        self.series: Series | None = None
        self.mark: DropMark | None = None
        self._marked: DropPlace | None = None
        self._picture: PlainLabel | None = None

    def begin(self, series: Series, picture: QPixmap) -> None:
        """Begin to drag.

        Args:
            series: What is dragged.
            picture: Its thumbnail, drawn at the mouse.
        """
        self.series = series
        self._picture = PlainLabel()
        self._picture.setParent(self._source.window())
        self._picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._picture.setPixmap(picture)
        self._picture.setScaledContents(True)
        self._picture.resize(SIDE, SIDE)
        self._source.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._picture.show()

    def move(self, at: QPoint) -> None:
        """Follow the mouse.

        Args:
            at: Its position on the screen.
        """
        if self.series is None or self._picture is None:
            return
        place = self._place_at(at)
        if place is not self._marked:
            self._unmark()
            if place is not None:
                self._marked = place
                sentence, area = place.sentence(self.series), place.widget.rect()
                self.mark = DropMark(place.widget, sentence, area)  # its panes cover it
        self._picture.move(self._source.window().mapFromGlobal(at) + BESIDE)
        self._picture.raise_()

    def drop(self, at: QPoint) -> None:
        """End the drag, and hand the series to the place under the mouse.

        Args:
            at: The position of the mouse on the screen.
        """
        series, place = self.series, self._place_at(at)
        self.cancel()
        if series is not None and place is not None:
            place.take(series)

    def cancel(self) -> None:
        """End the drag without a drop."""
        self.series = None
        self._unmark()
        self._source.unsetCursor()
        if self._picture is not None:
            self._picture.hide()
            self._picture.deleteLater()
            self._picture = None

    def _place_at(self, at: QPoint) -> DropPlace | None:
        series = self.series
        if series is None:
            return None
        for place in self._places():
            widget = place.widget
            inside = widget.isVisible() and widget.rect().contains(widget.mapFromGlobal(at))
            if inside and place.sentence(series):
                if self._marked is not None and self._marked.widget is widget:
                    return self._marked
                return place
        return None

    def _unmark(self) -> None:
        self._marked = None
        if self.mark is not None:
            self.mark.hide()
            self.mark.deleteLater()
            self.mark = None
