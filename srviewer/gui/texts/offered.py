"""The list from which the user picks what to compare."""

from dataclasses import dataclass

from srviewer.core.volumes.volume import Volume
from srviewer.gui.texts.translation import mark, tr
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.scores.evaluate import ScoredPair
from srviewer.study.state.comparables import CUBIC, NO_RESULT, ORIGINAL, REFERENCE, Kept
from srviewer.study.state.study_state import StudyState

PRESS_RECONSTRUCT = mark("No result yet.\nPress Reconstruct to rebuild the scan with thin slices.")
INTERPOLATING = mark("Cubic interpolation is on its way.")


@dataclass(frozen=True, eq=False)
class Comparable:
    """One entry of the lists from which the user picks, and what its panes need.

    ``volume``: None for what can be had but is not there yet; ``hint`` says how to get it.
    ``made``: how, for a result.
    """

    key: str
    name: str
    volume: Volume | None
    scores: ScoredPair | None = None
    hint: str = ""
    made: Reconstruction | None = None


def offered(state: StudyState) -> tuple[Comparable, ...]:
    """Everything that can be compared, in the order of the lists."""
    kept, reference = state.comparables, state.reference
    cubic_hint = tr(INTERPOLATING)
    listed = [
        Comparable(ORIGINAL, tr("original"), state.scan),
        Comparable(CUBIC, tr("cubic"), kept.cubic, state.scores, cubic_hint),
        *map(_entry, kept.results),
    ]
    if not kept.results:
        listed.append(Comparable(NO_RESULT, tr("result"), None, hint=tr(PRESS_RECONSTRUCT)))
    if reference is not None:
        listed.append(Comparable(REFERENCE, tr("reference"), reference.volume))
    return (*listed, *map(_entry, kept.loaded))


def compared(state: StudyState) -> tuple[Comparable, ...]:
    """What is compared, A and B first."""
    by_key = {entry.key: entry for entry in offered(state)}
    return tuple(by_key[key] for key in state.comparables.shown if key in by_key)


def _entry(kept: Kept) -> Comparable:
    return Comparable(kept.key, kept.name, kept.volume, kept.scores, made=kept.made)
