"""Dragging the planes of one pane about the crosshair."""

from math import atan2, degrees

from PySide6.QtCore import QPointF, QRectF

from srviewer.core.slices.planes import pane_position
from srviewer.core.slices.rotated_planes import rotated_on
from srviewer.gui.views.drawing.annotations import handle_points
from srviewer.gui.views.pane_texts import rotation_text
from srviewer.gui.views.slice_view import SliceView

REACH = 9.0  # px around a handle within which it is grabbed
NEAREST = 4.0  # px from the crosshair: nearer than this the mouse has no angle


class RotatingPlanes:
    """Rotates the planes about the normal of the pane: the slice follows the mouse."""

    def __init__(self, pane: SliceView) -> None:
        self._pane, self._study = pane, pane.study
        self._start = pane.study.view.rotation
        self._angle: float | None = None  # of the mouse, where the drag began

    def takes(self, position: QPointF) -> bool:
        """Whether a press of the left button is on a handle of the crosshair.

        Args:
            position: Of the mouse, in pixels of the pane.

        Returns:
            True within reach of one that is drawn.
        """
        shown = self._pane.shown
        if shown is None or not shown.has_handles:
            return False
        cross = self._pane.position_of(self._study.view.cursor_mm)
        return any(
            (point - position).manhattanLength() <= REACH
            for point in handle_points(QRectF(self._pane.rect()), cross)
        )

    def press(self, position: QPointF) -> None:
        """Begin a drag.

        Args:
            position: Of the mouse, in pixels of the pane.
        """
        self._start, self._angle = self._study.view.rotation, self._angle_at(position)

    def move(self, position: QPointF) -> None:
        """Rotate by the angle between the mouse and where the drag began.

        Args:
            position: Of the mouse, in pixels of the pane.
        """
        angle, scan = self._angle_at(position), self._study.scan
        if self._pane.volume is None or scan is None or angle is None:
            return
        if self._angle is None:
            self._angle = angle
        self._study.set_moving(True)
        further = self._angle - angle  # the slice moves against its planes
        self._study.rotate_planes(rotated_on(scan.geometry, self._start, self._pane.plane, further))
        self._pane.drawings.set(reading=rotation_text(self._study.view.rotation))

    def release(self) -> None:
        """End the drag: the planes are drawn as fine as the scan again."""
        self._study.set_moving(False)

    def _angle_at(self, position: QPointF) -> float | None:
        """Degrees from the horizontal towards the vertical direction of the pane."""
        cursor = self._study.view.cursor_mm
        away = position - self._pane.position_of(cursor)
        world = self._pane.world_at(position)
        if world is None or away.manhattanLength() < NEAREST:
            return None
        (x, y), (left, low) = (
            pane_position(self._pane.grid, self._pane.plane, each) for each in (world, cursor)
        )
        return degrees(atan2(y - low, x - left))
