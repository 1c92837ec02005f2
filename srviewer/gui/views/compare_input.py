"""Mouse and keyboard in a pane of two volumes: drag the curtain's edge, hold a key to flip."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from srviewer.gui.views.slice_view import SliceView
from srviewer.study.state.comparing import FLIP_KEY, Comparing
from srviewer.study.state.layouts import Layout, find_layout

REACH = 9.0  # px from the curtain's edge at which it can be taken
LEAST, MOST = 0.02, 0.98  # the edge can always be taken again


class CompareInput(QObject):
    """Filters the events of a pane before its navigation, and takes only those of comparing."""

    def __init__(self, pane: SliceView) -> None:
        super().__init__(pane)
        self._pane, self._study = pane, pane.study
        self._dragging = False
        pane.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Called by Qt for each event of the pane; true keeps it from the pane and navigation."""
        if self._pane.header is None:
            return False
        if isinstance(event, QKeyEvent):
            return self._key(event)
        if event.type() == QEvent.Type.FocusOut:
            self._swap(False)  # the release goes elsewhere
        if isinstance(event, QMouseEvent) and "edge" in self._layout.controls:
            return self._mouse(event)
        if event.type() in (QEvent.Type.Leave, QEvent.Type.Hide):
            self._pane.unsetCursor()
        return False

    @property
    def _comparing(self) -> Comparing:
        return self._study.comparing

    @property
    def _layout(self) -> Layout:
        return find_layout(self._comparing.layout)

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key[f"Key_{FLIP_KEY}"] or event.modifiers():
            return False
        if not event.isAutoRepeat():
            self._swap(event.type() == QEvent.Type.KeyPress)
        return True

    def _swap(self, swapped: bool) -> None:
        if self._layout.compares:
            self._study.compare(replace(self._comparing, swapped=swapped))

    def _mouse(self, event: QMouseEvent) -> bool:
        kind, at = event.type(), event.position()
        left = event.button() == Qt.MouseButton.LeftButton
        if kind == QEvent.Type.MouseButtonPress and left:
            self._dragging = self._near(at)
        if kind == QEvent.Type.MouseButtonRelease and left and self._dragging:
            self._dragging = False
            return True
        if self._dragging:
            self._move(at)
            return True
        if not event.buttons():
            self._show_hand(at)
        return False

    def _move(self, at: QPointF) -> None:
        share = min(max(self._share(at), LEAST), MOST)
        self._study.compare(replace(self._comparing, divider=share))

    def _near(self, at: QPointF) -> bool:
        distance = abs(self._share(at) - self._comparing.divider)
        return distance * self._length() <= REACH

    def _share(self, at: QPointF) -> float:
        return (at.x() if self._comparing.upright else at.y()) / max(1, self._length())

    def _length(self) -> int:
        return self._pane.width() if self._comparing.upright else self._pane.height()

    def _show_hand(self, at: QPointF) -> None:
        shape = Qt.CursorShape
        if not self._near(at):
            self._pane.unsetCursor()
        elif self._comparing.upright:
            self._pane.setCursor(shape.SplitHCursor)
        else:
            self._pane.setCursor(shape.SplitVCursor)
