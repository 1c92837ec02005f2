"""Every setting of a reconstruction outlives whatever a user does with the window."""

import argparse
import shlex
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from settings_of import OTHERS
from settings_of import every_setting as settings_with_reason
from srviewer.cli import main
from srviewer.cli.verbs.reconstruct import asked_request
from srviewer.core.volumes.volume import Volume
from srviewer.gui.figures.command_line import reconstruct_line
from srviewer.gui.panels.reconstruct.request_options import RequestOptions
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.window.main_window import MainWindow
from srviewer.nn.models.model_file import save_model
from srviewer.nn.plans.adaptation import Adaptation
from srviewer.sr.models.available_models import DEFAULT_MODEL, find_model
from srviewer.sr.models.shipped_models import SHIPPED
from srviewer.sr.requests.request import Request, suggested_request
from srviewer.study.opening import CHOICES

Until = Callable[[Callable[[], bool]], None]
# With a reason the model is chosen by the program again (test_model_choice.py).
NAMES = [field.name for field in fields(Request) if field.name != "model_reason"]


def every_setting(request: Request) -> Request:
    """``request`` with another value in every field, its model named."""
    return replace(settings_with_reason(request), model_reason="")


@pytest.fixture
def other(qtbot: QtBot, settings: QSettings) -> MainWindow:
    """Another window."""
    made = MainWindow(settings)
    qtbot.addWidget(made)
    made.studies.choice = "replace"
    made.show()
    return made


def _set(window: MainWindow) -> Request:
    request = window.study.request
    assert request is not None
    wanted = every_setting(request)
    window.study.set_request(wanted)
    assert window.study.request == wanted
    return wanted


def test_every_setting_and_a_result_come_back_in_another_window(
    opened: MainWindow, other: MainWindow, until: Until, tmp_path: Path
) -> None:
    rebuilt = replace(_set(opened), isotropic=False)
    opened.study.set_request(rebuilt)
    opened.controller.reconstructing.start()
    until(lambda: opened.study.result is not None)
    wanted = _set(opened)
    path = tmp_path / "all.srviewer"
    opened.housekeeping.files.save(path)
    until(lambda: path.exists() and not opened.controller.work.tasks)
    other.open([path])
    until(lambda: other.study.result is not None)
    assert other.study.request == wanted
    assert other.study.result is not None and other.study.result.request == rebuilt


def test_every_setting_is_autosaved(opened: MainWindow, other: MainWindow, until: Until) -> None:
    opened.housekeeping.begin()
    wanted = _set(opened)
    autosave = opened.housekeeping.autosave
    assert autosave._own is not None
    path = autosave._own.session_file
    until(lambda: path.exists() and '"seed": 5' in path.read_text(encoding="utf-8"))
    other.housekeeping.files.open(path)
    until(lambda: other.study.scan is not None)
    assert other.study.request == wanted


def test_nothing_of_the_scan_before_gets_into_a_session_that_is_opened(
    opened: MainWindow, other: MainWindow, until: Until, tmp_path: Path
) -> None:
    path = tmp_path / "plain.srviewer"
    opened.housekeeping.files.save(path)
    until(lambda: path.exists() and not opened.controller.work.tasks)
    text = path.read_text(encoding="utf-8").replace('"adaptation": null', '"other": 0')
    path.write_text(text.replace('"flips": false', '"others": 0'), encoding="utf-8")
    wanted = opened.study.request
    _set(opened)
    before = opened.study.scan
    opened.open([path])
    until(lambda: opened.study.scan is not before)
    assert opened.study.request == wanted


def test_every_setting_waits_with_its_tab_and_can_be_taken_back(
    opened: MainWindow, until: Until, truth_file: Path
) -> None:
    plain, wanted = opened.study.request, _set(opened)
    opened.studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(opened.studies.states) == 2)
    opened.studies.show(0)
    assert opened.study.request == wanted
    opened.actions_offered["undo"].trigger()
    assert opened.study.request == plain
    opened.actions_offered["redo"].trigger()
    assert opened.study.request == wanted


def test_a_control_changes_its_own_setting_alone(opened: MainWindow) -> None:
    study, options = opened.study, opened.panels.findChild(RequestOptions)
    assert options is not None
    edits: dict[str, Callable[[], object]] = {
        "flips": options.flips.click,
        "minimum": options.minimum.click,
        "agreement": options.noise.click,
        "adaptation": lambda: options.seconds.setValue(90),
        "texture": lambda: options.texture.setValue(10),
        "thickness_mm": lambda: options.thickness.setValue(2.0),
        "profile": lambda: _choose(options.profile, options.profile.findData("estimate")),
    }
    for name, edit in edits.items():
        before = replace(_set(opened), method="cross-plane")
        study.set_request(before)
        edit()
        assert study.request is not None
        value = getattr(study.request, name)
        assert value != getattr(before, name)
        assert study.request == replace(before, **{name: value})
    assert options.profile_found.text().startswith("Estimated with the reconstruction")
    _choose(options.profile, options.profile.findData("slr"))
    assert study.request is not None and study.request.profile == "slr"
    assert not options.profile_found.text()


def _choose(box: QComboBox, number: int) -> None:
    box.setCurrentIndex(number)
    box.activated.emit(number)


def test_a_second_axis_that_nothing_suggests_is_shown_and_can_be_left_out(
    opened: MainWindow,
) -> None:
    opened.study.set_request(replace(_set(opened), axis=2))
    options = opened.panels.findChild(RequestOptions)
    assert options is not None
    assert options.also.isVisibleTo(opened) and options.also.isChecked()
    options.also.click()
    assert opened.study.request is not None and opened.study.request.also == ()
    assert not options.also.isVisibleTo(opened)  # the pixels are square


def test_a_model_in_a_file_is_shown_and_stays(opened: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "own.safetensors"
    save_model(find_model("fast"), path)
    request = opened.study.request
    assert request is not None
    request = replace(request, model=str(path), model_reason="", texture=0.5)
    opened.study.set_request(request)
    boxes = [b for b in opened.panels.findChildren(QComboBox) if b.accessibleName() == "Model"]
    assert [box.currentText().split()[0] for box in boxes] == ["own"]
    (factor,) = (b for b in opened.panels.findChildren(QComboBox) if b.accessibleName() == "Target")
    _choose(factor, factor.findData(2))
    assert opened.study.request == replace(request, factor=2)


def _read_back(line: str, scan: Volume) -> Request:
    _, verb, *words = shlex.split(line)
    _, args = main._parsed([verb, *words], {})
    assert isinstance(args, argparse.Namespace)
    return asked_request(scan, args)


OF_THE_LINE = [(name, OTHERS[name]) for name in NAMES] + [
    ("factor", 64),
    ("thickness_mm", 0.1 + 0.2),
    ("texture", 1e-7),
    ("also", ((1, 2), (0, 3))),
    ("adaptation", Adaptation(steps=12)),
    ("adaptation", Adaptation(seconds=123456.789)),
    ("adaptation", Adaptation(steps=1, seed=2**32 - 1)),
]


def test_the_copied_line_asks_for_every_setting(opened: MainWindow, tmp_path: Path) -> None:
    scan, plain = opened.study.scan, opened.study.request
    assert scan is not None and plain is not None
    plain = replace(plain, model_reason="")  # the line names the model
    path = tmp_path / "-it's own.safetensors"
    save_model(find_model("fast"), path)
    asked = [replace(plain, **{name: value}) for name, value in OF_THE_LINE]
    asked += [plain, every_setting(plain), replace(plain, model=str(path))]
    asked += [replace(plain, method="cubic", model="gone")]  # not used: nothing is lost with it
    for request in asked:
        opened.study.set_request(replace(plain, factor=3))
        opened.study.set_request(request)
        read = _read_back(reconstruct_line(opened.controller), scan)
        not_used = request.model == "gone"
        assert read == (replace(request, model=DEFAULT_MODEL) if not_used else request)


def test_what_is_kept_for_the_next_scan_is_what_was_chosen_and_suits_it(
    qtbot: QtBot, thick_head: Volume, head: Volume
) -> None:
    study = ShownStudy()
    study.open(head, (), None)
    first = study.request
    assert first is not None
    chosen = every_setting(first)
    study.set_request(chosen)
    study.open(thick_head, (), None)
    suits = suggested_request(thick_head, model="quality")
    kept = {name: getattr(chosen, name) for name in ("model", *CHOICES)}
    assert study.request == replace(suits, **kept)
    study.set_request(replace(chosen, model="gone"))
    study.open(head, (), None)
    calibrated = {row.name for row in SHIPPED if row.gain_calibrated}
    assert study.request is not None and study.request.model in calibrated
