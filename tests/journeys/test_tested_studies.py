"""The test of a scan on itself belongs to its study, whichever is shown."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from srviewer.gui.panels.reconstruct.self_test_box import SelfTestBox
from srviewer.gui.study.report_box import ReportBox
from srviewer.gui.study.self_testing import SELF_TEST
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def two(opened: MainWindow, until: Until, thick_file: Path) -> MainWindow:
    """The same scan in two tabs, each with the same request; the first is shown."""
    opened.studies.choice = "add"
    opened.open([thick_file])
    until(lambda: len(opened.studies.states) == 2)
    for number in (1, 0):
        opened.studies.show(number)
        _ask(opened, method="back-projected", factor=2)
    return opened


def _ask(window: MainWindow, **changes: object) -> None:
    request = window.study.request
    assert request is not None
    window.study.set_request(replace(request, **changes))  # type: ignore[arg-type]


def _box(window: MainWindow) -> SelfTestBox:
    box = window.panels.findChild(SelfTestBox)
    assert box is not None
    return box


def _test_held(window: MainWindow, qtbot: QtBot) -> None:
    """Start the test of what is shown and let it stand still."""
    qtbot.mouseClick(_box(window).start, Qt.MouseButton.LeftButton)
    _hold(window, True)


def _hold(window: MainWindow, held: bool) -> None:
    task = window.controller.work.running(SELF_TEST)
    assert task is not None
    task.hold(held)


def _finish(window: MainWindow, until: Until) -> None:
    _hold(window, False)
    until(lambda: window.controller.work.tasks == ())


def _untested(window: MainWindow) -> bool:
    box = _box(window)
    return box.found is None and not box.verdict.isVisibleTo(window)


def test_a_verdict_waits_with_its_study(
    two: MainWindow, qtbot: QtBot, until: Until, tmp_path: Path
) -> None:
    _test_held(two, qtbot)
    _finish(two, until)
    box = _box(two)
    verdict = box.verdict.text()
    assert box.found is not None and box.found.verdict == verdict
    two.studies.show(1)
    assert _untested(two) and two.study.state.tested == ()
    two.studies.show(0)
    assert box.verdict.text() == verdict and box.verdict.isVisibleTo(two)
    _ask(two, factor=4)
    assert _untested(two)
    two.actions_offered["undo"].trigger()
    assert box.verdict.text() == verdict
    two.controller.reconstructing.start()
    until(lambda: two.study.result is not None)
    # A verdict that no test of this scan gives, so that the report cannot have made it anew.
    rows = tuple(
        replace(row, ours={**row.ours, "psnr": row.cubic["psnr"] + 7}) for row in box.found.rows
    )
    for row in two.study.state.tested:
        test = replace(box.found, rows=rows)
        two.study.set(two.study.state.with_tested(row.request, test))
    two.studies.step(1)
    two.studies.step(1)
    report = two.panels.findChild(ReportBox)
    assert report is not None
    report.report.save(tmp_path / "r.html")
    until(lambda: (tmp_path / "r.html").exists() and not two.controller.work.tasks)
    assert "+7.00 dB" in (tmp_path / "r.html").read_text()


def test_a_test_that_ends_while_another_study_is_shown_reaches_its_own(
    two: MainWindow, qtbot: QtBot, until: Until
) -> None:
    _test_held(two, qtbot)
    assert _box(two).verdict.text().endswith("…")
    two.studies.show(1)
    assert _untested(two) and not _box(two).start.isEnabled()  # one test at a time
    _ask(two, factor=3)  # says nothing about the request of the other study
    _ask(two, factor=2)
    _finish(two, until)
    assert _untested(two) and _box(two).start.isEnabled()
    two.studies.show(0)
    assert _box(two).found is not None and "dB" in _box(two).verdict.text()


def test_a_test_goes_on_where_its_study_comes_back(
    two: MainWindow, qtbot: QtBot, until: Until
) -> None:
    _test_held(two, qtbot)
    two.studies.show(1)
    two.studies.show(0)
    assert _box(two).verdict.text().endswith("…")
    _finish(two, until)
    assert _box(two).found is not None


def test_a_changed_request_ends_its_test(two: MainWindow, qtbot: QtBot, until: Until) -> None:
    _test_held(two, qtbot)
    _ask(two, factor=3)
    until(lambda: two.controller.work.tasks == ())
    assert two.study.state.tested == () and _untested(two)


def test_a_closed_study_takes_its_test_along(two: MainWindow, qtbot: QtBot, until: Until) -> None:
    _test_held(two, qtbot)
    two.studies.show(1)
    two.studies.close(0)
    until(lambda: two.controller.work.tasks == ())
    assert _untested(two) and len(two.studies.states) == 1


def test_another_scan_in_the_same_tab_drops_verdict_and_test(
    two: MainWindow, qtbot: QtBot, until: Until, thick_file: Path
) -> None:
    two.studies.choice = "replace"
    _test_held(two, qtbot)
    _finish(two, until)
    assert not _untested(two)
    for running in (False, True):
        if running:
            _test_held(two, qtbot)
        before, request = two.study.scan, two.study.request
        two.open([thick_file])
        until(lambda before=before: two.study.scan is not before)
        assert request is not None
        two.study.set_request(request)
        until(lambda: two.controller.work.tasks == ())
        assert _untested(two) and two.study.state.tested == ()
