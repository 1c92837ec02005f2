"""A window that closes asks about what its user would miss, and about nothing else."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from srviewer.core.volumes.volume import Volume
from srviewer.gui.study.reconstructing import RECONSTRUCT
from srviewer.gui.window.main_window import MainWindow
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import suggested_request
from srviewer.study.state.compared_volumes import CUBIC, ORIGINAL
from srviewer.study.state.reference import Reference

Until = Callable[[Callable[[], bool]], None]
CANCEL, CLOSE = QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Close


def _close(window: MainWindow, answer: QMessageBox.StandardButton) -> tuple[bool, list[str]]:
    """Whether it closed, and what it asked the user, who gave this answer."""
    asked: list[str] = []

    def reply() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            box.button(answer).click()

    QTimer.singleShot(0, reply)
    return window.close(), asked


@pytest.mark.parametrize(("answer", "closes"), [(CANCEL, False), (CLOSE, True)])
def test_closing_during_work_asks_first(
    answer: QMessageBox.StandardButton, closes: bool, opened: MainWindow, until: Until
) -> None:
    opened.controller.reconstructing.start()
    closed, asked = _close(opened, answer)
    assert closed is closes
    assert len(asked) == 1 and "Reconstructing" in asked[0]
    if closes:
        until(lambda: opened.controller.work.tasks == ())
        assert opened.study.result is None
    else:
        until(lambda: opened.study.result is not None)


def test_closing_does_not_ask_about_what_the_window_does_by_itself(
    window: MainWindow, head: Volume, thick_head: Volume, qtbot: QtBot
) -> None:
    study, work = window.study, window.controller.work
    request = suggested_request(thick_head)
    results = [run(reconstruct(thick_head, request)) for _ in range(2)]
    study.open(thick_head, (), Reference(head, "the phantom", None))
    for result in results:
        study.set(study.state.with_result(result))
    keys = [one.key for one in study.compared_volumes.results]
    study.keep(study.compared_volumes.showing((ORIGINAL, CUBIC, *keys)))
    kinds = {task.kind for task in work.tasks}
    assert kinds == {"histogram", "score", "interpolate", "doubts"}
    closed, (asked,) = _close(window, CANCEL)  # about the results, but for nothing that runs
    assert not closed and "Not exported" in asked
    qtbot.waitUntil(lambda: work.tasks == ())


def test_closing_does_not_ask_about_what_was_cancelled(opened: MainWindow, until: Until) -> None:
    opened.controller.reconstructing.start()
    opened.controller.work.cancel(RECONSTRUCT)
    assert opened.controller.work.tasks != ()
    assert _close(opened, CANCEL) == (True, [])
    until(lambda: opened.controller.work.tasks == ())
