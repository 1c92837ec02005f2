"""A training run is paused, stopped, closed on and killed, and goes on to the same end."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication, QComboBox, QMessageBox
from pytestqt.qtbot import QtBot

from children import Child
from srviewer.gui.panels.train import TrainPanel
from srviewer.gui.training.runs import State
from srviewer.gui.window.main_window import MainWindow
from srviewer.job import run as run_job
from srviewer.nn.models.checkpoint import checkpoint_header, checkpoint_path
from srviewer.nn.models.model_file import load_model
from srviewer.sr.training.records import stored_runs
from srviewer.sr.training.run import TrainingJob, trained_model
from training_tab import page_of, prepare, press, started

Drop = Callable[[Sequence[Path]], bool]
Until = Callable[[Callable[[], bool]], None]


def test_a_paused_run_stands_still_and_ends_as_one_that_was_not(
    window: MainWindow, panel: TrainPanel, people: Path, until: Until, qtbot: QtBot
) -> None:
    prepare(panel, people, until, "paused", 1000)
    run = started(panel, qtbot)
    until(lambda: len(run.entries) > 1)
    press(qtbot, panel.run_list.pause)
    assert run.state is State.PAUSED
    qtbot.wait(1000)  # the step that was under way, on a busy machine too
    steps, seconds = len(run.entries), run.entries[-1]["seconds"]
    still = time.monotonic()
    qtbot.wait(3000)
    assert len(run.entries) == steps and run.entries[-1]["step"] < 1000
    still = time.monotonic() - still
    press(qtbot, panel.run_list.resume)
    until(lambda: run.state is State.FINISHED)
    assert run.entries[steps]["seconds"] - seconds < still  # what lay in between did not count

    prepare(panel, people, until, "straight", 1000)
    other = started(panel, qtbot)
    until(lambda: other.state is State.FINISHED)
    one, two = (load_model(r.job.output).weights for r in (run, other))
    assert all(np.array_equal(one[name], two[name]) for name in one)
    # Both in one plot, each in its colour.
    assert {"paused", "straight"} <= set(page_of(window).curves.scores["psnr"].curves)


def test_a_stopped_run_can_be_resumed_and_a_second_one_waits_for_the_first(
    window: MainWindow, panel: TrainPanel, people: Path, until: Until, qtbot: QtBot
) -> None:
    prepare(panel, people, until, "first", 100_000)
    first = started(panel, qtbot)
    until(lambda: len(first.entries) > 3)
    prepare(panel, people, until, "second", 5)
    second = started(panel, qtbot)
    assert second.state is State.WAITING

    panel.run_list.choose(first)
    press(qtbot, panel.run_list.stop)
    until(lambda: second.state is State.FINISHED)
    assert first.state is State.STOPPED
    plan, steps = checkpoint_header(checkpoint_path(first.job.output))
    assert steps >= 4 and plan.steps == 100_000
    panel.run_list.choose(first)
    press(qtbot, panel.run_list.resume)
    until(lambda: first.state is State.TRAINING and first.entries[-1]["step"] > steps)
    told = [entry["step"] for entry in first.entries]
    assert told == sorted(set(told))
    assert not window.error_bar.isVisible()


@pytest.mark.parametrize("answer", ["Cancel", "Close"])
def test_closing_asks_and_keeps_a_checkpoint(
    answer: str, window: MainWindow, panel: TrainPanel, people: Path, until: Until, qtbot: QtBot
) -> None:
    prepare(panel, people, until, "closed", 100_000)
    run = started(panel, qtbot)
    until(lambda: len(run.entries) > 1)

    def reply() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        assert "Training closed" in box.text() and "resume" in box.text()
        box.button(getattr(QMessageBox.StandardButton, answer)).click()

    QTimer.singleShot(0, reply)
    assert window.close() is (answer == "Close")
    assert checkpoint_path(run.job.output).exists() is (answer == "Close")


FIRST = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings
from srviewer.gui.appearance.application import application
from srviewer.gui.window.main_window import MainWindow
from srviewer.nn.catalogue import TrainingPlan
from srviewer.sr.training.run import TrainingJob
app = application()
window = MainWindow(QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.show()
plan = TrainingPlan("fast", width=4, blocks=1, neighbours=0, factors=(2,), factor_shares=(1.0,),
    rows=6, columns=12, batch=2, steps=int(sys.argv[4]), checkpoint_minutes=1e-9)
window.controller.training.start(
    TrainingJob((Path(sys.argv[2]),), (), plan, Path(sys.argv[3]), "cpu"))
window.controller.training.changed.connect(
    lambda: app.quit() if not window.controller.work.tasks else None)
app.exec()
window.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_after_a_crash_the_next_window_resumes_to_the_same_end(
    people: Path, tmp_path: Path, settings: QSettings, qtbot: QtBot, until: Until
) -> None:
    killed, whole = tmp_path / "killed.safetensors", tmp_path / "whole.safetensors"
    scan = people / "sub-02_T1w.nii"
    command = [sys.executable, "-c", FIRST, tmp_path / "s.ini", scan, killed, "100"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    checkpoint = checkpoint_path(killed)
    with Child(command, environment) as child:
        child.until(lambda: checkpoint.exists() and checkpoint_header(checkpoint)[1] >= 5)
    plan, done = checkpoint_header(checkpoint)
    assert done < plan.steps == 100
    run_job(trained_model(TrainingJob((scan,), (), plan, whole, "cpu")))

    window = MainWindow(settings)
    qtbot.addWidget(window)
    window.show()
    panel = window.panels.findChild(TrainPanel)
    assert isinstance(panel, TrainPanel)
    window.panels.setCurrentIndex(2)
    left = [run for run in window.controller.training.all if run.state is State.UNFINISHED]
    assert [run.name for run in left] == ["killed"] and left[0].entries
    assert "killed" in panel.offer.text.text()
    panel.run_list.choose(left[0])
    press(qtbot, panel.run_list.resume)
    until(lambda: left[0].state is State.FINISHED)
    one, two = (load_model(path).weights for path in (killed, whole))
    assert all(np.array_equal(one[name], two[name]) for name in one)
    # It lies outside the folder of models, and is offered all the same.
    box = next(b for b in window.panels.findChildren(QComboBox) if b.accessibleName() == "Model")
    assert box.findData(str(killed)) >= 0
    assert not panel.offer.isVisible()

    panel.run_list.choose(left[0])
    press(qtbot, panel.run_list.remove)
    assert killed.exists() and killed not in [job.output for job in stored_runs().jobs]
    window.controller.work.stop()
