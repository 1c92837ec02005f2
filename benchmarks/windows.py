"""A real window for the benchmarks, with settings of its own, and the moments it is timed by."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from PySide6.QtCore import QEvent, QObject, QSettings
from PySide6.QtWidgets import QApplication

from srviewer.core.volumes.volume import Volume
from srviewer.gui.appearance.application import application
from srviewer.gui.jobs.garbage import garbage_collected_here
from srviewer.gui.views.drawing.canvas import Canvas
from srviewer.gui.window.main_window import MainWindow

PAUSE = 0.002  # s between two looks at the window


@contextmanager
def open_window(scan: Volume | None = None) -> Iterator[MainWindow]:
    """A window of 1600 x 1000 pixels that opens each scan in the place of the last one.

    ``scan`` is opened first, and its grey values are counted.
    """
    application()
    with TemporaryDirectory(prefix="srviewer-window-") as folder:
        settings = QSettings(str(Path(folder, "settings.ini")), QSettings.Format.IniFormat)
        window = MainWindow(settings)
        window.studies.choice = "replace"
        window.resize(1600, 1000)
        window.show()
        QApplication.processEvents()
        if scan is not None:
            window.study.open(scan, (), None)
            idle(window)
        with garbage_collected_here():
            yield window
        window.controller.work.stop()
        window.leave()  # a window that is closed asks about results
        window.deleteLater()
        QApplication.processEvents()


def until(true: Callable[[], bool]) -> None:
    """Run the window until something is true."""
    while not true():
        QApplication.processEvents()
        time.sleep(PAUSE)


def idle(window: MainWindow) -> None:
    """Run the window until no job is left."""
    until(lambda: not window.controller.work.tasks)


def frame_ms(
    change: Callable[[int], object], steps: int, clock: Callable[[], float] = time.perf_counter
) -> float:
    """The median time of the frames after changes but the first, which has none before it."""
    frames = []
    for step in range(steps):
        started = clock()
        change(step)
        QApplication.processEvents()  # which paints every pane that has changed
        frames.append((clock() - started) * 1000)
    return median(frames[1:])


class PaintedPlanes(QObject):
    """Counts the panes that were painted with a slice of the scan that is open now."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._painted: set[Canvas] = set()
        window.study.changed.connect(self._forget)
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    @property
    def count(self) -> int:
        """The number of these panes."""
        return len(self._painted)

    def end(self) -> None:
        """Look at no event any more: each one costs the window a call of Python."""
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Called by Qt."""
        if event.type() == QEvent.Type.Paint and isinstance(watched, Canvas) and watched.filled:
            self._painted.add(watched)
        return False

    def _forget(self, changed: frozenset[str]) -> None:
        """Called before the followers of the study, of which some paint the window at once."""
        if "scan" in changed:
            self._painted.clear()
