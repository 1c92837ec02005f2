"""Scores of a slice in the corner of its pane, beside those of cubic interpolation."""

from collections.abc import Sequence

from srviewer.core.scores.metrics import brief_scores
from srviewer.core.slices.planes import Plane
from srviewer.gui.appearance import theme
from srviewer.gui.texts.offered import Comparable
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.study.state.compared_volumes import CUBIC


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
    ours, cubic = (brief_scores(scores.per_slice[axis][number]) for scores in pair)
    if ours is None or cubic is None:
        return (Line(tr("too little foreground to score"), theme.MUTED),)
    if entry.key == CUBIC:
        return (_line("{scores}", cubic, theme.TEXT),)
    return (
        _line("{scores}", ours, theme.ACCENT, bold=True),
        _line(mark("cubic {scores}"), cubic, theme.TEXT),
    )


def _line(text: str, scores: Sequence[str], colour: str, bold: bool = False) -> Line:
    """Scores of a slice; the first of them alone where there is no room for all."""
    whole, first = (tr(text, scores="  ".join(shown)) for shown in (scores, scores[:1]))
    return Line(whole, colour, bold, cut=False, shorter=(first,))
