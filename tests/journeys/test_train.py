"""A user trains a network: from a drop to a model that rebuilds; pauses, stops, comes back."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

import phantoms
from srviewer.gui import theme
from srviewer.gui.main_window import MainWindow
from srviewer.gui.panels.train import TrainPanel
from srviewer.gui.training.page import TrainingPage
from srviewer.gui.training.runs import Run, State
from srviewer.nn import train as loop
from srviewer.nn.checkpoint import checkpoint_header, checkpoint_path
from srviewer.nn.model_file import load_model
from srviewer.nn.specs import TrainingPlan
from srviewer.paths import models_dir
from srviewer.sr.training_records import remembered

Drop = Callable[[Sequence[Path]], bool]
Until = Callable[[Callable[[], bool]], None]
SMALL = {"width": "4", "blocks": "1", "neighbours": "0", "rows": "6", "columns": "12", "batch": "2"}


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A folder with thin scans of three people, one of whom was scanned twice."""
    folder = tmp_path / "people"
    folder.mkdir()
    for name in ("sub-01_T1w", "sub-01_T2w", "sub-02_T1w", "sub-03_T1w"):
        volume = phantoms.head()
        voxels = volume.voxels * (1 + 0.1 * len(name))
        nib.save(nib.Nifti1Image(voxels, volume.geometry.affine), folder / f"{name}.nii")
    return folder


@pytest.fixture
def panel(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> TrainPanel:
    """The training tab, in front; a run reports often, for it is short."""
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.05)
    found = window.panels.findChild(TrainPanel)
    assert isinstance(found, TrainPanel)
    titles = [window.panels.tabText(n) for n in range(window.panels.count())]
    window.panels.setCurrentIndex(titles.index("Train"))
    return found


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


def started(panel: TrainPanel, qtbot: QtBot) -> Run:
    before = len(panel.run_list.runs.all)
    press(qtbot, panel.setup.start)
    assert len(panel.run_list.runs.all) == before + 1
    run = panel.run_list.chosen
    assert run is not None
    return run


def page_of(window: MainWindow) -> TrainingPage:
    found = window.findChild(TrainingPage)
    assert isinstance(found, TrainingPage)
    return found


def test_from_a_drop_to_a_model_that_rebuilds(
    window: MainWindow,
    panel: TrainPanel,
    people: Path,
    until: Until,
    qtbot: QtBot,
    thick_file: Path,
) -> None:
    # Dropped on the tab, scans are learned from, by person, and not opened.
    assert drop_on(panel, [people])
    split = panel.setup.split
    until(lambda: bool(split.train))
    assert [p.title for p in split.train] == ["sub-01", "sub-02"]
    assert [p.title for p in split.validation] == ["sub-03"]
    assert split.train[0].names == ("sub-01_T1w", "sub-01_T2w")
    assert window.session.original is None and window.study.work.running("open") is None

    # People move between the sides, with all their scans.
    split.lists[0].setCurrentRow(1)
    press(qtbot, split.hold_out)
    assert [p.title for p in split.validation] == ["sub-03", "sub-02"]
    split.lists[1].setCurrentRow(1)
    press(qtbot, split.take_back)
    assert [p.title for p in split.train] == ["sub-01", "sub-02"]

    # A real run, its curves beside the tab.
    prepare(panel, people, until, "mine", 200)
    run = started(panel, qtbot)
    page = page_of(window)
    assert page.isVisible()
    until(lambda: len(page.curves.loss.curves.get("l1", ((), ()))[0]) > 2)
    assert {"mine", "cubic"} <= set(page.curves.psnr.curves) & set(page.curves.ssim.curves)
    assert len(page.preview.images) == 3
    assert "steps/s" in page.facts.text() and "step " in page.facts.text()

    # It goes on while the user opens a scan, which is then in front.
    window.open([thick_file])
    until(lambda: window.session.original is not None)
    assert not page.isVisible() and window.compare.isVisible()
    until(lambda: run.state is State.FINISHED)
    assert not window.error_bar.isVisible(), window.error_bar.message.text()

    # What was learned is at once in the list of models, and rebuilds.
    model = load_model(models_dir() / "mine.safetensors")
    assert model.plan.train == ("sub-01_T1w", "sub-01_T2w", "sub-02_T1w")
    assert model.plan.validation == ("sub-03_T1w",) and model.scores
    box = next(b for b in window.panels.findChildren(QComboBox) if b.accessibleName() == "Model")
    assert box.findData("mine") >= 0
    request = window.session.request
    assert request is not None
    window.session.set_request(replace(request, model="mine"))
    window.study.reconstruct()
    until(lambda: window.session.result is not None)
    result = window.session.result
    assert result is not None and result.model is not None and result.model.name == "mine"

    # The card is readable in the tab.
    window.panels.setCurrentIndex(2)
    assert "Model card: mine" in page.card.toPlainText()
    assert "sub-03_T1w" in page.card.toPlainText()


def test_a_paused_run_stands_still_and_ends_as_one_that_was_not(
    window: MainWindow, panel: TrainPanel, people: Path, until: Until, qtbot: QtBot
) -> None:
    prepare(panel, people, until, "paused", 300)
    run = started(panel, qtbot)
    until(lambda: len(run.entries) > 3)
    press(qtbot, panel.run_list.pause)
    assert run.state is State.PAUSED
    qtbot.wait(200)  # the step that was under way
    steps, seconds = len(run.entries), run.entries[-1]["seconds"]
    qtbot.wait(1000)
    assert len(run.entries) == steps and run.entries[-1]["step"] < 300
    press(qtbot, panel.run_list.resume)
    until(lambda: run.state is State.FINISHED)
    assert run.entries[-1]["seconds"] < seconds + 60
    assert run.entries[steps]["seconds"] - seconds < 0.9  # the second in between did not count

    prepare(panel, people, until, "straight", 300)
    other = started(panel, qtbot)
    until(lambda: other.state is State.FINISHED)
    one, two = (load_model(r.job.output).weights for r in (run, other))
    assert all(np.array_equal(one[name], two[name]) for name in one)
    # Both in one plot, each in its colour.
    assert {"paused", "straight"} <= set(page_of(window).curves.psnr.curves)


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
from srviewer.gui.application import application
from srviewer.gui.main_window import MainWindow
from srviewer.nn.specs import TrainingPlan
from srviewer.sr.training import TrainingJob
app = application()
window = MainWindow(QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.show()
plan = TrainingPlan("fast", width=4, blocks=1, neighbours=0, factors=(2,), factor_shares=(1.0,),
    rows=6, columns=12, batch=2, steps=int(sys.argv[4]), checkpoint_minutes=1e-9)
window.study.training.start(
    TrainingJob((Path(sys.argv[2]),), (), plan, Path(sys.argv[3]), "cpu"))
window.study.training.changed.connect(
    lambda: app.quit() if not window.study.work.tasks else None)
app.exec()
window.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_after_a_crash_the_next_window_resumes_to_the_same_end(
    people: Path, tmp_path: Path, settings: QSettings, qtbot: QtBot, until: Until
) -> None:
    killed, whole = tmp_path / "killed.safetensors", tmp_path / "whole.safetensors"
    scan, steps = people / "sub-02_T1w.nii", "300"
    command = [sys.executable, "-c", FIRST, str(tmp_path / "s.ini"), str(scan)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([*command, str(killed), steps], env=environment)
    checkpoint, deadline = checkpoint_path(killed), time.monotonic() + 120
    while not checkpoint.exists() or checkpoint_header(checkpoint)[1] < 10:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    subprocess.run([*command, str(whole), steps], check=True, env=environment, timeout=120)

    window = MainWindow(settings)
    qtbot.addWidget(window)
    window.show()
    panel = window.panels.findChild(TrainPanel)
    assert isinstance(panel, TrainPanel)
    window.panels.setCurrentIndex(2)
    left = [run for run in window.study.training.all if run.state is State.UNFINISHED]
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
    assert killed.exists() and killed not in [job.output for job in remembered()]
    window.study.work.stop()


def test_what_cannot_be_trained_is_said_in_plain_words(
    window: MainWindow, panel: TrainPanel, people: Path, until: Until, qtbot: QtBot, tmp_path: Path
) -> None:
    def refused() -> str:
        window.error_bar.hide()
        press(qtbot, panel.setup.start)
        until(window.error_bar.isVisible)
        return window.error_bar.message.text()

    assert "nobody to learn from" in refused()
    window.error_bar.hide()
    panel.setup.add([tmp_path / "nothing"])
    until(window.error_bar.isVisible)
    assert "nothing" in window.error_bar.message.text()

    prepare(panel, people, until, "fast", 5)
    assert "a model named 'fast' already" in refused()
    panel.setup.choices.name.setText("a/b")
    assert "without slashes" in refused()
    panel.setup.choices.name.setText("new")
    panel.setup.choices.budget.setText("long")
    assert "'long' steps is no budget" in refused()
    panel.setup.choices.budget.setText("5")
    form = panel.setup.unfold()
    write(form.editor("learning_rate").widget, "quick")
    assert "'quick' is not a value for 'Learning rate'" in refused()
    write(form.editor("learning_rate").widget, "7")
    assert "learning rate is between 0 and 1" in refused()
    write(form.editor("learning_rate").widget, "0.001")
    panel.setup.choices.factors[2].click()
    assert "at least one factor" in window.error_bar.message.text()
    panel.setup.choices.factors[2].click()

    # One person on both sides: the window cannot, and does not, build it.
    split = panel.setup.split
    split.validation = (*split.validation, split.train[0])
    assert "same person would be trained and tested on: sub-01" in refused()
    assert window.study.training.all == () and window.study.work.tasks == ()


def test_a_run_that_fails_says_why_in_its_place(
    window: MainWindow, panel: TrainPanel, people: Path, until: Until, qtbot: QtBot
) -> None:
    prepare(panel, people, until, "wide", 5)
    write(panel.setup.unfold().editor("columns").widget, "900")
    run = started(panel, qtbot)
    until(lambda: run.state is State.FAILED)
    assert "900 columns" in run.problem
    assert window.error_bar.message.text() == run.problem


def test_the_form_has_every_field_of_the_plan_with_its_unit(panel: TrainPanel) -> None:
    form = panel.setup.unfold()
    plan = replace(form.plan(), steps=1)
    shown = {name.split(".")[0] for name in form.names}
    elsewhere = {"preset", "factors", "steps", "minutes", "train", "validation", "layout"}
    assert {field.name for field in fields(TrainingPlan)} == shown | elsewhere
    for part in (value for value in vars(plan).values() if is_dataclass(value)):
        assert all(any(n.endswith(f".{f.name}") for n in form.names) for f in fields(part))
    for name in form.names:
        widget = form.editor(name).widget
        assert len(widget.toolTip()) > 8 and widget.accessibleName()
    assert "(channels)" in form.editor("width").widget.toolTip()

    # Another preset fills it anew; factors and their shares stay in step.
    choices = panel.setup.choices
    choices.preset.setCurrentIndex(choices.preset.findData("ours"))
    choices.preset.activated.emit(choices.preset.currentIndex())
    assert form.plan().losses.texture == 1.0 and form.plan().preset == "ours"
    choices.factors[8].click()
    assert form.plan().factors == (2, 3, 4, 5, 6)
    assert form.plan().factor_shares == pytest.approx((0.2,) * 5)


def test_images_are_trained_on_too(
    window: MainWindow, panel: TrainPanel, tmp_path: Path, until: Until, qtbot: QtBot
) -> None:
    from PIL import Image

    random = np.random.default_rng(0)
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(3):
        pixels = random.integers(0, 255, (60, 52, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    choices = panel.setup.choices
    choices.kind.setCurrentIndex(choices.kind.findData("image"))
    choices.kind.activated.emit(choices.kind.currentIndex())
    assert list(choices.factors) == [2, 3, 4]
    prepare(panel, folder, until, "pictures", 4)
    assert [len(side) for side in (panel.setup.split.train, panel.setup.split.validation)] == [2, 1]
    run = started(panel, qtbot)
    until(lambda: run.state in (State.FINISHED, State.FAILED))
    assert run.problem == "" and load_model(run.job.output).plan.layout == "image"
    box = next(b for b in window.panels.findChildren(QComboBox) if b.accessibleName() == "Model")
    assert box.findData("pictures") < 0  # it is for images, not for scans


def test_the_tab_needs_little_room(window: MainWindow, panel: TrainPanel) -> None:
    assert panel.minimumSizeHint().width() <= 300
    panel.setup.unfold()
    assert panel.minimumSizeHint().width() <= 300
    assert window.findChild(TrainingPage) is not None


def test_curves_follow_the_theme(
    window: MainWindow, panel: TrainPanel, people: Path, until: Until, qtbot: QtBot
) -> None:
    prepare(panel, people, until, "bright", 3)
    run = started(panel, qtbot)
    until(lambda: run.state is State.FINISHED)
    page = page_of(window)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    before = page.curves.loss.key.text()
    theme.apply(app, "light")
    try:
        until(lambda: page.curves.loss.key.text() != before)
        assert page.curves.loss.plot.backgroundBrush().color().name() == "#ffffff"
    finally:
        theme.apply(app, "dark")
