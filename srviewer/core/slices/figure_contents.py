"""The contents of a figure in plain values: the same from the window and from the command line."""

from dataclasses import dataclass
from typing import Literal

from srviewer.core.slices.rotated_planes import NOT_ROTATED, Degrees
from srviewer.core.slices.thick_slab import NO_SLAB, ThickSlab
from srviewer.core.slices.turn import UPRIGHT, Turn

Millimetres = tuple[float, float, float]
PLANE_NAMES = ("axial", "coronal", "sagittal")
COLOUR_NAMES = ("grey", "hot", "bone", "viridis", "magma", "cividis")  # of maps for slices
Theme = Literal["dark", "light"]
SUFFIXES = (".png", ".svg", ".pdf")
LEAST_SIDE, MOST_SIDE = 300, 8000  # px
LEAST_DPI, MOST_DPI = 48, 1200


@dataclass(frozen=True)
class FigureContents:
    """A figure of a scan and of the volumes that are compared with it.

    Attributes:
        layout: The id of a layout of studies.
        at: The crosshair in RAS+ mm; None for the middle of the scan.
        window: The grey-level window (low, high) in the scan's unit; None for the automatic one.
        centre: The middle of the panes in RAS+ mm; None for the middle of the scan.
        zoom: Times the size that fits.
        plane: One of ``PLANE_NAMES``; None for all three.
        main: Of the large pane, one of ``PLANE_NAMES``; None for that of the acquisition.
        smooth: Pixels are interpolated.
        radiological: The patient's right is drawn at the left.
        colours: One of ``COLOUR_NAMES``.
        inverted: The colours run the other way.
        crosshair: It is drawn.
        turns: How the axial, coronal and sagittal panes are rotated and flipped.
        header_text: What the header says of patient and series is written in the panes.
        slab: The thick slab that is drawn instead of single slices.
        rotation: The angles in degrees about R, A and S by which the planes are rotated.
        divider: The edge of the curtain, as a share of the pane.
        upright: The edge of the curtain is vertical, else horizontal.
        tile_mm: The side of the checkerboard's squares.
        span: The end of the difference's colours in the scan's unit; 0 for a value that suits the
            scan.
        width: In pixels of 1/96 inch.
        height: In pixels of 1/96 inch.
        dpi: Of each pixel, dpi / 96 dots are drawn each way in a PNG.
        theme: The colours of the page.
    """

    layout: str = "planes"
    at: Millimetres | None = None
    window: tuple[float, float] | None = None
    centre: Millimetres | None = None
    zoom: float = 1.0
    plane: str | None = None
    main: str | None = None
    smooth: bool = True
    radiological: bool = True
    colours: str = "grey"
    inverted: bool = False
    crosshair: bool = True
    turns: tuple[Turn, Turn, Turn] = (UPRIGHT, UPRIGHT, UPRIGHT)
    header_text: bool = False
    slab: ThickSlab = NO_SLAB
    rotation: Degrees = NOT_ROTATED
    divider: float = 0.5
    upright: bool = True
    tile_mm: float = 20.0
    span: float = 0.0
    width: int = 1320
    height: int = 900
    dpi: int = 96
    theme: Theme = "dark"
