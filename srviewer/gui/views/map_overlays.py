"""The maps of the current result, laid over the slices."""

from srviewer.core.intensity.window import Window
from srviewer.gui.appearance.colour_maps import diverging, heat
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.views.drawing.slice_overlay import DrawnOverlay, ValueColours
from srviewer.sr.results.maps import MAPS
from srviewer.table import find_row

MAP_SPAN = 0.1  # of the intensity range: where the colours of a map end
MAP_SOLID = 0.01  # of the intensity range: below it a map fades out


def map_overlays(study: ShownStudy) -> tuple[DrawnOverlay, ...]:
    """The map that the user chose, as overlays for the panes.

    Args:
        study: Its result has the maps; its comparison settings name one.

    Returns:
        One overlay; empty while there is no result, or when the result has no such map.
    """
    result, comparing = study.result, study.comparing
    volume = result.maps().get(comparing.map) if result else None
    if result is None or volume is None:
        return ()
    span = MAP_SPAN * result.data_range
    signed = find_row(MAPS, comparing.map, "map").signed
    window = Window(-span if signed else 0.0, span)
    table, least = diverging() if signed else heat(), comparing.threshold * result.data_range
    colours = ValueColours(table, window, least, MAP_SOLID * result.data_range)
    return (DrawnOverlay(volume, colours, comparing.opacity),)
