"""How the open study is looked at."""

from dataclasses import dataclass

from srviewer.core.planes import Plane
from srviewer.core.window import Window

Point = tuple[float, float, float]
ZOOM_LIMITS = (0.5, 40.0)
NO_WINDOW = Window(0.0, 1.0)  # while nothing is open


@dataclass(frozen=True)
class View:
    """How everything is looked at; the same for every pane.

    ``cursor_mm``: the crosshair, in RAS+ mm. ``window``: grey levels, in the scan's unit.
    ``centre_mm``: the RAS+ point in the middle of each pane; None for the middle of the volume.
    ``zoom``: times the size that fits the pane. ``only``: the one plane shown; None for all three.
    ``radiological``: the patient's right on the left of the screen. ``smooth``: pixels are drawn
    with bilinear interpolation instead of as blocks. ``colours``: the id of a colour map, and
    ``inverted`` whether its dark end stands for high values. ``crosshair``: whether it is drawn.
    """

    cursor_mm: Point = (0.0, 0.0, 0.0)
    window: Window = NO_WINDOW
    centre_mm: Point | None = None
    zoom: float = 1.0
    only: Plane | None = None
    radiological: bool = True
    smooth: bool = True
    colours: str = "grey"
    inverted: bool = False
    crosshair: bool = True
