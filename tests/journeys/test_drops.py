"""Files held over the window: where they go is shown, the answer is Copy, nothing is lost."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from srviewer.gui.panels.look.look_panel import LookPanel
from srviewer.gui.widgets.dropped_files import DropMark
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
BOTH = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction  # as file managers offer


class Drag:
    """A file manager that holds files and would rather move them."""

    def __init__(self, window: MainWindow, paths: Sequence[Path]) -> None:
        self.window, self.mime = window, QMimeData()
        self.mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])

    def over(self, widget: QWidget) -> str:
        """Come over the middle of a widget; the sentence that is shown, "" where it is refused."""
        self.under, self.at = widget, widget.rect().center()
        enter = QDragEnterEvent(self.at, BOTH, self.mime, LEFT, NONE)
        enter.setDropAction(Qt.DropAction.MoveAction)
        enter.ignore()
        QApplication.sendEvent(widget, enter)
        if not enter.isAccepted():
            return ""
        assert enter.dropAction() is Qt.DropAction.CopyAction
        move = QDragMoveEvent(self.at + QPoint(1, 1), BOTH, self.mime, LEFT, NONE)
        QApplication.sendEvent(widget, move)
        assert move.isAccepted() and move.dropAction() is Qt.DropAction.CopyAction
        (mark,) = [m for m in self.window.findChildren(DropMark) if m.isVisible()]
        return mark.sentence

    def leave(self) -> None:
        QApplication.sendEvent(self.under, QDragLeaveEvent())
        assert not any(mark.isVisible() for mark in self.window.findChildren(DropMark))

    def drop(self) -> None:
        event = QDropEvent(QPointF(self.at), BOTH, self.mime, LEFT, NONE)
        event.setDropAction(Qt.DropAction.MoveAction)
        QApplication.sendEvent(self.under, event)
        assert event.dropAction() is Qt.DropAction.CopyAction
        assert not any(mark.isVisible() for mark in self.window.findChildren(DropMark))


def _press(window: MainWindow, qtbot: QtBot, text: str, tick: bool = False) -> str:
    """Answer the question of a drop; its text."""
    box = window.dropping.question
    assert isinstance(box, QMessageBox)
    asked = box.text()
    if tick:
        box.checkBox().setChecked(True)
    button = next(b for b in box.buttons() if b.text().replace("&", "") == text)
    qtbot.mouseClick(button, LEFT)
    return asked


def test_a_drop_says_where_it_goes(
    window: MainWindow, qtbot: QtBot, until: Until, thick_file: Path, truth_file: Path
) -> None:
    window.studies.choice = None
    drag = Drag(window, [thick_file])
    assert drag.over(window) == "Opens thick.nii.gz"
    drag.leave()
    drag.over(window)
    drag.drop()
    until(lambda: window.study.scan is not None)

    look = window.panels.panels["look"]
    assert isinstance(look, LookPanel)
    drag = Drag(window, [truth_file])
    assert "'thick'" in drag.over(window) and "you are asked" in drag.over(window)
    drag.drop()
    _press(window, qtbot, "Open beside")  # not ticked: not remembered
    until(lambda: len(window.studies.states) == 2)
    assert window.studies.choice is None and "you are asked" in drag.over(window)
    drag.leave()
    assert drag.over(window.tabs) == "Opens truth.nii.gz in a tab of its own"
    drag.drop()
    until(lambda: len(window.studies.states) == 3)
    assert window.dropping.question is None
    window.panels.show_panel("train")
    assert "training data" in drag.over(window.panels.panels["train"])
    drag.leave()
    window.panels.show_panel("look")
    assert drag.over(look.overlay_box) == "Shows truth.nii.gz over the slices of 'truth'"
    drag.drop()
    until(lambda: len(window.study.overlays) == 1)
    both = Drag(window, [truth_file, thick_file])
    assert "in its place" in both.over(look.overlay_box)  # several files are no overlay


def test_a_remembered_replace_loses_nothing_unasked(
    rebuild: Callable[..., None], opened: MainWindow, qtbot: QtBot, until: Until, truth_file: Path
) -> None:
    first = opened.study.scan
    opened.studies.choice = None
    drag = Drag(opened, [truth_file])
    drag.over(opened)
    drag.drop()
    asked = _press(opened, qtbot, "Replace the study", tick=True)
    assert "loses" not in asked and opened.studies.choice == "replace"
    until(lambda: opened.study.scan is not first)

    rebuild()
    result = opened.study.result
    assert "you are asked" in drag.over(opened)
    drag.drop()
    asked = _press(opened, qtbot, "Cancel")
    assert "Replacing 'truth' loses:" in asked and "linear" in asked
    assert opened.study.result is result and len(opened.studies.states) == 1

    # Without anything to lose it is still remembered.
    compared_volumes = opened.study.compared_volumes
    opened.study.keep(compared_volumes.without(compared_volumes.results[0].key))
    second = opened.study.scan
    assert "in the place of 'truth'" in drag.over(opened)
    drag.drop()
    until(lambda: opened.study.scan is not second)
    assert len(opened.studies.states) == 1
