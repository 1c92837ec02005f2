"""The jobs whose results a study lacks: scores of what is shown, cubic interpolation."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from srviewer.core.comparison.grid_difference import grid_difference
from srviewer.core.resampling.reorient import same_grid
from srviewer.core.volumes.volume import Volume
from srviewer.job import Job
from srviewer.sr.rebuild.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.scores.evaluate import ScoredPair, score_beside_cubic
from srviewer.study.state.comparables import CUBIC
from srviewer.study.state.reference import Reference
from srviewer.study.state.study_state import StudyState


@dataclass(frozen=True)
class MissingScores:
    """The scores of a result against the reference, beside those of cubic interpolation."""

    kind: ClassVar[str] = "score"
    scan: Volume
    made: Reconstruction
    reference: Reference
    key: str

    def job(self) -> Job[ScoredPair]:
        """Score the result and cubic interpolation."""
        return score_beside_cubic(
            self.reference.volume,
            self.scan,
            self.made.volume,
            self.made.request,
            self.reference.meaning,
        )

    def kept_in(self, state: StudyState, scores: ScoredPair) -> StudyState:
        """``state`` with the scores, unless it has another reference by now."""
        if state.reference is not self.reference:
            return state
        return replace(state, comparables=state.comparables.scored(self.key, scores))


@dataclass(frozen=True)
class MissingCubic:
    """The scan by cubic interpolation on the grid of the current result, else as asked for."""

    kind: ClassVar[str] = "interpolate"
    scan: Volume
    request: Request

    def job(self) -> Job[Reconstruction]:
        """Interpolate."""
        return reconstruct(self.scan, replace(self.request, method="cubic"))

    def kept_in(self, state: StudyState, made: Reconstruction) -> StudyState:
        """``state`` with the volume, unless its current result lies on another grid by now."""
        kept = state.comparables
        if kept.result and not same_grid(kept.result.volume.geometry, made.volume.geometry):
            return state
        return replace(state, comparables=replace(kept, cubic=made.volume))


Missing = MissingScores | MissingCubic


def missing(state: StudyState) -> tuple[Missing, ...]:
    """What ``state`` lacks of what it shows, the most urgent first."""
    return (*_scores(state), *_cubic(state))


def comparable(state: StudyState) -> bool:
    """Whether nothing about their grids keeps the current result from being scored."""
    if state.result is None or state.reference is None:
        return True
    return _fits(state.result.volume, state.reference)


def difference(state: StudyState) -> str:
    """By what the grid of the result differs from that of the reference; "" where it fits."""
    if state.result is None or state.reference is None:
        return ""
    return grid_difference(state.result.volume.geometry, state.reference.volume.geometry)


def _scores(state: StudyState) -> Iterator[Missing]:
    """Of the current result, and of every other one that is shown."""
    scan, reference, kept = state.scan, state.reference, state.comparables
    if scan is None or reference is None:
        return
    wanted = [one for one in kept.results if one.key == kept.current or one.key in kept.shown]
    for one in sorted(wanted, key=lambda one: one.key != kept.current):
        if one.scores is None and one.made is not None and _fits(one.volume, reference):
            yield MissingScores(scan, one.made, reference, one.key)


def _cubic(state: StudyState) -> Iterator[Missing]:
    kept = state.comparables
    request = state.result.request if state.result else state.request
    if CUBIC in kept.shown and kept.cubic is None and state.scan is not None and request:
        yield MissingCubic(state.scan, request)


def _fits(volume: Volume, reference: Reference) -> bool:
    return same_grid(reference.volume.geometry, volume.geometry)
