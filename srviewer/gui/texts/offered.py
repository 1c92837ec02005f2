"""The list of volumes from which the user picks what to compare."""

from dataclasses import dataclass

from srviewer.core.volumes.volume import Volume
from srviewer.gui.texts.translation import mark, tr
from srviewer.sr.scores.evaluate import ScoredPair
from srviewer.sr.stacks.result import Result
from srviewer.study.state.compared_volumes import (
    CUBIC,
    NO_RESULT,
    ORIGINAL,
    REFERENCE,
    ComparedVolume,
)
from srviewer.study.state.study_state import StudyState

PRESS_RECONSTRUCT = mark("No result yet.\nPress Reconstruct to get thin slices.")
INTERPOLATING = mark("Cubic interpolation is on its way.")


@dataclass(frozen=True, eq=False)
class Comparable:
    """An entry of the lists from which the user picks, with what its panes need.

    Attributes:
        key: Identifies the entry in the state of the study.
        name: For the user.
        volume: None for an entry that has no volume yet.
        scores: Scores of the volume and of cubic interpolation; None without a reference.
        hint: How to get the volume while there is none.
        made: What is known of a result; None for other volumes.
    """

    key: str
    name: str
    volume: Volume | None
    scores: ScoredPair | None = None
    hint: str = ""
    made: Result | None = None


def offered(state: StudyState) -> tuple[Comparable, ...]:
    """List everything that can be compared.

    Args:
        state: Of one study.

    Returns:
        The entries in the order of the lists: scan, cubic, results, reference, loaded volumes.
    """
    compared_volumes, reference = state.compared_volumes, state.reference
    cubic_hint = tr(INTERPOLATING)
    listed = [
        Comparable(ORIGINAL, tr("scan"), state.scan),
        Comparable(CUBIC, tr("cubic"), compared_volumes.cubic, state.scores, cubic_hint),
        *map(_entry, compared_volumes.results),
    ]
    if not compared_volumes.results:
        listed.append(Comparable(NO_RESULT, tr("result"), None, hint=tr(PRESS_RECONSTRUCT)))
    if reference is not None:
        listed.append(Comparable(REFERENCE, tr("reference"), reference.volume))
    return (*listed, *map(_entry, compared_volumes.loaded))


def compared(state: StudyState) -> tuple[Comparable, ...]:
    """List what is compared now.

    Args:
        state: Of one study.

    Returns:
        The chosen entries, A and B first; those that are no longer offered are left out.
    """
    by_key = {entry.key: entry for entry in offered(state)}
    return tuple(by_key[key] for key in state.compared_volumes.shown if key in by_key)


def _entry(stored: ComparedVolume) -> Comparable:
    return Comparable(stored.key, stored.name, stored.volume, stored.scores, made=stored.made)
