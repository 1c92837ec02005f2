"""What a change of the window costs: the slices that are cut and the jobs that start."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from srviewer.gui.jobs.running_jobs import RunningJobs
from srviewer.gui.views import slice_source
from srviewer.gui.window.main_window import MainWindow

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


def test_another_tab_cuts_what_it_shows_and_starts_nothing(
    scored: MainWindow, until: Until, thick_file: Path, truth_file: Path, costs: Costs
) -> None:
    first = scored.study.scan
    scored.studies.choice = "add"
    scored.open([thick_file])
    until(lambda: len(scored.studies.states) == 2)
    scored.controller.reconstruct()
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
