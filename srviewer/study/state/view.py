"""How the open study is looked at."""

from dataclasses import dataclass, replace

import numpy.typing as npt

from srviewer.core.intensity.window import Window
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume

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

    def whole(self, scan: Volume, window: Window) -> "View":
        """All of ``scan``, in grey levels between ``window``, the crosshair in its middle."""
        return replace(
            self,
            cursor_mm=point(scan.geometry.middle_voxel),
            window=window,
            centre_mm=None,
            zoom=1.0,
            only=None,
        )

    def zoomed(self, factor: float, fixed_mm: npt.ArrayLike, centre_mm: Point) -> "View":
        """Zoomed by ``factor`` within ZOOM_LIMITS; the RAS+ point ``fixed_mm`` stays in place.

        ``centre_mm``: the RAS+ point in the middle of the panes now.
        """
        zoom = min(max(self.zoom * factor, ZOOM_LIMITS[0]), ZOOM_LIMITS[1])
        shrink = self.zoom / zoom
        moved = tuple(f + (c - f) * shrink for f, c in zip(point(fixed_mm), centre_mm, strict=True))
        return replace(self, zoom=zoom, centre_mm=point(moved))

    def with_conventions(self, other: "View") -> "View":
        """With what ``other`` says of the whole window: convention, interpolation, crosshair."""
        return replace(
            self,
            radiological=other.radiological,
            smooth=other.smooth,
            crosshair=other.crosshair,
        )


def point(world_mm: npt.ArrayLike) -> Point:
    """A RAS+ point in mm as three floats."""
    x, y, z = (float(value) for value in world_mm)  # type: ignore[union-attr, arg-type]
    return x, y, z
