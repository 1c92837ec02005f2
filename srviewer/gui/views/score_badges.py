"""Scores of a slice in the corner of its pane, beside those of cubic interpolation."""

from srviewer.core.comparison.comparison import Scores
from srviewer.core.scores.metrics import brief_scores
from srviewer.core.slices.planes import Plane
from srviewer.gui.appearance import theme
from srviewer.gui.texts.offered import Comparable
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import NO_REFERENCE, NOT_SCORED, agreement, agrees
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.study.state.compared_volumes import CUBIC, ORIGINAL, REFERENCE


def badge(entry: Comparable, plane: Plane, number: int, referenced: bool) -> tuple[Line, ...]:
    """The scores of a slice, those of cubic interpolation below, and the meaning of both.

    Args:
        entry: The volume in the pane.
        plane: Of the pane.
        number: Index of the slice along the normal of the plane, from 0.
        referenced: Whether the study has a reference; without it there are no scores.

    Returns:
        Lines of text; the agreement with the scan for a result without a reference.
    """
    if entry.volume is None:
        return ()
    if entry.scores is None:
        return () if referenced else _unreferenced(entry)
    meaning = Line(tr("against {meaning}", meaning=tr(entry.scores.candidate.meaning)), theme.MUTED)
    axis = plane.normal_axis(entry.volume.geometry)
    pair = (entry.scores.candidate, entry.scores.cubic)
    ours, cubic = (_values(scores, axis, number) for scores in pair)
    if ours is None or cubic is None:
        return (Line(tr("too little foreground to score"), theme.MUTED), meaning)
    if entry.key == CUBIC:
        return (Line(cubic, theme.TEXT), meaning)
    return (
        Line(ours, theme.ACCENT, bold=True),
        Line(tr("cubic {scores}", scores=cubic), theme.TEXT),
        meaning,
    )


def _unreferenced(entry: Comparable) -> tuple[Line, ...]:
    """Lines for an entry without scores: a result has its agreement with the scan."""
    if entry.key in (ORIGINAL, REFERENCE):
        return ()
    if entry.made is None:
        return (Line(tr(NOT_SCORED), theme.MUTED),)
    consistency = entry.made.consistency
    unscored = Line(tr(NO_REFERENCE), theme.MUTED)
    return (
        (unscored,)
        if agrees(consistency)
        else (unscored, Line(agreement(consistency, entry.made.repaired), theme.WARNING))
    )


def _values(scores: Scores, axis: int, index: int) -> str | None:
    parts = brief_scores(scores.per_slice[axis][index])
    return None if parts is None else "  ".join(parts)
