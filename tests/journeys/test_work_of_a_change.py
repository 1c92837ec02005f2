"""The cost of a change in the window: the slices that are cut and the jobs that start."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from srviewer.gui.jobs.running_jobs import RunningJobs
from srviewer.gui.panels.reconstruct import reconstruct_panel
from srviewer.gui.state import followed_state
from srviewer.gui.views import slice_source
from srviewer.gui.window.bars import study_tabs
from srviewer.gui.window.main_window import MainWindow
from srviewer.nn.models import model_file

Until = Callable[[Callable[[], bool]], None]


@dataclass
class Costs:
    """``cuts``: slices cut in panes. ``jobs``: the kinds of the jobs that were started."""

    cuts: int = 0
    jobs: list[str] = field(default_factory=list)


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Costs]:
    seen = Costs()
    cut, start = slice_source.slice_at, RunningJobs.start

    def counted_cut(*given: Any) -> Any:
        seen.cuts += 1
        return cut(*given)

    def counted_start(work: RunningJobs, kind: str, *given: Any, **named: Any) -> Any:
        seen.jobs.append(kind)
        return start(work, kind, *given, **named)

    monkeypatch.setattr(slice_source, "slice_at", counted_cut)
    monkeypatch.setattr(RunningJobs, "start", counted_start)
    yield seen


def _settle(window: MainWindow, until: Until, seen: Costs) -> None:
    """Wait for what runs, and count from here."""
    until(lambda: window.controller.work.tasks == ())
    QApplication.processEvents()
    seen.cuts, seen.jobs = 0, []


def _calls(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> list[Any]:
    """Count the calls of a function from here on: one entry for each."""
    calls: list[Any] = []
    called = getattr(owner, name)

    def counted(*given: Any, **named: Any) -> Any:
        calls.append(given)
        return called(*given, **named)

    monkeypatch.setattr(owner, name, counted)
    return calls


@pytest.fixture
def scored(
    rebuild: Callable[..., None], opened: MainWindow, until: Until, truth_file: Path
) -> MainWindow:
    """A study that is reconstructed and scored."""
    rebuild()
    opened.controller.load_reference(truth_file)
    until(lambda: opened.study.scores is not None)
    return opened


def test_opening_a_file_cuts_three_slices(
    window: MainWindow, until: Until, thick_file: Path, truth_file: Path, costs: Costs
) -> None:
    for path in (thick_file, truth_file):
        _settle(window, until, costs)
        before = window.study.scan
        window.open([path])
        until(lambda before=before: window.study.scan is not before)
        QApplication.processEvents()
        assert costs.cuts == 3


@pytest.fixture
def weights_read(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The reads of weights of models since before the window was made."""
    return _calls(monkeypatch, model_file, "read_arrays")


def test_a_window_reads_no_weights(weights_read: list[Any], window: MainWindow) -> None:
    assert window.isVisible() and weights_read == []


def test_a_file_alone_draws_no_thumbnail_and_is_judged_once(
    window: MainWindow, until: Until, thick_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thumbnails = _calls(monkeypatch, study_tabs, "thumbnail")
    judged = _calls(monkeypatch, reconstruct_panel, "cautions")
    read = _calls(monkeypatch, model_file, "read_arrays")
    window.open([thick_file])
    until(lambda: window.study.scan is not None)
    assert (len(thumbnails), len(judged)) == (0, 1)
    assert len(read) <= 2  # the factor of the first request, and the panel
    window.studies.choice = "add"
    window.open([thick_file])
    until(lambda: len(window.studies.states) == 2)
    assert len(thumbnails) == 2


def test_a_step_cuts_one_slice_and_tells_those_who_follow_the_view(
    opened: MainWindow, until: Until, costs: Costs, monkeypatch: pytest.MonkeyPatch
) -> None:
    _settle(opened, until, costs)
    told = _calls(monkeypatch, followed_state.Follower, "call")
    for pane in opened.compare.scan.panes.values():
        pane.setFocus()
        _settle(opened, until, costs)
        told.clear()
        before = opened.study.view.cursor_mm
        QTest.keyClick(pane, Qt.Key.Key_Up)
        assert opened.study.view.cursor_mm != before
        assert (costs.cuts, costs.jobs) == (1, [])
        assert all("view" in follower.names for (follower,) in told)


def test_another_tab_cuts_what_it_shows_and_starts_nothing(
    scored: MainWindow, until: Until, thick_file: Path, truth_file: Path, costs: Costs
) -> None:
    first = scored.study.scan
    scored.studies.choice = "add"
    scored.open([thick_file])
    until(lambda: len(scored.studies.states) == 2)
    scored.controller.reconstructing.start()
    until(lambda: scored.study.result is not None)
    scored.controller.load_reference(truth_file)
    until(lambda: scored.study.scores is not None)
    for number in (0, 1, 0):
        _settle(scored, until, costs)
        scored.studies.show(number)
        QApplication.processEvents()
        assert scored.study.comparing.layout == "compare"
        assert (costs.cuts, costs.jobs) == (6, [])
    assert scored.study.scan is first and scored.study.scores is not None


def test_loading_a_reference_cuts_nothing(
    rebuild: Callable[..., None],
    opened: MainWindow,
    until: Until,
    truth_file: Path,
    costs: Costs,
) -> None:
    rebuild()
    _settle(opened, until, costs)
    opened.controller.load_reference(truth_file)
    until(lambda: opened.study.scores is not None)
    QApplication.processEvents()
    assert costs.cuts == 0 and costs.jobs.count("score") == 1


def test_a_saved_study_is_not_scored_again(
    scored: MainWindow, until: Until, tmp_path: Path, costs: Costs
) -> None:
    path, scores = tmp_path / "s.srviewer", scored.study.scores
    scored.housekeeping.files.save(path)
    until(lambda: path.exists() and scored.controller.work.tasks == ())
    _settle(scored, until, costs)
    before = scored.study.scan
    scored.open([path])
    until(lambda: scored.study.scan is not before)
    until(lambda: scored.controller.work.tasks == ())
    assert "score" not in costs.jobs and scored.study.scores == scores
    assert costs.cuts == 6
