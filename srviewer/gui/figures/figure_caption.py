"""What is written under a figure."""

from srviewer.core.scores.metrics import brief_scores
from srviewer.gui.state.session import Session
from srviewer.gui.texts.offered import compared
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import NO_REFERENCE, NOT_SCORED, agreement
from srviewer.study.state.comparables import CUBIC
from srviewer.study.state.layouts import find_layout


def volumes_line(session: Session) -> str:
    """The scan and what is shown of it: "scan: A original, B fast x4"."""
    scan = session.original.name if session.original else ""
    if not find_layout(session.comparing.layout).compares:
        return scan
    shown = zip("ABCD", compared(session.state), strict=False)
    return f"{scan}:  " + ",  ".join(f"{letter} {one.name}" for letter, one in shown)


def scores_line(session: Session) -> str:
    """Whole-volume scores of what is shown beside cubic's, and what they are measured against."""
    if not find_layout(session.comparing.layout).compares:
        return ""
    parts, scored = [], None
    for one in compared(session.state):
        if one.scores is None:
            continue
        scored = one.scores
        found = one.scores.cubic if one.key == CUBIC else one.scores.candidate
        parts.append(f"{one.name} {_values(found.whole)}")
    if scored is not None:
        cubic = _values(scored.cubic.whole)
        scores, meaning = ";  ".join(parts), tr(scored.candidate.meaning)
        told = mark("{scores}  (cubic {cubic}), against {meaning}")
        return tr(told, scores=scores, cubic=cubic, meaning=meaning)
    if session.result is not None and session.comparables.current in session.comparables.shown:
        return f"{tr(NO_REFERENCE)} ({agreement(session.result.consistency)})"
    return tr(NOT_SCORED)


def _values(whole: dict[str, float | None]) -> str:
    parts = brief_scores(whole)
    return tr("no score") if parts is None else ", ".join(parts)
