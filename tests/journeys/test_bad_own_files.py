"""The window starts whatever lies among the user's own files, and says what it left out."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from bad_models import model_bytes, write_bad_models
from srviewer.gui.appearance.application import application
from srviewer.gui.menus.window_arrangements import KEY, NamedLayouts
from srviewer.gui.panels.reconstruct.reconstruct_panel import ReconstructPanel
from srviewer.gui.panels.train import TrainPanel
from srviewer.gui.widgets.notice import Notice
from srviewer.gui.window.main_window import MainWindow
from srviewer.paths import models_dir, user_data_dir

Until = Callable[[Callable[[], bool]], None]


def started(qtbot: QtBot, settings: QSettings) -> MainWindow:
    application()
    made = MainWindow(settings)
    qtbot.addWidget(made)
    made.show()
    return made


def notes(panel: ReconstructPanel | TrainPanel) -> str:
    shown = [one for one in panel.findChildren(Notice) if one.isVisibleTo(panel)]
    return "\n\n".join(one.text.text() for one in shown)


def test_bad_models_are_left_out_and_named(qtbot: QtBot, settings: QSettings) -> None:
    bad = write_bad_models(models_dir())
    (models_dir() / "mine.safetensors").write_bytes(model_bytes(lambda header, weights: None))
    window = started(qtbot, settings)
    panel = window.panels.findChild(ReconstructPanel)
    assert panel is not None
    offered = [panel._model.itemData(row) for row in range(panel._model.count())]
    assert "mine" in offered and not {path.stem for path in bad} & set(offered)
    said = notes(panel)
    assert bad[0].name in said and f"{len(bad) - 3} more" in said


def test_a_model_that_is_damaged_while_the_window_is_open_is_said(
    opened: MainWindow, until: Until
) -> None:
    path = models_dir() / "mine.safetensors"
    models_dir().mkdir(parents=True)
    path.write_bytes(model_bytes(lambda header, weights: None))
    request = opened.study.request
    assert request is not None
    opened.study.set_request(replace(request, model="mine"))
    path.write_bytes(b"")
    opened.study.set_request(replace(request, model="mine", factor=3))
    panel = opened.panels.findChild(ReconstructPanel)
    assert panel is not None and "mine.safetensors is damaged" in notes(panel)
    opened.controller.reconstructing.start()
    until(lambda: opened.error_bar.isVisibleTo(opened))
    assert "mine.safetensors is damaged" in opened.error_bar.message.text()
    opened.study.set_request(request)
    assert "damaged" not in notes(panel)


def test_bad_training_records_are_left_out_and_named(qtbot: QtBot, settings: QSettings) -> None:
    folder = user_data_dir() / "training"
    folder.mkdir(parents=True)
    (folder / "bad.json").write_text('{"output": "", "paths": 5}')
    window = started(qtbot, settings)
    panel = window.panels.findChild(TrainPanel)
    assert panel is not None and window.controller.training.all == ()
    assert "The record of a training run 'bad.json' is damaged" in notes(panel)


CHANGES: tuple[dict[str, Any], ...] = (
    {"comparing": 5},
    {"comparing": {"opacity": "x"}},
    {"comparing": {"opacity": 10**400, "layout": "flip"}},
    {"comparing": {"tile_mm": -1, "layout": "flip"}},
    {"comparing": {"layout": ["flip"]}},
    {"smooth": "yes"},
    {"panel": 10**15},
    {"panel": -1},
    {"sizes": [10**15, 1]},
    {"sizes": [1]},
    {"sizes": ["a", "b"]},
    {"sizes": {"a": 1}},
)


def test_a_named_layout_of_the_wrong_kind_changes_nothing_that_it_gets_wrong(
    window: MainWindow, settings: QSettings
) -> None:
    layouts = NamedLayouts(settings, window.study, window.splitter, window.panels)
    before, sizes = window.study.comparing, window.splitter.sizes()
    layouts.save("mine")
    kept = json.loads(str(settings.value(KEY)))
    for change in CHANGES:
        settings.setValue(KEY, json.dumps({"mine": kept["mine"] | change}))
        layouts.show("mine")
        assert window.study.comparing == before and window.splitter.sizes() == sizes
    settings.setValue(KEY, json.dumps({"a": 5, **kept, "b": None}))
    assert layouts.names() == ("mine",)


@pytest.mark.parametrize(
    "text",
    ["5", '{"a": 5, "\\ud800": {}}', "[" * 99_999],
)
def test_settings_that_something_else_wrote_are_as_good_as_none(
    text: str, qtbot: QtBot, settings: QSettings
) -> None:
    for key in (KEY, "recent"):
        settings.setValue(key, text)
    settings.setValue("window/panel", "9" * 20)
    settings.setValue("window/geometry", "none")
    settings.setValue("preferences/threads", "many")
    settings.setValue("preferences/theme", [1, 2])
    window = started(qtbot, settings)
    assert window.isVisible()
