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
from srviewer.gui.study.study_actions import RECONSTRUCT
from srviewer.gui.window.main_window import MainWindow
from srviewer.gui.window.study_tabs import StudyTabs

Until = Callable[[Callable[[], bool]], None]
Rebuild = Callable[..., None]
RULER = Roi("distance", Plane.AXIAL, ((0.0, 0.0, 0.0), (0.0, 10.0, 0.0)), "width")


LESION = Roi("ellipse", Plane.AXIAL, ((0.0, 0.0, 0.0), (8.0, 0.0, 0.0), (0.0, 8.0, 0.0)), "lesion")


def test_changes_are_taken_back_and_made_again_by_keys(
    opened: MainWindow, until: Until, qtbot: QtBot, truth_file: Path
) -> None:
    session, undo = opened.session, opened.actions_offered["undo"]
    assert not undo.isEnabled()
    request = session.request
    assert request is not None
    session.set_request(replace(request, factor=request.factor + 1))
    session.set_rois([RULER])
    assert undo.text() == "Undo measurement"
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(opened, Qt.Key.Key_Z, control)
    assert session.rois == () and undo.text() == "Undo reconstruction settings"
    qtbot.keyClick(opened, Qt.Key.Key_Z, control)
    assert session.request == request and not undo.isEnabled()
    qtbot.keyClick(opened, Qt.Key.Key_Z, control | shift)
    qtbot.keyClick(opened, Qt.Key.Key_Z, control | shift)
    assert session.rois == (RULER,) and session.request != request
    assert not opened.actions_offered["redo"].isEnabled()

    opened.study.load_reference(truth_file)
    until(lambda: session.reference is not None)
    undo.trigger()
    assert session.reference is None
    opened.actions_offered["redo"].trigger()
    assert session.reference is not None


def test_a_drag_of_the_grey_levels_is_one_step(opened: MainWindow) -> None:
    session = opened.session
    first = session.view.window
    for step in range(1, 30):
        session.set_window(Window(first.low, first.high + step))
    opened.actions_offered["undo"].trigger()
    assert session.view.window == first
    assert not opened.actions_offered["undo"].isEnabled()


def test_a_removed_result_comes_back_beside_a_newer_one(
    rebuild: Rebuild, opened: MainWindow, until: Until
) -> None:
    session = opened.session
    rebuild()
    rebuild("cubic")
    removed = session.comparables.results[1]
    session.keep(session.comparables.without(removed.key))
    assert opened.actions_offered["undo"].text() == "Undo list of results"
    rebuild("nearest")
    while (
        opened.actions_offered["undo"].isEnabled()
        and opened.actions_offered["undo"].text() != "Undo list of results"
    ):
        opened.actions_offered["undo"].trigger()
    opened.actions_offered["undo"].trigger()
    results = session.comparables.results
    assert len(results) == 3
    assert removed.volume in [one.volume for one in results]
    opened.actions_offered["redo"].trigger()
    assert len(session.comparables.results) == 2


def test_each_study_keeps_its_own_changes(
    opened: MainWindow, until: Until, qtbot: QtBot, truth_file: Path, rebuild: Rebuild
) -> None:
    session, actions, studies = opened.session, opened.actions_offered, opened.studies
    rebuild()
    result = session.comparables.results[0]
    session.set_rois([RULER])
    session.keep(session.comparables.renamed(result.key, "the good one"))
    studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(studies.states) == 2)
    assert not actions["undo"].isEnabled() and not actions["redo"].isEnabled()
    session.set_rois([LESION])

    strip = opened.findChild(StudyTabs)
    strip.setCurrentIndex(0)
    assert actions["undo"].text() == "Undo list of results"
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(opened, Qt.Key.Key_Z, control)
    qtbot.keyClick(opened, Qt.Key.Key_Z, control)
    assert session.comparables.results[0].name == result.name and session.rois == ()
    strip.setCurrentIndex(1)
    assert session.rois == (LESION,) and not actions["redo"].isEnabled()
    assert actions["undo"].text() == "Undo measurement"
    actions["undo"].trigger()
    assert session.rois == () and not actions["undo"].isEnabled()
    strip.setCurrentIndex(0)
    qtbot.keyClick(opened, Qt.Key.Key_Z, control | shift)
    assert session.rois == (RULER,)
    assert actions["redo"].text() == "Redo list of results"

    studies.close(1)
    assert actions["redo"].text() == "Redo list of results"
    opened.open([truth_file])
    until(lambda: len(studies.states) == 2)
    assert not actions["undo"].isEnabled() and not actions["redo"].isEnabled()


def test_a_result_that_came_meanwhile_stays_when_a_change_is_taken_back(
    opened: MainWindow, until: Until, truth_file: Path, rebuild: Rebuild
) -> None:
    session, studies = opened.session, opened.studies
    rebuild()
    removed = session.comparables.results[0]
    session.keep(session.comparables.without(removed.key))
    studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(studies.states) == 2)
    studies.show(0)
    opened.study.reconstruct()
    studies.show(1)
    assert opened.study.work.running(RECONSTRUCT) is not None
    until(lambda: opened.study.work.running(RECONSTRUCT) is None)
    studies.show(0)
    assert opened.actions_offered["undo"].text() == "Undo list of results"
    opened.actions_offered["undo"].trigger()
    results = [one.volume for one in session.comparables.results]
    assert len(results) == 2 and removed.volume in results


def test_another_scan_forgets_what_could_be_taken_back(
    opened: MainWindow, until: Until, truth_file: Path
) -> None:
    opened.session.set_rois([RULER])
    assert opened.actions_offered["undo"].isEnabled()
    before = opened.session.original
    opened.open([truth_file])
    until(lambda: opened.session.original is not before)
    assert not opened.actions_offered["undo"].isEnabled()


def test_the_lock_of_a_region_is_taken_back_made_again_and_goes_with_its_study(
    opened: MainWindow, until: Until, truth_file: Path
) -> None:
    session, actions = opened.session, opened.actions_offered
    options = opened.panels.findChild(RequestOptions)
    assert options is not None
    session.set_rois([RULER, LESION])
    options.lock.setCurrentIndex(1)
    options.lock.activated.emit(1)
    assert session.locked == LESION and actions["undo"].text() == "Undo lock"
    actions["undo"].trigger()
    assert session.locked is None and options.lock.currentText() == "Nothing"
    actions["redo"].trigger()
    assert session.locked == LESION and options.lock.currentText() == "lesion"
    renamed = replace(LESION, name="core of the lesion")
    session.set_rois([RULER, renamed])  # the lock stays with what it was put on
    assert session.locked == renamed and opened.study.region is not None
    session.set_rois([])  # as "Clear" does
    assert session.locked is None and opened.study.region is None
    actions["undo"].trigger()
    assert session.rois == (RULER, renamed) and session.locked == renamed
    opened.studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(opened.studies.states) == 2)
    assert session.locked is None
    opened.studies.show(0)
    assert session.locked == renamed and options.lock.currentText() == "core of the lesion"
