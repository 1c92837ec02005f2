"""Starts the window."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSettings

from srviewer.gui.application import application
from srviewer.gui.main_window import MainWindow


def open_window(paths: Sequence[Path], sample: bool, reconstruct: bool) -> int:
    """Show the window until it is closed; the exit status.

    ``paths`` are opened together; ``sample`` opens the built-in sample instead; ``reconstruct``
    starts the reconstruction as soon as the scan is shown.
    """
    app = application()
    window = MainWindow(QSettings())
    window.show()
    then = window.study.reconstruct if reconstruct else None
    if sample:
        window.study.open_sample(then)
    elif paths:
        window.study.open(list(paths), then)
    return app.exec()
