"""Starts the window."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtWidgets import QApplication

from srviewer.gui.appearance import theme
from srviewer.gui.appearance.application import application
from srviewer.gui.jobs.garbage import garbage_collected_here
from srviewer.gui.texts.translation import tr
from srviewer.gui.user_files.log import log_error, start_log
from srviewer.gui.user_files.preferences import read_preferences
from srviewer.gui.user_files.private_settings import own_settings
from srviewer.gui.window.file_open import FileOpening
from srviewer.gui.window.main_window import MainWindow
from srviewer.gui.window.stopping import signals_to
from srviewer.stop_signals import STOP, Stopped, status_after


def open_window(paths: Sequence[Path], sample: str, reconstruct: bool) -> int:
    """Show the window until it is closed.

    Args:
        paths: Opened together; none for an empty window.
        sample: Open a built-in sample instead: "thick", a scan with its truth, or "stacks"; ""
            for none.
        reconstruct: Start the reconstruction as soon as the scan is shown.

    Returns:
        The exit status.
    """
    app = application()
    settings = own_settings()
    preferences = read_preferences(settings)
    theme.choose(app, preferences.theme)
    if preferences.log:
        start_log()
    window = MainWindow(settings, filled=False)
    asked: list[Path] = []  # by the system, before there is anything to open them in
    if sys.platform == "darwin":  # no other system asks, and the filter sees every event
        FileOpening(app, lambda path: _open(window, path, asked))
    window.show_frame()
    if not window.isVisible():  # closed already
        return 0
    # Signals come from the loop that is run below.
    with signals_to(lambda number: _stop(window, number)), garbage_collected_here():
        window.fill()
        sys.excepthook = partial(_show_bug, window)
        window.housekeeping.begin()
        then = window.controller.reconstructing.start if reconstruct else None
        if sample == "stacks":
            window.controller.open_sample_stacks(then)
        elif sample:
            window.controller.open_sample(then)
        elif paths:
            window.controller.open(list(paths), then)
        for path in asked:
            _open(window, path, asked)
        return app.exec()


def _open(window: MainWindow, path: Path, asked: list[Path]) -> None:
    """Open a file that the system asks for, or keep it until there is more than the frame."""
    if window.filled:
        window.studies.next = "add"
        window.controller.open([path])
    else:
        asked.append(path)


def _stop(window: MainWindow, number: int) -> None:
    """A signal came: close without a question, for nobody may be there to answer it."""
    STOP.end(number)
    window.leave()
    QApplication.exit(status_after(Stopped(number)))  # out of dialogs, too


def _show_bug(
    window: MainWindow, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Show an error that nothing caught in the error bar, and in the terminal as ever."""
    sys.__excepthook__(kind, error, trace)
    log_error("window", error)
    if isinstance(error, Exception):
        window.error_bar.show_error(tr("Using the window"), error)
