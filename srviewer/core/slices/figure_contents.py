"""What a figure shows, in plain values: the same from the window and from the command line."""

from dataclasses import dataclass
from typing import Literal

Millimetres = tuple[float, float, float]
PLANE_NAMES = ("axial", "coronal", "sagittal")
COLOUR_NAMES = ("grey", "hot", "bone", "viridis", "magma", "cividis")  # of maps for slices
Theme = Literal["dark", "light"]
SUFFIXES = (".png", ".svg", ".pdf")
LEAST_SIDE, MOST_SIDE = 300, 8000  # px
LEAST_DPI, MOST_DPI = 48, 1200


@dataclass(frozen=True)
class Picture:
    """A figure of a scan and what is compared with it.

    ``layout``: the id of a layout of studies. ``at``, ``centre``: the crosshair and the middle of
    the panes, in RAS+ mm; None for the middle of the scan. ``window``: (low, high) in the scan's
    unit; None for the automatic one. ``zoom``: times the size that fits. ``plane``: one of
    PLANE_NAMES; None for all three. ``colours``: one of COLOUR_NAMES. ``smooth``, ``radiological``,
    ``inverted``, ``crosshair``: as the window draws. ``divider``: of the curtain, as a share of the
    pane; ``upright``: or across. ``tile_mm``: side of the checkerboard's squares. ``span``: end of
    the difference's colours in the scan's unit; 0 for one that suits the scan. ``width``,
    ``height``: in pixels of 1/96 inch, of which ``dpi`` / 96 dots are drawn each way in a PNG.
    ``theme``: of the page.
    """

    layout: str = "planes"
    at: Millimetres | None = None
    window: tuple[float, float] | None = None
    centre: Millimetres | None = None
    zoom: float = 1.0
    plane: str | None = None
    smooth: bool = True
    radiological: bool = True
    colours: str = "grey"
    inverted: bool = False
    crosshair: bool = True
    divider: float = 0.5
    upright: bool = True
    tile_mm: float = 20.0
    span: float = 0.0
    width: int = 1320
    height: int = 900
    dpi: int = 96
    theme: Theme = "dark"
