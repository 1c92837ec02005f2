"""Steps of a user in the training tab."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from srviewer.gui.panels.train import TrainPanel
from srviewer.gui.training.page import TrainingPage
from srviewer.gui.training.runs import TrainingRun
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]
SMALL = {"width": "4", "blocks": "1", "neighbours": "0", "rows": "6", "columns": "12", "batch": "2"}


def drop_on(widget: QWidget, paths: Sequence[Path]) -> bool:
    """Drag files over the middle of a widget and let go; whether they were welcome."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    rest = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton)
    keys = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(widget.rect().center(), *rest, keys)
    QApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        where = QPointF(widget.rect().center())
        QApplication.sendEvent(widget, QDropEvent(where, *rest, keys))
    return enter.isAccepted()


def write(line: QWidget | None, text: str) -> None:
    assert isinstance(line, QLineEdit)
    line.setText(text)


def press(qtbot: QtBot, button: QWidget) -> None:
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def prepare(panel: TrainPanel, people: Path, until: Until, name: str, steps: int) -> None:
    """Everything but the press of the button, for a tiny network on the processor."""
    setup, choices = panel.setup, panel.setup.choices
    if not setup.split.train:
        setup.add([people])
        until(lambda: bool(setup.split.train))
    form = setup.unfold()
    for factor, made in choices.factors.items():
        if made.isChecked() and factor > 2:  # the phantoms are too small for others
            made.click()
    for field, text in SMALL.items():
        write(form.editor(field).widget, text)
    choices.unit.setCurrentIndex(choices.unit.findData("steps"))
    choices.budget.setText(str(steps))
    choices.device.setCurrentIndex(choices.device.findData("cpu"))
    choices.name.setText(name)


def started(panel: TrainPanel, qtbot: QtBot) -> TrainingRun:
    before = len(panel.run_list.runs.all)
    qtbot.waitUntil(panel.setup.start.isEnabled)  # it rests a moment after another start
    press(qtbot, panel.setup.start)
    assert len(panel.run_list.runs.all) == before + 1
    run = panel.run_list.chosen
    assert run is not None
    return run


def page_of(window: MainWindow) -> TrainingPage:
    found = window.findChild(TrainingPage)
    assert isinstance(found, TrainingPage)
    return found
