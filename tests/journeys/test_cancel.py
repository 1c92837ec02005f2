"""Cancel stays where it is and says so; what appears in a panel moves no control."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from srviewer.gui.jobs.running_jobs import Task
from srviewer.gui.panels.compare import ComparePanel
from srviewer.gui.panels.reconstruct.run_box import RunBox
from srviewer.gui.panels.reconstruct.self_test_box import SelfTestBox
from srviewer.gui.study.reconstructing import RECONSTRUCT
from srviewer.gui.study.scoring import SCORE
from srviewer.gui.study.self_testing import SELF_TEST
from srviewer.gui.window.bars.status import ActivityLabel
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton


def _button(parent: QWidget, text: str) -> QPushButton:
    return next(b for b in parent.findChildren(QPushButton) if b.text() == text)


def _corner(widget: QWidget, window: QWidget) -> QPoint:
    return widget.mapTo(window, QPoint(0, 0))


def _says(parent: QWidget, text: str) -> bool:
    return any(text in label.text() for label in parent.findChildren(QLabel) if label.isVisible())


def _press_twice(qtbot: QtBot, window: QWidget, button: QWidget) -> None:
    """A double click at the place of a button, whatever is there at the second press."""
    at = button.mapTo(window, button.rect().center())
    qtbot.mouseClick(button, LEFT)
    under = window.childAt(at)
    assert under is not None
    qtbot.mouseClick(under, LEFT, pos=under.mapFrom(window, at))


@contextmanager
def _held(window: MainWindow, kind: str) -> Iterator[None]:
    task = window.controller.work.running(kind)
    assert task is not None
    task.hold(True)
    yield
    task.hold(False)


def test_cancel_stays_says_so_and_a_second_press_starts_nothing(
    opened: MainWindow, qtbot: QtBot, until: Until
) -> None:
    work, (run_box,) = opened.controller.work, opened.panels.findChildren(RunBox)
    start, cancel = _button(run_box, "Reconstruct"), _button(run_box, "Cancel")
    places = _corner(start, opened), _corner(cancel, opened)
    assert not cancel.isEnabled()
    qtbot.mouseClick(start, LEFT)
    with _held(opened, RECONSTRUCT):
        assert (_corner(start, opened), _corner(cancel, opened)) == places
        _press_twice(qtbot, opened, cancel)
    assert _says(run_box, "Cancelled") and work.running(RECONSTRUCT) is None
    assert (_corner(start, opened), _corner(cancel, opened)) == places
    until(lambda: work.tasks == ())

    # The test on this scan.
    (test_box,) = opened.panels.findChildren(SelfTestBox)
    qtbot.mouseClick(test_box.start, LEFT)
    with _held(opened, SELF_TEST):
        _press_twice(qtbot, opened, test_box.cancel)
    assert _says(test_box, "Cancelled") and work.running(SELF_TEST) is None
    until(lambda: work.tasks == ())

    # The button in the status bar cancels one job, not the next one too.
    (activity,) = opened.findChildren(ActivityLabel)
    (stop,) = activity.findChildren(QToolButton)
    qtbot.mouseClick(test_box.start, LEFT)
    with _held(opened, SELF_TEST):
        opened.controller.reconstructing.start()
        with _held(opened, RECONSTRUCT):
            at = _corner(stop, opened)
            _press_twice(qtbot, opened, stop)
            assert _corner(stop, opened) == at and _says(activity, "Cancelled")
            assert work.running(RECONSTRUCT) is None and work.running(SELF_TEST) is not None
    until(lambda: work.tasks == ())
    assert opened.study.result is None and opened.study.state.tested

    # A new start takes the word away.
    qtbot.mouseClick(start, LEFT)
    assert not _says(run_box, "Cancelled")
    work.cancel(RECONSTRUCT)


def test_what_appears_moves_no_control(
    opened: MainWindow, qtbot: QtBot, until: Until, truth_file: Path
) -> None:
    def places(panel: QWidget) -> dict[str, QPoint]:
        buttons = [b for b in panel.findChildren(QPushButton) if b.isVisible()]
        return {b.accessibleName(): b.mapTo(panel, QPoint(0, 0)) for b in buttons}

    panel = opened.panels.panels["reconstruct"]
    study = opened.study
    assert study.request is not None
    before = places(panel)
    study.set_request(replace(study.request, factor=8))  # beyond what was trained: a caution
    assert _says(panel, "factor")
    assert {name: places(panel)[name] for name in before} == before

    # Scores come below the buttons of the Compare panel.
    compare = opened.panels.panels["compare"]
    assert isinstance(compare, ComparePanel)
    opened.panels.show_panel("compare")
    before = places(compare)
    study.set_request(replace(study.request, method="linear", factor=4))
    opened.controller.reconstructing.start()
    until(lambda: study.result is not None)
    work = opened.controller.work
    held: list[Task] = []

    def hold() -> None:
        """Let scoring stand still as soon as it starts: it takes no time."""
        task = work.running(SCORE)
        if task is not None and not held:
            held.append(task)
            task.hold(True)

    work.changed.connect(hold)
    opened.controller.load_reference(truth_file)
    until(lambda: bool(held))
    (activity,) = opened.findChildren(ActivityLabel)
    qtbot.mouseClick(activity.findChildren(QToolButton)[0], LEFT)  # scoring says so, too
    assert _says(compare, "Cancelled") and work.running(SCORE) is None
    assert places(compare) == before
    until(lambda: not work.tasks)
    opened.controller.load_reference(truth_file)
    until(lambda: study.scores is not None)
    assert _says(compare, "data range")
    assert places(compare) == before
