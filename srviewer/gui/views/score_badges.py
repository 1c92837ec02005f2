"""Scores of a slice in the corner of its pane, beside those of cubic interpolation."""

from srviewer.core.comparison.comparison import Scores
from srviewer.core.scores.metrics import brief_scores
from srviewer.core.slices.planes import Plane
from srviewer.gui.appearance import theme
from srviewer.gui.texts.offered import Comparable
from srviewer.gui.texts.translation import tr
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.study.state.comparables import CUBIC


def badge(entry: Comparable, plane: Plane, number: int) -> tuple[Line, ...]:
    """The scores of a slice, and those of cubic interpolation below.

    Args:
        entry: The volume in the pane.
        plane: Of the pane.
        number: Index of the slice along the normal of the plane, from 0.

    Returns:
        Lines of text; none without a reference.
    """
    if entry.volume is None or entry.scores is None:
        return ()
    axis = plane.normal_axis(entry.volume.geometry)
    pair = (entry.scores.candidate, entry.scores.cubic)
    ours, cubic = (_values(scores, axis, number) for scores in pair)
    if ours is None or cubic is None:
        return (Line(tr("too little foreground to score"), theme.MUTED),)
    if entry.key == CUBIC:
        return (Line(cubic, theme.TEXT, cut=False),)
    return (
        Line(ours, theme.ACCENT, bold=True, cut=False),
        Line(tr("cubic {scores}", scores=cubic), theme.TEXT, cut=False),
    )


def _values(scores: Scores, axis: int, index: int) -> str | None:
    parts = brief_scores(scores.per_slice[axis][index])
    return None if parts is None else "  ".join(parts)
