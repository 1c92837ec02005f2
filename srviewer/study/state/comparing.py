"""How two volumes are put beside or over each other."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from srviewer.study.state.layouts import LAYOUTS, PLANES

FLIP_KEY = "F"  # held: A and B change places
DIFFERENCE_SHARE = 0.25  # of the automatic grey-level window: small changes show


@dataclass(frozen=True)
class Comparing:
    """How A and B are compared; the same in every pane.

    ``layout``: the id of a row of LAYOUTS. ``divider``: where the curtain's edge lies, as a share
    of the pane from the left or the top. ``upright``: the edge runs from top to bottom, A on its
    left; else across, A above it. ``tile_mm``: the side of a square of the checkerboard.
    ``difference_range``: the end of the difference's colour scale, in the scan's unit; 0 for one
    that suits the scan. ``swapped``: A and B have changed places, while the key for it is held.
    ``map``: which map of the current result lies over every pane, "" for none; values below
    ``threshold`` are not drawn (a share of the scan's intensity range), the rest with ``opacity``
    (0..1). Shares are brought into 0..1.
    """

    layout: Annotated[str, Meta(examples=[row.id for row in LAYOUTS])] = PLANES
    divider: float = 0.5
    upright: bool = True
    tile_mm: Annotated[float, Meta(gt=0)] = 20.0
    difference_range: Annotated[float, Meta(ge=0)] = 0.0
    swapped: bool = False
    map: str = ""
    threshold: float = 0.01
    opacity: float = 0.7

    def __post_init__(self) -> None:
        known = [row.id for row in LAYOUTS]
        if self.layout not in known:
            raise ValueError(f"the layout is none of {', '.join(known)}")
        for name in ("divider", "threshold", "opacity"):
            object.__setattr__(self, name, min(max(getattr(self, name), 0.0), 1.0))
