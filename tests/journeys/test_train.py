"""A user trains a network: from a drop to a model that reconstructs."""

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from srviewer.gui.appearance import theme
from srviewer.gui.panels.train import TrainPanel
from srviewer.gui.training.page import TrainingPage
from srviewer.gui.training.runs import State
from srviewer.gui.window.main_window import MainWindow
from srviewer.nn.catalogue import TrainingPlan
from srviewer.nn.models.model_file import load_model
from srviewer.paths import models_dir
from training_tab import drop_on, page_of, prepare, press, started, write

Drop = Callable[[Sequence[Path]], bool]
Until = Callable[[Callable[[], bool]], None]


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
    assert window.study.scan is None and window.controller.work.running("open") is None

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
    assert all({"mine", "cubic"} <= set(plot.curves) for plot in page.curves.scores.values())
    assert len(page.preview.images) == 3
    assert "steps/s" in page.facts.text() and "step " in page.facts.text()

    # It goes on while the user opens a scan, which is then in front.
    window.open([thick_file])
    until(lambda: window.study.scan is not None)
    assert not page.isVisible() and window.compare.isVisible()
    until(lambda: run.state is State.FINISHED)
    assert not window.error_bar.isVisible(), window.error_bar.message.text()

    # What was learned is at once in the list of models, and reconstructs.
    model = load_model(models_dir() / "mine.safetensors")
    assert model.plan.train == ("sub-01_T1w", "sub-01_T2w", "sub-02_T1w")
    assert model.plan.validation == ("sub-03_T1w",) and model.scores
    box = next(b for b in window.panels.findChildren(QComboBox) if b.accessibleName() == "Model")
    assert box.findData("mine") >= 0
    request = window.study.request
    assert request is not None
    window.study.set_request(replace(request, model="mine"))
    window.controller.reconstructing.start()
    until(lambda: window.study.result is not None)
    result = window.study.result
    assert result is not None and result.model is not None and result.model.name == "mine"

    # The card is readable in the tab.
    window.panels.setCurrentIndex(2)
    assert "Model card: mine" in page.card.toPlainText()
    assert "sub-03_T1w" in page.card.toPlainText()


def test_what_cannot_be_trained_is_said_in_plain_words(
    window: MainWindow, panel: TrainPanel, people: Path, until: Until, qtbot: QtBot, tmp_path: Path
) -> None:
    def refused() -> str:
        assert not panel.setup.start.isEnabled() and panel.setup.reason.isVisible()
        return panel.setup.reason.text()

    assert "no subject to train on" in refused()
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
    assert "at least one factor" in refused()
    panel.setup.choices.factors[2].click()

    # One person on both sides: the window cannot, and does not, build it.
    split = panel.setup.split
    split.validation = (*split.validation, split.train[0])
    split.changed.emit()
    assert "same person would be trained and tested on: sub-01" in refused()
    assert window.controller.training.all == () and window.controller.work.tasks == ()


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
