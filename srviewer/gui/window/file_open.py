"""Files that the system asks the running program to open, as the Finder does."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFileOpenEvent


class FileOpening(QObject):
    """Hands each file of a QFileOpenEvent sent to ``target``, the application, to ``show``."""

    def __init__(self, target: QObject, show: Callable[[Path], None]) -> None:
        super().__init__(target)
        self._show = show
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook: True for what is dealt with here."""
        if not isinstance(event, QFileOpenEvent) or not event.file():
            return False
        self._show(Path(event.file()))
        return True
