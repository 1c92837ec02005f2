"""A study that is closed is let go: nothing of the window keeps its voxels."""

import gc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from weakref import ref

import pytest
from PySide6.QtWidgets import QApplication

from srviewer.core.intensity.window import Window
from srviewer.core.volumes.volume import Volume
from srviewer.gui.state import undo
from srviewer.gui.study.self_testing import SELF_TEST
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]


def _let_go(volumes: "list[ref[Volume]]") -> list[str]:
    """The names of the volumes that something still holds."""
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    gc.collect()
    return [volume.name for kept in volumes if (volume := kept()) is not None]


def _volumes(window: MainWindow) -> "list[ref[Volume]]":
    state = window.study.state
    assert state.scan is not None and state.result is not None and state.reference is not None
    return [ref(state.scan), ref(state.result.volume), ref(state.reference.volume)]


def _worked_on(window: MainWindow, until: Until, truth_file: Path) -> None:
    """Reconstruct, score, undo and test the study that is shown, as a user does."""
    study, controller = window.study, window.controller
    assert study.request is not None
    study.set_request(replace(study.request, method="linear"))
    controller.reconstructing.start()
    until(lambda: study.result is not None)
    controller.load_reference(truth_file)
    until(lambda: study.scores is not None)
    controller.testing.start()
    until(lambda: controller.work.running(SELF_TEST) is None)
    study.keep(study.compared_volumes.renamed(study.compared_volumes.current, "mine"))
    study.move_cursor((1.0, 2.0, 3.0))
    window.housekeeping.history.undo()
    for panel in window.panels.panels:
        window.panels.show_panel(panel)
    until(lambda: controller.work.tasks == ())


def test_a_closed_study_frees_its_voxels(
    opened: MainWindow, until: Until, thick_file: Path, truth_file: Path
) -> None:
    _worked_on(opened, until, truth_file)
    volumes = _volumes(opened)
    opened.studies.close(0)
    assert _let_go(volumes) == []


def test_a_tab_that_is_closed_frees_its_voxels(
    opened: MainWindow, until: Until, thick_file: Path, truth_file: Path
) -> None:
    _worked_on(opened, until, truth_file)
    volumes = _volumes(opened)
    opened.studies.choice = "add"
    opened.open([thick_file])
    until(lambda: len(opened.studies.states) == 2)
    opened.studies.close(0)
    until(lambda: opened.controller.work.tasks == ())
    assert _let_go(volumes) == []


def test_undo_keeps_the_last_removed_result_and_few_others(
    rebuild: Callable[..., None],
    opened: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    study, history = opened.study, opened.housekeeping.history
    for method in ("linear", "cubic", "nearest"):
        rebuild(method)
    results = [ref(kept.volume) for kept in study.compared_volumes.results]
    size = study.compared_volumes.results[0].volume.voxels.nbytes
    monkeypatch.setattr(undo, "MOST_BYTES", size)  # of one result, not of two
    study.set_window(Window(0.0, 10.0))
    for kept in study.compared_volumes.results:
        study.keep(study.compared_volumes.without(kept.key))
    del kept
    assert study.compared_volumes.results == () and len(_let_go(results)) == 1
    history.undo()
    assert len(study.compared_volumes.results) == 1 and history.undo_title is None
    history.redo()
    assert study.compared_volumes.results == () and history.redo_title is None
