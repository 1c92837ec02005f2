"""Work is never lost by opening or closing: tabs, and the question about unexported results."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QMessageBox,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from srviewer.core.regions.roi import Roi
from srviewer.core.regions.text_annotation import TextAnnotation
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.jobs.running_jobs import RunningJobs
from srviewer.gui.user_files import autosave_folders
from srviewer.gui.window.bars.study_tabs import StudyTabs
from srviewer.gui.window.main_window import MainWindow
from srviewer.study.state.held_file import file_of
from wheel import turn_wheel

Until = Callable[[Callable[[], bool]], None]
ROLE = QMessageBox.ButtonRole


@pytest.fixture
def window(window: MainWindow) -> MainWindow:
    """The window as a user starts it: nothing was said about drops yet."""
    window.studies.choice = None
    return window


def _names(window: MainWindow) -> list[str]:
    return [state.scan.name for state in window.studies.states]


def _answered(role: QMessageBox.ButtonRole, do: Callable[[], object]) -> list[str]:
    """What was asked while ``do`` ran, answered by the button of this role."""
    asked: list[str] = []

    def reply() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            next(b for b in box.buttons() if box.buttonRole(b) is role).click()

    QTimer.singleShot(0, reply)
    do()
    return asked


def test_the_menu_opens_beside_and_nothing_is_lost(
    rebuild: Callable[..., None],
    opened: MainWindow,
    until: Until,
    truth_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rebuild()
    result = opened.study.result
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(truth_file)], ""))
    opened.actions_offered["open"].trigger()
    until(lambda: len(opened.studies.states) == 2)
    assert opened.study.result is None
    opened.studies.show(0)
    assert opened.study.result is result


def test_several_files_open_as_tabs_and_several_series_of_a_picker_too(
    window: MainWindow, until: Until, thick_file: Path, truth_file: Path, two_series: Path
) -> None:
    window.open([thick_file, truth_file])
    until(lambda: len(window.studies.states) == 2)
    assert _names(window) == ["thick", "truth"] and window.studies.current == 1
    window.open([two_series])
    until(lambda: bool(window.findChildren(SeriesPicker)))
    (picker,) = window.findChildren(SeriesPicker)
    picker.tree.selectAll()
    picker.accept()
    until(lambda: len(window.studies.states) == 4)
    assert sorted(_names(window)[2:]) == ["T1 thin (2)", "T2 thick (1)"]


def test_closing_a_tab_asks_only_for_a_result_that_would_go(
    rebuild: Callable[..., None], opened: MainWindow, until: Until, thick_file: Path, tmp_path: Path
) -> None:
    close = opened.actions_offered["close-study"]
    opened.open([thick_file])
    until(lambda: len(opened.studies.states) == 2)
    assert _answered(ROLE.DestructiveRole, close.trigger) == []
    assert len(opened.studies.states) == 1 and opened.study.scan is not None
    rebuild()
    (asked,) = _answered(ROLE.RejectRole, close.trigger)
    assert "linear" in asked and "thick" in asked and opened.study.result is not None
    opened.controller.exporting.export(tmp_path / "kept.nii.gz", "float32")
    until(lambda: not opened.controller.work.tasks)
    assert _answered(ROLE.RejectRole, close.trigger) == []
    assert opened.studies.states == () and opened.study.scan is None
    assert not opened.findChild(StudyTabs).isVisible() and not close.isEnabled()


def test_closing_the_window_asks_once_and_the_next_one_offers_the_work(
    rebuild: Callable[..., None], opened: MainWindow
) -> None:
    opened.housekeeping.begin()
    rebuild()
    (asked,) = _answered(ROLE.RejectRole, opened.close)
    assert "linear" in asked and "for a week" in asked and opened.isVisible()
    (asked,) = _answered(ROLE.DestructiveRole, opened.close)
    assert not opened.isVisible()
    (left,) = autosave_folders.left_behind()
    assert left.session_file.is_file()
    left.discard()


def test_what_lies_still_is_autosaved_once(
    rebuild: Callable[..., None],
    opened: MainWindow,
    until: Until,
    qtbot: QtBot,
    thick_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rebuild()
    opened.open([thick_file])
    until(lambda: len(opened.studies.states) == 2)
    autosave = opened.housekeeping.autosave
    autosave._timer.setInterval(50)
    started: list[str] = []
    start = RunningJobs.start

    def counted(work: RunningJobs, kind: str, *given: Any, **named: Any) -> Any:
        started.append(kind)
        return start(work, kind, *given, **named)

    monkeypatch.setattr(RunningJobs, "start", counted)
    opened.housekeeping.begin()
    until(lambda: file_of(opened.studies.states[0].compared_volumes.results[0].volume) is not None)

    def is_idle() -> bool:
        return not (autosave._pending or autosave._timer.isActive() or autosave.work.tasks)

    until(is_idle)
    qtbot.wait(500)  # once more, for what the first one wrote
    until(is_idle)
    count = len(started)
    qtbot.wait(500)
    assert len(started) == count <= 3


def test_what_is_kept_for_the_next_start_has_a_limit(
    rebuild: Callable[..., None], opened: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.housekeeping.begin()
    rebuild()
    _answered(ROLE.DestructiveRole, opened.close)
    (newest,) = autosave_folders.root().glob("window-*/")
    older = autosave_folders.root() / "window-older"
    shutil.copytree(newest, older)
    os.utime(older / autosave_folders.SESSION, (time.time() - 3600,) * 2)
    assert [left.path for left in autosave_folders.left_behind()] == [newest, older]
    monkeypatch.setattr(autosave_folders, "MOST_BYTES", 100)
    assert [left.path for left in autosave_folders.left_behind()] == [newest]
    assert not older.exists()


def test_simulating_makes_a_study_of_its_own(
    window: MainWindow, until: Until, truth_file: Path, head: Volume
) -> None:
    from srviewer.core.acquisition.degradation import Degradation

    window.open([truth_file])
    until(lambda: window.study.scan is not None)
    thin = window.study.scan
    window.controller.simulate(Degradation(axis=2, factor=4))
    until(lambda: window.study.result is not None)
    assert _names(window) == ["truth", "truth, thickened \u00d74"]
    window.studies.show(0)
    assert window.study.scan is thin and window.study.result is None


def _value(widget: QWidget) -> object:
    if isinstance(widget, QComboBox):
        return widget.currentIndex()
    return widget.text() if isinstance(widget, QAbstractSpinBox) else widget.value()


def test_the_wheel_changes_only_what_has_the_focus(opened: MainWindow, qtbot: QtBot) -> None:
    kinds = (QComboBox, QAbstractSpinBox, QAbstractSlider)
    controls = [
        widget
        for kind in kinds
        for widget in opened.findChildren(kind)
        if not isinstance(widget, QScrollBar)
    ]
    assert len(controls) > 15
    for number in range(opened.panels.count()):
        opened.panels.setCurrentIndex(number)
        for widget in controls:
            if widget.isVisible() and widget.isEnabled():
                before = _value(widget)
                opened.compare.setFocus()
                turn_wheel(widget, -1)
                assert _value(widget) == before, widget.accessibleName()
    opened.panels.setCurrentIndex(0)
    (slices,) = (w for w in controls if w.isVisible() and w.accessibleName() == "Slice thickness")
    slices.setFocus()
    before = _value(slices)
    turn_wheel(slices, -1)
    assert _value(slices) != before


def _drawn(window: MainWindow) -> None:
    """Two measurements and a text on the study that is shown."""
    ends = (0.0, 0.0, 0.0), (20.0, 0.0, 0.0)
    other = (0.0, 5.0, 0.0), (20.0, 5.0, 0.0)
    window.study.set_rois([Roi("distance", Plane.AXIAL, points) for points in (ends, other)])
    window.study.set_annotations([TextAnnotation(Plane.AXIAL, (0.0, 0.0, 0.0), "here")])


def test_closing_a_tab_asks_for_drawings_until_a_session_holds_them(
    opened: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close, closing = opened.actions_offered["close-study"], opened.closing
    _drawn(opened)
    scan = opened.study.scan
    (asked,) = _answered(ROLE.RejectRole, close.trigger)
    assert "2 measurements and 1 annotation on 'thick'" in asked and opened.study.scan is scan
    path = tmp_path / "kept.srviewer"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    _answered(ROLE.ActionRole, close.trigger)
    until(closing.bar.isVisible)
    assert path.is_file() and opened.study.scan is scan and closing.losses([0]) == ()

    opened.study.set_rois(opened.study.rois[1:])  # removed ones are in the file
    assert closing.losses([0]) == ()
    opened.study.set_rois([replace(opened.study.rois[0], name="edge")])
    assert closing.losses([0]) == ("1 measurement on 'thick'",)
    opened.housekeeping.history.undo()
    assert closing.losses([0]) == ()
    autosave_folders.root().mkdir(parents=True)
    opened.housekeeping.files.save(autosave_folders.root() / "own.srviewer")
    until(lambda: not opened.controller.work.tasks)
    assert closing.losses([0]) != ()  # the autosave goes with the window

    opened.open([path])
    until(lambda: opened.study.scan is not scan and not opened.controller.work.tasks)
    assert len(opened.study.rois) == 2
    assert _answered(ROLE.RejectRole, close.trigger) == []
    assert len(opened.studies.states) == 1


def test_the_window_asks_for_drawings_only_where_the_next_start_does_not_offer_them(
    opened: MainWindow,
) -> None:
    _drawn(opened)
    housekeeping = opened.housekeeping
    housekeeping.preferences = replace(housekeeping.preferences, autosave=False)
    (asked,) = _answered(ROLE.RejectRole, opened.close)
    assert "2 measurements" in asked and "Autosave" not in asked and opened.isVisible()
    housekeeping.preferences = replace(housekeeping.preferences, autosave=True)
    housekeeping.begin()
    assert _answered(ROLE.RejectRole, opened.close) == []
    assert not opened.isVisible()
    (left,) = autosave_folders.root().glob(f"window-*/{autosave_folders.SESSION}")
    assert '"here"' in left.read_text()  # though it was drawn just now


@pytest.mark.parametrize("when", ["before it starts", "later"])
def test_the_window_asks_for_drawings_where_autosave_cannot_write(
    when: str, opened: MainWindow, closed: Callable[[Path], Path]
) -> None:
    root = autosave_folders.root()
    if when == "before it starts":
        root.parent.mkdir(parents=True, exist_ok=True)
        closed(root.parent)
    opened.housekeeping.begin()
    if when == "later":
        closed(next(root.glob("window-*/")))
    _drawn(opened)
    (asked,) = _answered(ROLE.RejectRole, opened.close)
    assert "2 measurements" in asked and "Autosave failed" in asked and opened.isVisible()
    opened.studies.close(0)
    assert _answered(ROLE.RejectRole, opened.close) == []  # nothing is left to ask about


def test_the_menu_opens_beside_whatever_was_said_about_drops(
    opened: MainWindow, until: Until, truth_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.studies.choice = "replace"
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(truth_file)], ""))
    opened.actions_offered["open"].trigger()
    until(lambda: len(opened.studies.states) == 2)
    opened.studies.show(0)
    menu = opened.actions_offered.menu("recent")
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    until(lambda: len(opened.studies.states) == 3)
