"""The training tab: what cannot start says why, a stopped run leaves a model, keys do not pass."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from srviewer.gui.panels.train import TrainPanel
from srviewer.gui.training.runs import State
from srviewer.gui.window.main_window import MainWindow
from srviewer.nn.models.model_file import load_model
from training_tab import page_of, prepare, press, started

Until = Callable[[Callable[[], bool]], None]


def test_a_stopped_run_without_held_out_subjects(
    opened: MainWindow, panel: TrainPanel, people: Path, until: Until, qtbot: QtBot
) -> None:
    window, setup = opened, panel.setup

    # What cannot start is not to be pressed, and says why.
    assert not setup.start.isEnabled() and "no subject to train on" in setup.reason.text()
    at = setup.start.mapTo(window, setup.start.rect().center())
    prepare(panel, people, until, "halfway", 100_000)
    while setup.split.validation:
        setup.split.lists[1].setCurrentRow(0)
        press(qtbot, setup.split.take_back)
    assert setup.start.isEnabled() and not setup.reason.isVisible()
    assert "No subject is held out" in setup.note.text.text()
    setup.choices.name.setText("fast")
    assert not setup.start.isEnabled() and "named 'fast' already" in setup.reason.text()
    setup.choices.name.setText("halfway")
    assert setup.start.mapTo(window, setup.start.rect().center()) == at

    # A double click starts one run; an earlier error is not left over it.
    window.controller.failed.emit("Earlier", ValueError("earlier"))
    assert window.error_bar.isVisible()
    qtbot.mouseClick(setup.start, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(setup.start, Qt.MouseButton.LeftButton)
    (run,) = window.controller.training.all
    assert not window.error_bar.isVisible()

    # No empty plots of scores.
    until(lambda: len(run.entries) > 3)
    page = page_of(window)
    assert page.curves.loss.isVisible() and page.curves.nobody.isVisible()
    assert not any(plot.isVisible() for plot in page.curves.scores.values())

    # Keys of the panes do not act on the panes behind the page.
    layout, view = window.study.comparing.layout, window.study.view
    for key in (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_I, Qt.Key.Key_X):
        qtbot.keyClick(window, key)
    assert (window.study.comparing.layout, window.study.view) == (layout, view)

    # Its averaged weights are a model as soon as it is stopped, and it can still be resumed.
    assert not run.model_exists
    press(qtbot, panel.run_list.stop)
    until(lambda: run.state is State.STOPPED)
    assert "can be used" in panel.run_list.list.currentItem().text()
    assert panel.run_list.resume.isEnabled()
    model = load_model(run.job.output)
    assert all(np.isfinite(weight).all() for weight in model.weights.values())
    assert "Model card: halfway" in page.card.toPlainText()
    box = next(b for b in window.panels.findChildren(QComboBox) if b.accessibleName() == "Model")
    assert box.findData("halfway") >= 0
    window.panels.setCurrentIndex(0)
    assert window.study.request is not None
    window.study.set_request(replace(window.study.request, model="halfway"))
    window.controller.reconstructing.start()
    until(lambda: window.study.result is not None)

    # In front again, the panes have their keys back.
    qtbot.keyClick(window, Qt.Key.Key_I)
    assert window.study.view.smooth is not view.smooth


def test_a_second_start_waits_for_a_double_click(
    window: MainWindow, panel: TrainPanel, people: Path, until: Until, qtbot: QtBot
) -> None:
    prepare(panel, people, until, "one", 100_000)
    first = started(panel, qtbot)
    prepare(panel, people, until, "two", 100_000)
    second = started(panel, qtbot)
    assert (first.name, second.name) == ("one", "two") and second.state is State.WAITING
