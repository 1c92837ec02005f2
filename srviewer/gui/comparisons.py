"""What a comparison needs and is not there yet: cubic interpolation, scores, loaded volumes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from srviewer.core.reorient import same_grid
from srviewer.core.volume import Volume
from srviewer.gui.comparables import CUBIC
from srviewer.gui.study import Study
from srviewer.gui.translation import tr
from srviewer.job import Job
from srviewer.sr.beside import to_compare
from srviewer.sr.evaluate import score_beside_cubic
from srviewer.sr.reconstruct import reconstruct
from srviewer.sr.reconstruction import Reconstruction

INTERPOLATE, LOAD, SCORE_OTHERS = "interpolate", "load volume", "score others"


class Comparisons(QObject):
    """Starts the jobs that what is shown asks for; results go into the session."""

    def __init__(self, study: Study) -> None:
        super().__init__(study)
        self._study, self._session = study, study.session
        session = self._session
        session.original_changed.connect(self._leave_old_scan)
        for signal in (session.comparables_changed, session.scores_changed):
            signal.connect(self._provide)

    def load(self, path: Path) -> None:
        """Show the volume in ``path`` beside the scan, wherever it lies."""
        original = self._session.original
        if original is None:
            return

        def keep(volume: Volume) -> None:
            self._study.whereabouts.hold(volume, path)
            self._session.keep(self._session.comparables.with_loaded(volume, path.name))

        job = to_compare(path, original)
        self._start(LOAD, tr("Loading {name}", name=path.name), job, keep, asked=True)

    def _provide(self) -> None:
        session, work = self._session, self._study.work
        if session.original is None:
            return
        comparables, reference = session.comparables, session.reference
        if CUBIC in comparables.shown and comparables.cubic is None:
            made = session.result
            request = made.request if made else session.request
            if request is not None and work.running(INTERPOLATE) is None:
                job = reconstruct(session.original, replace(request, method="cubic"))
                self._start(INTERPOLATE, tr("Interpolating"), job, self._keep_cubic)
        if reference is None or work.running(SCORE_OTHERS) is not None:
            return
        for one in comparables.results:
            fits = same_grid(one.volume.geometry, reference.volume.geometry)
            if one.scores or one.made is None or one.key == comparables.current or not fits:
                continue
            if one.key in comparables.shown:
                job_of_scores = score_beside_cubic(
                    reference.volume,
                    session.original,
                    one.volume,
                    one.made.request,
                    reference.meaning,
                )
                keep = self._keep_scores(one.key)
                self._start(SCORE_OTHERS, tr("Scoring {name}", name=one.name), job_of_scores, keep)
                return

    def _keep_cubic(self, made: Reconstruction) -> None:
        current = self._session.comparables.result
        if current is None or same_grid(current.volume.geometry, made.volume.geometry):
            self._session.keep(replace(self._session.comparables, cubic=made.volume))

    def _keep_scores(self, key: str) -> Callable[[Any], None]:
        reference = self._session.reference

        def keep(scores: Any) -> None:
            if self._session.reference is reference:
                self._session.set_scores(scores, key)

        return keep

    def _leave_old_scan(self) -> None:
        for kind in (INTERPOLATE, LOAD, SCORE_OTHERS):
            self._study.work.cancel(kind)

    def _start(
        self,
        kind: str,
        title: str,
        job: Job[Any],
        done: Callable[[Any], None],
        asked: bool = False,
    ) -> None:
        original = self._session.original
        self._study.work.start(
            kind, title, job, done, lambda: self._session.original is original, asked=asked
        )
