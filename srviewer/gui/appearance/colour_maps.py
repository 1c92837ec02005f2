"""Colours for intensities, for signed values and for labels."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from srviewer.core.regions.label_colours import EVERY_COLOUR
from srviewer.gui.texts.translation import mark
from srviewer.table import find_row

Table = npt.NDArray[np.uint8]  # (n, 3) RGB
ENTRIES = 256  # pyqtgraph is several times slower with more


@dataclass(frozen=True)
class ColourMap:
    """A colour map of the user's choice.

    Attributes:
        id: Its word in settings and session files.
        title: For the list of colour maps, to be translated.
        tip: Tooltip, to be translated.
        table: Returns (256, 3) RGB.
    """

    id: str
    title: str
    tip: str
    table: Callable[[], Table]


@cache
def grey() -> Table:
    """Black to white in equal steps, (256, 3) RGB."""
    return _frozen(np.repeat(np.arange(ENTRIES, dtype=np.uint8)[:, None], 3, axis=1))


@cache
def bone() -> Table:
    """Grey with a blue tint in the dark, increasing in lightness, (256, 3) RGB."""
    x = np.linspace(0, 1, ENTRIES)
    red = np.interp(x, (0, 0.746, 1), (0, 0.652, 1))
    green = np.interp(x, (0, 0.365, 0.746, 1), (0, 0.319, 0.777, 1))
    blue = np.interp(x, (0, 0.365, 1), (0, 0.444, 1))
    return _frozen(np.rint(255 * np.stack((red, green, blue), axis=1)).astype(np.uint8))


def _supplied(name: str) -> Callable[[], Table]:
    """A map that comes with pyqtgraph; read when it is first used."""

    @cache
    def table() -> Table:
        import pyqtgraph  # lazy: the window starts without it

        lut = pyqtgraph.colormap.get(name).getLookupTable(nPts=ENTRIES, alpha=False)
        return _frozen(np.asarray(lut, np.uint8)[:, :3])

    return table


# Black (hot: dark) to white in even steps of lightness, so that the colours add no edges;
# "CET" are Peter Kovesi's maps.
COLOUR_MAPS = (
    ColourMap("grey", mark("Grey"), mark("Black to white"), grey),
    ColourMap(
        "hot", mark("Hot"), mark("Black, red, yellow, white in even steps"), _supplied("CET-L3")
    ),
    ColourMap("bone", mark("Bone"), mark("Bluish grey, as an X-ray film"), bone),
    ColourMap(
        "viridis",
        mark("Viridis"),
        mark("Violet, green, yellow in even steps"),
        _supplied("viridis"),
    ),
    ColourMap(
        "magma",
        mark("Magma"),
        mark("Black, violet, orange, cream in even steps"),
        _supplied("magma"),
    ),
    ColourMap(
        "cividis",
        mark("Cividis"),
        mark("Blue to yellow, also for the colour blind"),
        _supplied("cividis"),
    ),
)

# For signed values: blue below, white at 0, red above; equal lightness at equal distance from 0.
diverging = _supplied("CET-D1")
# For a signed image on black: blue below, black at 0, red above.
signed = _supplied("CET-D4")
# For overlays on grey: dark red to yellow.
heat = _supplied("CET-L4")


def find_map(wanted: str) -> ColourMap:
    """Find a colour map.

    Args:
        wanted: The id of the map; UserError when no map has it.

    Returns:
        The row of ``COLOUR_MAPS``.
    """
    return find_row(COLOUR_MAPS, wanted, "colour map")


@cache
def colours_of(wanted: str, inverted: bool) -> Table | None:
    """The table of a colour map.

    Args:
        wanted: The id of the map; UserError when no map has it.
        inverted: Reverse the table.

    Returns:
        (256, 3) RGB, read-only; None for grey that is not inverted, which is drawn without a table.
    """
    if wanted == "grey" and not inverted:
        return None
    table = find_map(wanted).table()
    return _frozen(np.ascontiguousarray(table[::-1])) if inverted else table


# By the values of labels, from 1 on.
LABELS: Table = np.array(EVERY_COLOUR, np.uint8)


def _frozen(table: Table) -> Table:
    """The same table, made read-only so that callers may share it."""
    table.flags.writeable = False
    return table
