"""A user goes from study to study while something is still running."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.panels.reconstruct.reconstruct_panel import ReconstructPanel
from srviewer.gui.study.reconstructing import RECONSTRUCT
from srviewer.gui.study.study_controller import OPEN, SIMULATE
from srviewer.gui.window.bars.study_tabs import StudyTabs
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def two(opened: MainWindow, until: Until, truth_file: Path) -> MainWindow:
    """The thick phantom, and the thin one in a second tab, which is shown."""
    opened.studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(opened.studies.states) == 2)
    return opened


def _rebuild_held(window: MainWindow) -> Volume:
    """Start to reconstruct the scan that is shown and let the job stand still; the scan."""
    scan, request = window.study.scan, window.study.request
    assert scan is not None and request is not None
    window.study.set_request(replace(request, method="linear"))
    window.controller.reconstructing.start()
    _hold(window, RECONSTRUCT, True)
    return scan


def _hold(window: MainWindow, kind: str, held: bool) -> None:
    task = window.controller.work.running(kind)
    assert task is not None
    task.hold(held)


def test_a_rebuild_goes_on_and_joins_its_own_study(
    two: MainWindow, until: Until, qtbot: QtBot
) -> None:
    study, strip = two.study, two.findChild(StudyTabs)
    strip.setCurrentIndex(0)
    scan = _rebuild_held(two)
    strip.setCurrentIndex(1)
    panel = two.panels.findChild(ReconstructPanel)
    told = [one.text() for one in panel.foot.findChildren(QLabel)]
    assert any("'thick', which is not shown" in text for text in told)
    _hold(two, RECONSTRUCT, False)
    until(lambda: two.controller.work.running(RECONSTRUCT) is None)
    assert study.scan is not scan and study.result is None
    assert "'thick' was reconstructed" in two.statusBar().currentMessage()
    strip.setCurrentIndex(0)
    assert study.scan is scan
    assert study.result is not None
    assert study.result.volume.geometry.shape == (40, 48, 36)
    assert study.comparing.layout == "compare"


def test_nothing_cancels_the_rebuild_of_another_study(two: MainWindow, until: Until) -> None:
    two.studies.show(0)
    scan = _rebuild_held(two)
    two.studies.show(1)
    two.controller.simulate(Degradation(axis=1, factor=2))
    assert "'thick' is being reconstructed" in two.error_bar.message.text()
    two.error_bar.message.clear()
    two.controller.reconstructing.start()
    assert "'thick' is being reconstructed" in two.error_bar.message.text()
    assert two.controller.reconstructing.scan is scan
    assert two.controller.work.running(SIMULATE) is None
    _hold(two, RECONSTRUCT, False)
    until(lambda: two.controller.work.tasks == ())
    two.studies.show(0)
    assert two.study.result is not None


def test_two_files_are_exported_at_once(opened: MainWindow, until: Until, tmp_path: Path) -> None:
    _rebuild_held(opened)
    _hold(opened, RECONSTRUCT, False)
    until(lambda: opened.study.result is not None)
    paths = [tmp_path / "one.nii.gz", tmp_path / "two.nii.gz"]
    for path in paths:
        opened.controller.exporting.export(path, "float32")
    until(lambda: opened.controller.work.tasks == ())
    assert all(path.exists() for path in paths)


def test_closing_the_study_of_a_rebuild_stops_it(two: MainWindow, until: Until) -> None:
    two.studies.show(0)
    _rebuild_held(two)
    two.studies.show(1)
    two.studies.close(0)
    until(lambda: two.controller.work.tasks == ())
    assert two.study.result is None and len(two.studies.states) == 1


def test_a_scan_replaced_during_its_rebuild_takes_it_along(
    opened: MainWindow, until: Until, truth_file: Path
) -> None:
    scan = _rebuild_held(opened)
    opened.open([truth_file])
    until(lambda: opened.study.scan is not scan)
    until(lambda: opened.controller.work.tasks == ())
    assert opened.study.result is None and len(opened.studies.states) == 1


def test_what_opens_late_never_takes_the_place_of_another_study(
    two: MainWindow, until: Until, truth_file: Path
) -> None:
    first, second = (state.scan for state in two.studies.states)
    two.studies.choice = "replace"
    two.open([truth_file])
    _hold(two, OPEN, True)
    two.studies.show(0)
    _hold(two, OPEN, False)
    until(lambda: len(two.studies.states) == 3)
    assert [state.scan for state in two.studies.states[:2]] == [first, second]


def test_a_question_about_series_is_moot_once_something_else_is_opened(
    window: MainWindow, until: Until, two_series: Path, thick_file: Path
) -> None:
    window.open([two_series])
    until(lambda: window.findChild(SeriesPicker) is not None)
    window.open([thick_file])
    assert window.findChild(SeriesPicker) is None or not window.findChild(SeriesPicker).isVisible()
    until(lambda: window.study.scan is not None)
    origin = window.study.state.origin
    assert origin is not None and origin.paths == (thick_file,)
    assert window.recent.entries()[0] == (thick_file,)


def test_leaving_a_question_keeps_no_answer_of_an_earlier_one(
    opened: MainWindow, until: Until, two_series: Path, truth_file: Path, qtbot: QtBot
) -> None:
    opened.studies.next = "add"
    opened.open([two_series])
    until(lambda: opened.findChild(SeriesPicker) is not None)
    qtbot.keyClick(opened.findChild(SeriesPicker), Qt.Key.Key_Escape)
    before = opened.study.scan
    opened.open([truth_file])
    until(lambda: opened.study.scan is not before)
    assert len(opened.studies.states) == 1


@pytest.mark.parametrize("button", [Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton])
def test_a_drag_ends_with_the_study_in_which_it_began(
    two: MainWindow, qtbot: QtBot, button: Qt.MouseButton
) -> None:
    study, pane = two.study, two.compare.scan.panes[Plane.AXIAL]
    other = next(state.view for state in two.studies.states if state.scan is not study.scan)
    pressed, moved = QPoint(60, 60), QPoint(90, 80)
    qtbot.mousePress(pane, button, pos=pressed)
    QTest.mouseMove(pane, moved)
    two.studies.show(0)
    move = QEvent.Type.MouseMove
    place = QPointF(pane.mapToGlobal(QPoint(140, 120)))
    none = Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(move, QPointF(140, 120), place, Qt.MouseButton.NoButton, button, none)
    QApplication.sendEvent(pane, event)
    qtbot.mouseRelease(pane, button, pos=QPoint(140, 120))
    assert (study.view.window, study.view.centre_mm) == (other.window, other.centre_mm)


def test_a_measurement_ends_with_the_study_in_which_it_began(two: MainWindow, qtbot: QtBot) -> None:
    study, pane = two.study, two.compare.scan.panes[Plane.AXIAL]
    left = Qt.MouseButton.LeftButton
    qtbot.keyClick(pane, "D")
    ends = QPoint(60, 60), QPoint(90, 80)
    qtbot.mousePress(pane, left, pos=ends[0])
    QTest.mouseMove(pane, ends[1])
    qtbot.mouseRelease(pane, left, pos=ends[1])
    assert len(study.rois) == 1
    qtbot.mousePress(pane, left, pos=ends[1])  # holds its end
    two.studies.show(0)
    QTest.mouseMove(pane, QPoint(100, 100))
    qtbot.mouseRelease(pane, left, pos=QPoint(100, 100))
    two.studies.show(1)
    qtbot.mouseClick(pane, left, pos=QPoint(100, 60))  # the first point of another
    two.studies.show(0)
    qtbot.mouseClick(pane, left, pos=QPoint(40, 50))
    assert study.rois == ()
