"""Scores the current result against the reference whenever one of them changes."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from srviewer.core.grid_difference import grid_difference
from srviewer.core.reorient import same_grid
from srviewer.gui.session import Reference, Session
from srviewer.gui.translation import tr
from srviewer.gui.work import Work
from srviewer.sr.evaluate import ScoredPair, score_beside_cubic
from srviewer.sr.reconstruction import Reconstruction

SCORE = "score"


class Scoring(QObject):
    """Keeps the scores of ``session`` as they should be, as jobs of ``work``."""

    def __init__(self, session: Session, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._work = session, work
        session.result_changed.connect(self._score)
        session.reference_changed.connect(self._score)

    @property
    def comparable(self) -> bool:
        """Whether nothing about their grids keeps the result from being scored."""
        result, reference = self._session.result, self._session.reference
        if result is None or reference is None:
            return True
        return same_grid(reference.volume.geometry, result.volume.geometry)

    def difference(self) -> str:
        """By what the grid of the result differs from that of the reference; "" where it fits."""
        result, reference = self._session.result, self._session.reference
        if result is None or reference is None:
            return ""
        return grid_difference(result.volume.geometry, reference.volume.geometry)

    def _score(self) -> None:
        session = self._session
        original, result, reference = session.original, session.result, session.reference
        if original is None or result is None or reference is None or not self.comparable:
            self._work.cancel(SCORE)
            return
        job = score_beside_cubic(
            reference.volume, original, result.volume, result.request, reference.meaning
        )
        self._work.start(
            SCORE,
            tr("Scoring"),
            job,
            self._scored(result, reference),
            lambda: session.original is original,
            asked=False,
        )

    def _scored(self, result: Reconstruction, reference: Reference) -> Callable[[ScoredPair], None]:
        def keep(scores: ScoredPair) -> None:
            if (self._session.result, self._session.reference) == (result, reference):
                self._session.set_scores(scores)

        return keep
