"""How two volumes are put beside or over each other."""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from msgspec import Meta

FLIP_KEY = "F"  # held: A and B change places
DIFFERENCE_SHARE = 0.25  # of the automatic grey-level window: small changes show


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


# Both in the same pane; and all in which there is one pane for each plane.
LAID_OVER = frozenset({Layout.CURTAIN, Layout.CHECKERBOARD, Layout.DIFFERENCE})
ONE_ROW = LAID_OVER | {Layout.PLANES, Layout.FLIP}


@dataclass(frozen=True)
class Comparing:
    """How A and B are compared; the same in every pane.

    ``divider``: where the curtain's edge lies, as a share of the pane from the left or the top.
    ``upright``: the edge runs from top to bottom, A on its left; else across, A above it.
    ``tile_mm``: the side of a square of the checkerboard. ``difference_range``: the end of the
    difference's colour scale, in the scan's unit; 0 for one that suits the scan. ``swapped``: A
    and B have changed places, while the key for it is held. ``map``: which map of the current
    result lies over every pane, "" for none; values below ``threshold`` are not drawn (a share of
    the scan's intensity range), the rest with ``opacity`` (0..1).
    Shares are brought into 0..1.
    """

    layout: Layout = Layout.PLANES
    divider: float = 0.5
    upright: bool = True
    tile_mm: Annotated[float, Meta(gt=0)] = 20.0
    difference_range: Annotated[float, Meta(ge=0)] = 0.0
    swapped: bool = False
    map: str = ""
    threshold: float = 0.01
    opacity: float = 0.7

    def __post_init__(self) -> None:
        for name in ("divider", "threshold", "opacity"):
            object.__setattr__(self, name, min(max(getattr(self, name), 0.0), 1.0))
