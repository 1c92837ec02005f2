"""The jobs whose results a study lacks: scores, cubic interpolation, where to look."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from srviewer.core.comparison.grid_difference import grid_difference
from srviewer.core.resampling.reorient import same_grid
from srviewer.core.volumes.volume import Volume
from srviewer.job import Job
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.results.doubts import Doubts, find_doubts
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.scores.evaluate import ScoredPair, score_beside_cubic
from srviewer.sr.stacks.result import Result, cubic_beside, on_refined_grid, request_of
from srviewer.study.state.compared_volumes import CUBIC
from srviewer.study.state.reference import Reference
from srviewer.study.state.study_state import StudyState


@dataclass(frozen=True)
class MissingScores:
    """A job for the scores of a result and of cubic interpolation against the reference.

    Attributes:
        kind: The name under which the window runs the job.
        scan: The open scan.
        made: The result that is scored.
        reference: What it is scored against.
        key: Of the result among the compared_volumes.
    """

    kind: ClassVar[str] = "score"
    scan: Volume
    made: Result
    reference: Reference
    key: str

    def job(self) -> Job[ScoredPair]:
        """Score the result and cubic interpolation."""
        return score_beside_cubic(
            self.reference.volume,
            self.scan,
            self.made.volume,
            request_of(self.made, self.scan),
            self.reference.meaning,
        )

    def kept_in(self, state: StudyState, scores: ScoredPair) -> StudyState:
        """Add the scores to a study, unless it has another reference by now.

        Args:
            state: The study as it is when the job has ended.
            scores: The result of the job.

        Returns:
            The study with the scores, or as it was.
        """
        if state.reference is not self.reference:
            return state
        return replace(state, compared_volumes=state.compared_volumes.scored(self.key, scores))


@dataclass(frozen=True)
class MissingCubic:
    """A job for cubic interpolation of the scan on the grid of the current result.

    Attributes:
        kind: The name under which the window runs the job.
        scan: The open scan.
        result: The current result, whose grid the interpolation gets; None where there is none.
        request: Of the next result, which gives the grid then; None while there is a result.
    """

    kind: ClassVar[str] = "interpolate"
    scan: Volume
    result: Result | None
    request: Request | None

    def job(self) -> Job[Volume]:
        """Interpolate the scan."""
        if self.result is not None:
            return (yield from cubic_beside(self.result, self.scan))
        assert self.request is not None
        made = yield from reconstruct(self.scan, replace(self.request, method="cubic"))
        return made.volume

    def kept_in(self, state: StudyState, cubic: Volume) -> StudyState:
        """Add the interpolation to a study, unless its current result has another grid by now.

        Args:
            state: The study as it is when the job has ended.
            cubic: The result of the job.

        Returns:
            The study with the volume, or as it was.
        """
        kept = state.compared_volumes
        if kept.result and not same_grid(kept.result.volume.geometry, cubic.geometry):
            return state
        return replace(state, compared_volumes=replace(kept, cubic=cubic))


@dataclass(frozen=True)
class MissingDoubts:
    """A job for the smoothed disagreement and the regions most likely wrong of a result.

    Attributes:
        kind: The name under which the window runs the job.
        scan: The open scan.
        made: The result, which has a disagreement.
        key: Of the result among the compared_volumes.
    """

    kind: ClassVar[str] = "doubts"
    scan: Volume
    made: Reconstruction
    key: str

    def job(self) -> Job[Doubts | None]:
        """Smooth the disagreement and find the regions."""
        return find_doubts(self.made, self.scan)

    def kept_in(self, state: StudyState, doubts: Doubts | None) -> StudyState:
        """Add the map and the regions to a study.

        Args:
            state: The study as it is when the job has ended.
            doubts: The result of the job.

        Returns:
            The study with them.
        """
        if doubts is None:
            return state
        return replace(state, compared_volumes=state.compared_volumes.doubted(self.key, doubts))


Missing = MissingScores | MissingCubic | MissingDoubts


def missing(state: StudyState) -> tuple[Missing, ...]:
    """List the jobs for all that a study shows and lacks.

    Args:
        state: The study.

    Returns:
        The jobs, the most urgent first: the current result, other results, interpolation.
    """
    return (*_scores(state), *_cubic(state), *_doubts(state))


def comparable(state: StudyState) -> bool:
    """Whether the current result and the reference have the same grid.

    Args:
        state: The study.

    Returns:
        True also where one of the two is absent.
    """
    if state.result is None or state.reference is None:
        return True
    return _fits(state.result.volume, state.reference)


def difference(state: StudyState) -> str:
    """Describe the difference between the grids of the current result and of the reference.

    Args:
        state: The study.

    Returns:
        As ``grid_difference``; "" for equal grids, and where one of the two is absent.
    """
    if state.result is None or state.reference is None:
        return ""
    return grid_difference(state.result.volume.geometry, state.reference.volume.geometry)


def _scores(state: StudyState) -> Iterator[Missing]:
    """The scores of the current result, and of every other result that is shown."""
    scan, reference, kept = state.scan, state.reference, state.compared_volumes
    if scan is None or reference is None:
        return
    wanted = [entry for entry in kept.results if entry.key in (kept.current, *kept.shown)]
    for entry in sorted(wanted, key=lambda entry: entry.key != kept.current):
        made = entry.made
        if entry.scores is not None or made is None or not on_refined_grid(made):
            continue
        if _fits(entry.volume, reference):
            yield MissingScores(scan, made, reference, entry.key)


def _cubic(state: StudyState) -> Iterator[Missing]:
    kept = state.compared_volumes
    request = None if state.result else state.request
    if CUBIC in kept.shown and kept.cubic is None and state.scan and (state.result or request):
        yield MissingCubic(state.scan, state.result, request)


def _doubts(state: StudyState) -> Iterator[Missing]:
    current = state.compared_volumes.result
    if state.scan is None or current is None or current.doubts is not None:
        return
    if isinstance(current.made, Reconstruction) and current.made.disagreement is not None:
        yield MissingDoubts(state.scan, current.made, current.key)


def _fits(volume: Volume, reference: Reference) -> bool:
    return same_grid(reference.volume.geometry, volume.geometry)
