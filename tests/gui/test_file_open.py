"""Files that the system asks to open."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from srviewer.gui.window.file_open import FileOpening


def test_a_file_that_the_system_asks_for_is_opened(qapp: QApplication, tmp_path: Path) -> None:
    asked: list[Path] = []
    target = QObject()
    opening = FileOpening(target, asked.append)
    path = tmp_path / "a scan.nii.gz"
    assert QApplication.sendEvent(target, QFileOpenEvent(QUrl.fromLocalFile(str(path))))
    QApplication.sendEvent(target, QFileOpenEvent(QUrl("https://example.org/scan.nii")))
    QApplication.sendEvent(target, QEvent(QEvent.Type.User))
    assert asked == [path]
    assert opening.parent() is target
