"""How two volumes are put beside or over each other."""

from dataclasses import dataclass
from enum import Enum


class Layout(Enum):
    """What the middle of the window shows; ``value`` is its name on the command line.

    ``COMPARE`` is one above the other. In ``FLIP`` a held key shows B in the place of A.
    """

    PLANES = "planes"
    COMPARE = "compare"
    SIDE_BY_SIDE = "side-by-side"
    CURTAIN = "curtain"
    FLIP = "flip"
    CHECKERBOARD = "checkerboard"
    DIFFERENCE = "difference"


# One volume, or two in the same place.
ONE_ROW = frozenset(
    {Layout.PLANES, Layout.CURTAIN, Layout.FLIP, Layout.CHECKERBOARD, Layout.DIFFERENCE}
)


@dataclass(frozen=True)
class Comparing:
    """How A and B are compared; the same in every pane.

    ``divider``: where the curtain's edge lies, as a share of the pane from the left or the top.
    ``upright``: the edge runs from top to bottom, A on its left; else across, A above it.
    ``tile_mm``: the side of a square of the checkerboard. ``difference_share``: the end of the
    difference's colour scale, as a share of the automatic grey-level window. ``swapped``: A and
    B have changed places, while the key for it is held.
    """

    layout: Layout = Layout.PLANES
    divider: float = 0.5
    upright: bool = True
    tile_mm: float = 20.0
    difference_share: float = 0.1
    swapped: bool = False
