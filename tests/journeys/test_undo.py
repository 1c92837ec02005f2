"""A user takes changes back and makes them again."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from srviewer.core.intensity.window import Window
from srviewer.core.regions.roi import Roi
from srviewer.core.slices.planes import Plane
from srviewer.gui.panels.reconstruct.request_options import RequestOptions
from srviewer.gui.study.reconstructing import RECONSTRUCT
from srviewer.gui.window.bars.study_tabs import StudyTabs
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]
Rebuild = Callable[..., None]
RULER = Roi("distance", Plane.AXIAL, ((0.0, 0.0, 0.0), (0.0, 10.0, 0.0)), "width")


LESION = Roi("ellipse", Plane.AXIAL, ((0.0, 0.0, 0.0), (8.0, 0.0, 0.0), (0.0, 8.0, 0.0)), "lesion")


def test_changes_are_taken_back_and_made_again_by_keys(
    opened: MainWindow, until: Until, qtbot: QtBot, truth_file: Path
) -> None:
    study, undo = opened.study, opened.actions_offered["undo"]
    assert not undo.isEnabled()
    request = study.request
    assert request is not None
    study.set_request(replace(request, factor=request.factor + 1))
    study.set_rois([RULER])
    assert undo.text() == "Undo measurement"
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(opened, Qt.Key.Key_Z, control)
    assert study.rois == () and undo.text() == "Undo reconstruction settings"
    qtbot.keyClick(opened, Qt.Key.Key_Z, control)
    assert study.request == request and not undo.isEnabled()
    qtbot.keyClick(opened, Qt.Key.Key_Z, control | shift)
    qtbot.keyClick(opened, Qt.Key.Key_Z, control | shift)
    assert study.rois == (RULER,) and study.request != request
    assert not opened.actions_offered["redo"].isEnabled()

    opened.controller.load_reference(truth_file)
    until(lambda: study.reference is not None)
    undo.trigger()
    assert study.reference is None
    opened.actions_offered["redo"].trigger()
    assert study.reference is not None


def test_a_drag_of_the_grey_levels_is_one_step(opened: MainWindow) -> None:
    study = opened.study
    first = study.view.window
    for step in range(1, 30):
        study.set_window(Window(first.low, first.high + step))
    opened.actions_offered["undo"].trigger()
    assert study.view.window == first
    assert not opened.actions_offered["undo"].isEnabled()


def test_a_removed_result_comes_back_beside_a_newer_one(
    rebuild: Rebuild, opened: MainWindow, until: Until
) -> None:
    study = opened.study
    rebuild()
    rebuild("cubic")
    removed = study.compared_volumes.results[1]
    study.keep(study.compared_volumes.without(removed.key))
    assert opened.actions_offered["undo"].text() == "Undo list of results"
    rebuild("nearest")
    while (
        opened.actions_offered["undo"].isEnabled()
        and opened.actions_offered["undo"].text() != "Undo list of results"
    ):
        opened.actions_offered["undo"].trigger()
    opened.actions_offered["undo"].trigger()
    results = study.compared_volumes.results
    assert len(results) == 3
    assert removed.volume in [one.volume for one in results]
    opened.actions_offered["redo"].trigger()
    assert len(study.compared_volumes.results) == 2


def test_each_study_keeps_its_own_changes(
    opened: MainWindow, until: Until, qtbot: QtBot, truth_file: Path, rebuild: Rebuild
) -> None:
    study, actions, studies = opened.study, opened.actions_offered, opened.studies
    rebuild()
    result = study.compared_volumes.results[0]
    study.set_rois([RULER])
    study.keep(study.compared_volumes.renamed(result.key, "the good one"))
    studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(studies.states) == 2)
    assert not actions["undo"].isEnabled() and not actions["redo"].isEnabled()
    study.set_rois([LESION])

    strip = opened.findChild(StudyTabs)
    strip.setCurrentIndex(0)
    assert actions["undo"].text() == "Undo list of results"
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(opened, Qt.Key.Key_Z, control)
    qtbot.keyClick(opened, Qt.Key.Key_Z, control)
    assert study.compared_volumes.results[0].name == result.name and study.rois == ()
    strip.setCurrentIndex(1)
    assert study.rois == (LESION,) and not actions["redo"].isEnabled()
    assert actions["undo"].text() == "Undo measurement"
    actions["undo"].trigger()
    assert study.rois == () and not actions["undo"].isEnabled()
    strip.setCurrentIndex(0)
    qtbot.keyClick(opened, Qt.Key.Key_Z, control | shift)
    assert study.rois == (RULER,)
    assert actions["redo"].text() == "Redo list of results"

    studies.close(1)
    assert actions["redo"].text() == "Redo list of results"
    opened.open([truth_file])
    until(lambda: len(studies.states) == 2)
    assert not actions["undo"].isEnabled() and not actions["redo"].isEnabled()


def test_a_result_that_came_meanwhile_stays_when_a_change_is_taken_back(
    opened: MainWindow, until: Until, truth_file: Path, rebuild: Rebuild
) -> None:
    study, studies = opened.study, opened.studies
    rebuild()
    removed = study.compared_volumes.results[0]
    study.keep(study.compared_volumes.without(removed.key))
    studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(studies.states) == 2)
    studies.show(0)
    opened.controller.reconstructing.start()
    studies.show(1)
    assert opened.controller.work.running(RECONSTRUCT) is not None
    until(lambda: opened.controller.work.running(RECONSTRUCT) is None)
    studies.show(0)
    assert opened.actions_offered["undo"].text() == "Undo list of results"
    opened.actions_offered["undo"].trigger()
    results = [one.volume for one in study.compared_volumes.results]
    assert len(results) == 2 and removed.volume in results


def test_another_scan_forgets_what_could_be_taken_back(
    opened: MainWindow, until: Until, truth_file: Path
) -> None:
    opened.study.set_rois([RULER])
    assert opened.actions_offered["undo"].isEnabled()
    before = opened.study.scan
    opened.open([truth_file])
    until(lambda: opened.study.scan is not before)
    assert not opened.actions_offered["undo"].isEnabled()


def test_the_lock_of_a_region_is_taken_back_made_again_and_goes_with_its_study(
    opened: MainWindow, until: Until, truth_file: Path
) -> None:
    study, actions = opened.study, opened.actions_offered
    options = opened.panels.findChild(RequestOptions)
    assert options is not None
    study.set_rois([RULER, LESION])
    options.lock.setCurrentIndex(1)
    options.lock.activated.emit(1)
    assert study.locked == LESION and actions["undo"].text() == "Undo lock"
    actions["undo"].trigger()
    assert study.locked is None and options.lock.currentText() == "Nothing"
    actions["redo"].trigger()
    assert study.locked == LESION and options.lock.currentText() == "lesion"
    renamed = replace(LESION, name="core of the lesion")
    study.set_rois([RULER, renamed])  # the lock stays with what it was put on
    assert study.locked == renamed and opened.controller.reconstructing.region is not None
    study.set_rois([])  # as "Clear" does
    assert study.locked is None and opened.controller.reconstructing.region is None
    actions["undo"].trigger()
    assert study.rois == (RULER, renamed) and study.locked == renamed
    opened.studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(opened.studies.states) == 2)
    assert study.locked is None
    opened.studies.show(0)
    assert study.locked == renamed and options.lock.currentText() == "core of the lesion"
