"""Runs the jobs whose results the shown study lacks, each once."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from srviewer.gui.jobs.running_jobs import RunningJobs
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import mark, tr
from srviewer.study.missing import Missing, MissingCubic, MissingDoubts, MissingScores, missing

SCORE, INTERPOLATE, DOUBTS = MissingScores.kind, MissingCubic.kind, MissingDoubts.kind
TITLES = {
    SCORE: mark("Scoring"),
    INTERPOLATE: mark("Interpolating"),
    DOUBTS: mark("Looking for the regions to check"),
}


class Scoring(QObject):
    """Fills what ``missing`` says of the study's state, one job of each kind at a time."""

    def __init__(self, study: ShownStudy, work: RunningJobs, parent: QObject) -> None:
        super().__init__(parent)
        self._study, self._work = study, work
        self._started: dict[str, Missing] = {}  # by its kind, the last one
        self._failed: tuple[Missing, ...] = ()  # of the scan that is shown: they would fail again
        study.follow(self._provide, "scan", "compared_volumes", "reference", "request")

    def _provide(self) -> None:
        state = self._study.state
        self._failed = tuple(value for value in self._failed if value.scan is state.scan)
        lacking = missing(state)
        for kind in TITLES:
            self._provide_one(kind, [value for value in lacking if value.kind == kind])

    def _provide_one(self, kind: str, lacking: list[Missing]) -> None:
        started = self._started.get(kind)
        if started is not None and started in lacking:
            if self._work.running(kind) is not None:
                return
            self._failed += (started,)
        if self._started.pop(kind, None) is not None:
            self._work.cancel(kind)
        ready = [value for value in lacking if value not in self._failed]
        if ready:
            self._start(ready[0])

    def _start(self, lacking: Missing) -> None:
        study, scan = self._study, lacking.scan
        self._started[lacking.kind] = lacking
        self._work.start(
            lacking.kind,
            tr(TITLES[lacking.kind]),
            lacking.job(),
            self._kept(lacking),
            lambda: study.scan is scan,
            asked=False,
        )

    def _kept(self, lacking: Missing) -> Callable[[Any], None]:
        def keep(value: Any) -> None:
            self._started.pop(lacking.kind, None)
            self._study.set(lacking.kept_in(self._study.state, value))

        return keep
