"""Steps of a user who looks at two studies beside each other."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.window.bars.second_study_bar import SecondStudyBar
from srviewer.gui.window.main_window import MainWindow
from srviewer.gui.window.thumbnails.thumbnail_strip import ThumbnailStrip

Until = Callable[[Callable[[], bool]], None]
BOTH_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def open_beside(window: MainWindow, until: Until, path: Path) -> None:
    """Open a file in a tab of its own; the study before is shown."""
    count = len(window.studies.states)
    window.studies.choice = "add"
    window.open([path])
    until(lambda: len(window.studies.states) == count + 1)
    window.studies.show(count - 1)


def large_panes(window: MainWindow) -> tuple[SliceView, SliceView]:
    """The large panes of both studies."""
    second = window.compare.second
    assert second is not None
    plane = window.study.main_plane
    return window.compare.scan.panes[plane], second.row.panes[plane]


def link_text(window: MainWindow) -> str:
    """What the bar says of the link."""
    return window.findChild(SecondStudyBar).text.text()


def titles(pane: SliceView) -> str:
    """What stands in the upper left corner of a pane."""
    return " ".join(line.text for line in pane.annotations.top_left)


def wheel(pane: SliceView, notches: int) -> None:
    """Turn the wheel over the middle of a pane."""
    at = QPointF(pane.rect().center())
    QApplication.sendEvent(
        pane,
        QWheelEvent(
            at,
            QPointF(pane.mapToGlobal(at.toPoint())),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def drag_in(pane: SliceView, by: QPoint, button: Qt.MouseButton) -> None:
    """Drag from the middle of a pane."""
    start = pane.rect().center()
    QTest.mousePress(pane, button, Qt.KeyboardModifier.NoModifier, start)
    for step in (0.5, 1.0):
        at = start + QPoint(round(by.x() * step), round(by.y() * step))
        QTest.mouseMove(pane, at)
    QTest.mouseRelease(pane, button, Qt.KeyboardModifier.NoModifier, start + by)


def open_first(window: MainWindow, until: Until, folder: Path) -> None:
    """Open the first series of a folder by the list."""

    def picker() -> SeriesPicker | None:
        return next((p for p in window.findChildren(SeriesPicker) if p.isVisible()), None)

    window.open([folder])
    until(lambda: picker() is not None)
    asked = picker()
    assert asked is not None
    asked.tree.choose(0)
    asked.accept()
    until(lambda: window.study.scan is not None)
    window.activateWindow()
    QApplication.processEvents()


def drag_thumbnail(window: MainWindow, row: int, onto: SliceView) -> str:
    """Drag a thumbnail by the mouse into a pane; what is said on the way."""
    strip = window.findChild(ThumbnailStrip)
    handle, none = window.windowHandle(), Qt.KeyboardModifier.NoModifier
    start = strip.visualItemRect(strip.item(row)).center() - QPoint(0, 20)
    points = [strip.viewport().mapTo(window, start)]
    points += [points[0] + QPoint(15, 5), onto.mapTo(window, onto.rect().center())]
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, none, points[0])
    for at in points[1:]:
        QTest.mouseMove(handle, at)
    said = strip.drag.mark.sentence if strip.drag.mark is not None else ""
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, none, points[-1])
    return said
