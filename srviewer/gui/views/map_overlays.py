"""The maps of the current result, laid over the slices."""

from srviewer.core.intensity.window import Window
from srviewer.gui.appearance.colour_maps import diverging, heat
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.views.drawing.composite_marks import ColourBar
from srviewer.gui.views.drawing.slice_overlay import DrawnOverlay, ValueColours
from srviewer.sr.results.maps import SHOWN_MAPS
from srviewer.sr.stacks.result import map_of
from srviewer.table import find_row

MAP_SPAN = 0.1  # of the intensity range: where the colours of a map end
MAP_DECIMALS = 1  # of percentages: the scale and the threshold are written alike
MAP_SOLID = 0.04  # of the intensity range: below it a map fades, so that the image is seen


def map_overlays(study: ShownStudy) -> tuple[DrawnOverlay, ...]:
    """The map that the user chose, as overlays for the panes of the current result.

    Args:
        study: Its result has the maps; its comparison settings name one.

    Returns:
        One overlay, whose scale is in % of the intensity range, as the threshold is; empty while
        there is no result, when the result has no such map, and while that is being smoothed.
    """
    result, comparing = study.result, study.comparing
    shown = result and map_of(result, study.doubts, comparing.map, comparing.stack)
    if not shown:
        return ()
    volume, data_range = shown
    span = MAP_SPAN * data_range
    signed = find_row(SHOWN_MAPS, comparing.map, "map").signed
    window = Window(-span if signed else 0.0, span)
    table, least = diverging() if signed else heat(), comparing.threshold * data_range
    colours = ValueColours(table, window, least, MAP_SOLID * data_range)
    percent = 100 * MAP_SPAN
    bar = ColourBar(
        *(table, -percent if signed else 0.0, percent, "%"),
        decimals=MAP_DECIMALS,
        threshold=100 * comparing.threshold,
    )
    return (DrawnOverlay(volume, colours, comparing.opacity, bar=bar),)
