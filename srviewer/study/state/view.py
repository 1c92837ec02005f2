"""The view of an open study: crosshair, zoom, window, colours."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.window import Window
from srviewer.core.slices.planes import Plane
from srviewer.core.slices.rotated_planes import NOT_ROTATED, Degrees
from srviewer.core.slices.thick_slab import NO_SLAB, ThickSlab
from srviewer.core.slices.turn import UPRIGHT, Turn
from srviewer.core.volumes.volume import Volume

Point = tuple[float, float, float]
ZOOM_LIMITS = (0.5, 40.0)
INSIDE = 0.499  # voxels from the centre of an outer voxel at which a crosshair is kept
NO_WINDOW = Window(0.0, 1.0)  # while nothing is open


@dataclass(frozen=True)
class View:
    """The view of a study, the same for every pane.

    Attributes:
        cursor_mm: The crosshair, in RAS+ mm.
        window: Grey levels, in the scan's unit.
        centre_mm: The RAS+ point in mm in the middle of each pane; None for the middle of the
            volume.
        zoom: Times the size that fits the pane, within ``ZOOM_LIMITS``.
        only: The plane that is shown alone; None for all three.
        main: The plane of the large pane; None for that in which the scan was acquired.
        radiological: The patient's right is on the left of the screen.
        smooth: Pixels are drawn with bilinear interpolation instead of as blocks.
        colours: The id of a colour map.
        inverted: The dark end of the colour map stands for high values.
        crosshair: Whether the crosshair is drawn.
        turns: Of the axial, coronal and sagittal panes.
        header_text: Whether what the header says of patient and series is written in the panes.
        thick_slab: The slab whose projection is drawn instead of single slices.
        rotation: The angles, in degrees about R, A and S, by which the planes are rotated from the
            voxel axes of the scan.
    """

    cursor_mm: Point = (0.0, 0.0, 0.0)
    window: Window = NO_WINDOW
    centre_mm: Point | None = None
    zoom: float = 1.0
    only: Plane | None = None
    main: Plane | None = None
    radiological: bool = True
    smooth: bool = True
    colours: str = "grey"
    inverted: bool = False
    crosshair: bool = True
    turns: tuple[Turn, Turn, Turn] = (UPRIGHT, UPRIGHT, UPRIGHT)
    header_text: bool = False
    thick_slab: ThickSlab = NO_SLAB
    rotation: Degrees = NOT_ROTATED

    def whole(self, scan: Volume, window: Window) -> "View":
        """Show single plain slices of all of a scan upright, with the crosshair in its middle.

        Args:
            scan: The scan.
            window: Grey levels, in the scan's unit.

        Returns:
            The view of all three planes, with conventions and colours as before.
        """
        return replace(
            self,
            cursor_mm=point(scan.geometry.middle_voxel),
            window=window,
            centre_mm=None,
            zoom=1.0,
            only=None,
            turns=(UPRIGHT, UPRIGHT, UPRIGHT),
            thick_slab=replace(self.thick_slab, shown=False),
            rotation=NOT_ROTATED,
        )

    def turn_of(self, plane: Plane) -> Turn:
        """How the panes of a plane are turned.

        Args:
            plane: Axial, coronal or sagittal.

        Returns:
            The turn.
        """
        return self.turns[tuple(Plane).index(plane)]

    def with_turn(self, plane: Plane, turn: Turn) -> "View":
        """Turn the panes of a plane.

        Args:
            plane: Axial, coronal or sagittal.
            turn: The new turn.

        Returns:
            The view with it.
        """
        axial, coronal, sagittal = (
            turn if other is plane else before
            for other, before in zip(Plane, self.turns, strict=True)
        )
        return replace(self, turns=(axial, coronal, sagittal))

    def zoomed(self, factor: float, fixed_mm: npt.ArrayLike, centre_mm: Point) -> "View":
        """Zoom within ``ZOOM_LIMITS``.

        Args:
            factor: Above 1 to enlarge.
            fixed_mm: The RAS+ point, in mm, that stays where it is on the screen.
            centre_mm: The RAS+ point, in mm, in the middle of the panes now.

        Returns:
            The view with the new zoom and centre.
        """
        zoom = min(max(self.zoom * factor, ZOOM_LIMITS[0]), ZOOM_LIMITS[1])
        shrink = self.zoom / zoom
        moved = tuple(f + (c - f) * shrink for f, c in zip(point(fixed_mm), centre_mm, strict=True))
        return replace(self, zoom=zoom, centre_mm=point(moved))

    def within(self, geometry: Geometry) -> "View":
        """Keep the crosshair inside a volume.

        Args:
            geometry: The grid of the volume.

        Returns:
            This view where the crosshair lies inside already; else with the nearest position along
            the axes of the grid, in its outer voxels.
        """
        index = geometry.index(self.cursor_mm)
        last = np.array(geometry.shape) - 1
        if np.all((index >= -0.5) & (index < last + 0.5)):
            return self
        inside = np.clip(np.nan_to_num(index), -INSIDE, last + INSIDE)
        return replace(self, cursor_mm=point(geometry.world(inside)))

    def with_conventions(self, other: "View") -> "View":
        """Take over the settings of the whole window: convention, interpolation, what is drawn.

        Args:
            other: The view that has them.

        Returns:
            This view with these settings.
        """
        return replace(
            self,
            radiological=other.radiological,
            smooth=other.smooth,
            crosshair=other.crosshair,
            header_text=other.header_text,
        )


def point(world_mm: npt.ArrayLike) -> Point:
    """Convert a point to three floats.

    Args:
        world_mm: (3,), RAS+ mm.

    Returns:
        x, y, z in mm.
    """
    x, y, z = (float(value) for value in world_mm)  # type: ignore[union-attr, arg-type]
    return x, y, z
