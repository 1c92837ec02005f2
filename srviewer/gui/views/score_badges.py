"""What a pane says about how good its slice is: scores beside cubic's, or that there are none."""

from srviewer.core.comparison.comparison import Scores
from srviewer.core.scores.metrics import brief_scores
from srviewer.core.slices.planes import Plane
from srviewer.gui.appearance import theme
from srviewer.gui.texts.offered import Comparable
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import NO_REFERENCE, NOT_SCORED, agreement, agrees
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.study.state.comparables import CUBIC, ORIGINAL, REFERENCE


def badge(one: Comparable, plane: Plane, number: int, referenced: bool) -> tuple[Line, ...]:
    """The scores of slice ``number``, cubic's under it, and what both are measured against.

    ``referenced``: whether the session has a reference; without one there is nothing to score.
    """
    if one.volume is None:
        return ()
    if one.scores is None:
        return () if referenced else _unreferenced(one)
    meaning = Line(tr("against {meaning}", meaning=tr(one.scores.candidate.meaning)), theme.MUTED)
    axis = plane.normal_axis(one.volume.geometry)
    pair = (one.scores.candidate, one.scores.cubic)
    ours, cubic = (_values(scores, axis, number) for scores in pair)
    if ours is None or cubic is None:
        return (Line(tr("too little foreground to score"), theme.MUTED), meaning)
    if one.key == CUBIC:
        return (Line(cubic, theme.TEXT), meaning)
    return (
        Line(ours, theme.ACCENT, bold=True),
        Line(tr("cubic {scores}", scores=cubic), theme.TEXT),
        meaning,
    )


def _unreferenced(one: Comparable) -> tuple[Line, ...]:
    """What is known of an entry all the same: a result is held to the scan."""
    if one.key in (ORIGINAL, REFERENCE):
        return ()
    if one.made is None:
        return (Line(tr(NOT_SCORED), theme.MUTED),)
    found = one.made.consistency
    known = Line(tr(NO_REFERENCE), theme.MUTED)
    return (known,) if agrees(found) else (known, Line(agreement(found), theme.WARNING))


def _values(scores: Scores, axis: int, index: int) -> str | None:
    parts = brief_scores(scores.per_slice[axis][index])
    return None if parts is None else "  ".join(parts)
