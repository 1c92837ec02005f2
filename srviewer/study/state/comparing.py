"""The settings of the comparison of A and B, and of the map over every pane."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from srviewer.study.state.layouts import LAYOUTS, PLANES

FLIP_KEY = "F"  # held: A and B change places
DIFFERENCE_SHARE = 0.25  # of the automatic grey-level window: small changes show


@dataclass(frozen=True)
class Comparing:
    """The settings of the comparison of A and B, the same in every pane.

    Attributes:
        layout: The id of a row of LAYOUTS.
        divider: The position of the curtain's edge, as a share of the pane from the left or the
            top; clipped to 0..1, as are ``threshold`` and ``opacity``.
        upright: The edge runs from top to bottom, A on its left; else across, A above it.
        tile_mm: The side of a square of the checkerboard, in mm.
        difference_range: The end of the difference's colour scale, in the scan's unit; 0 for the
            default of the scan.
        swapped: A and B are exchanged, while the key for it is held.
        map: The kind of the map of the current result that lies over every pane; "" for none.
        threshold: Values of the map below it are not drawn; a share of the scan's intensity range.
        opacity: Of the map, 0..1.
        stack: The number, from 0, of the stack of a join whose scores as left out are shown.
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
    stack: Annotated[int, Meta(ge=0)] = 0

    def __post_init__(self) -> None:
        known = [row.id for row in LAYOUTS]
        if self.layout not in known:
            raise ValueError(f"the layout is none of {', '.join(known)}")
        for name in ("divider", "threshold", "opacity"):
            object.__setattr__(self, name, min(max(getattr(self, name), 0.0), 1.0))
