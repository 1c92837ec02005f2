"""The positions of a pane: pixels, millimetres of the pane, points in the patient."""

from dataclasses import dataclass
from functools import cached_property

import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QTransform

from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.planes import Plane, pane_position, world_position
from srviewer.core.slices.turn import UPRIGHT, Edges, Turn
from srviewer.study.state.view import Point

FIT = 0.94  # of the pane is filled by a volume at zoom 1


@dataclass(frozen=True, eq=False)
class Placement:
    """Where a slice lies in a pane.

    Attributes:
        geometry: The grid along whose axes the slice is drawn.
        plane: Of the pane.
        size: Of the pane, in pixels.
        centre: The pane mm in the middle of the pane.
        mm_per_pixel: The scale, the same in both directions.
        mirrored: Whether pane mm grow to the left of the screen, before the turn.
        turn: Rotation and flip of the screen.
    """

    geometry: Geometry
    plane: Plane
    size: QSize
    centre: tuple[float, float]
    mm_per_pixel: float
    mirrored: bool
    turn: Turn = UPRIGHT

    @cached_property
    def transform(self) -> QTransform:
        """The transform from pane mm, which grow upwards, to pixels of the pane."""
        scale = 1 / self.mm_per_pixel
        across = self.turn.offset(-scale if self.mirrored else scale, 0)
        up = self.turn.offset(0, -scale)
        (x, y), middle = self.centre, self._middle()
        left = middle.x() - across[0] * x - up[0] * y
        top = middle.y() - across[1] * x - up[1] * y
        return QTransform(*across, *up, left, top)

    def letters(self, edges: Edges) -> Edges:
        """The orientation letters at the edges of the pane.

        Args:
            edges: At the (left, right, bottom, top) edges of pane mm.

        Returns:
            Those at the same edges of the screen.
        """
        left, right, bottom, top = edges
        return self.turn.edges((right, left, bottom, top) if self.mirrored else edges)

    @property
    def shown(self) -> QRectF:
        """The pane mm that fill the pane."""
        return self.covered(QRectF(0, 0, self.size.width(), self.size.height()))

    def covered(self, area: QRectF) -> QRectF:
        """The part of the slice under an area of the pane.

        Args:
            area: In pixels of the pane.

        Returns:
            In pane mm.
        """
        return self._inverse().mapRect(area)

    def pixel(self, world_mm: npt.ArrayLike) -> QPointF:
        """The position at which a point in the patient is drawn.

        Args:
            world_mm: (3,) RAS+ mm.

        Returns:
            Pixels of the pane; they may lie outside it.
        """
        return self.transform.map(QPointF(*pane_position(self.geometry, self.plane, world_mm)))

    def world(self, position: QPointF, depth_mm: npt.ArrayLike) -> Point:
        """The point in the patient under a position of the pane: the inverse of ``pixel``.

        Args:
            position: In pixels of the pane.
            depth_mm: (3,) RAS+ mm, through which the plane passes.

        Returns:
            RAS+ mm.
        """
        at = self._inverse().map(position)
        x, y, z = world_position(self.geometry, self.plane, (at.x(), at.y()), depth_mm)
        return float(x), float(y), float(z)

    def moved(self, by_pixels: QPointF, depth_mm: npt.ArrayLike) -> Point:
        """The point that comes to the middle of the pane when the image is moved.

        Args:
            by_pixels: The move to the right and down, in pixels of the pane.
            depth_mm: (3,) RAS+ mm, through which the plane passes.

        Returns:
            RAS+ mm.
        """
        return self.world(self._middle() - by_pixels, depth_mm)

    def _middle(self) -> QPointF:
        return QPointF(self.size.width() / 2, self.size.height() / 2)

    def _inverse(self) -> QTransform:
        inverse, _ = self.transform.inverted()
        return inverse


def fitted_scale(geometry: Geometry, plane: Plane, size: QSize, turn: Turn) -> float:
    """The scale at which the whole of a grid fits into a pane.

    Args:
        geometry: The grid.
        plane: Of the pane.
        size: Of the pane, in pixels.
        turn: Of the pane.

    Returns:
        mm for each pixel.
    """
    _, across, up = plane.array_axes(geometry)
    width, height = (geometry.shape[axis] * geometry.spacing[axis] for axis in (across, up))
    if turn.quarters % 2:
        width, height = height, width
    return max(width / max(1, size.width()), height / max(1, size.height())) / FIT
