"""Drawing and dragging measurements in one pane."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from srviewer.core.intensity.padding import measured_voxels
from srviewer.core.intensity.window import window_of_values
from srviewer.core.regions.roi import Roi, boxed, moved_point, voxels_inside
from srviewer.gui.state.tool import Tool
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import kind_title
from srviewer.gui.views.drawing.shapes import Shape, is_at, label_box
from srviewer.gui.views.slice_view import SliceView
from srviewer.study.state.view import Point

REACH = 7.0  # px around a point within which it is grabbed
LABEL = -1  # in the place of a point: the label is moved
PLAIN_ALONE = mark("Regions hold voxels of plain planes: go back to these first (Q)")
MOVED = 3.0  # px: less is a click, and the next click sets the next point


class Measuring:
    """Sets points by dragging, by clicking, or with Return at the crosshair.

    All points of a measurement are as deep as its first, in the slice in which that was set; one
    that the pane shows no more ends there.
    """

    def __init__(self, pane: SliceView) -> None:
        self._pane, self._study = pane, pane.study
        self._points: list[Point] = []
        self._start = QPointF()
        self._grabbed: tuple[int, int] | None = None  # (measurement, point or LABEL)
        self._dragged: Roi | None = None  # as it was left by the last move
        self._held = QPointF()  # from the mouse to the middle of a grabbed label

    @property
    def busy(self) -> bool:
        """Whether something is being drawn or dragged."""
        return bool(self._points) or self._grabbed is not None

    def takes(self, position: QPointF) -> bool:
        """Whether a press of the left button is for measuring, so that the crosshair stays.

        Args:
            position: Of the mouse, in pixels of the pane.

        Returns:
            True with a tool that measures, and on a point or the label of a measurement.
        """
        return bool(self._points) or self._study.tool.measures or self._under(position) is not None

    def press(self, position: QPointF) -> None:
        """Handle a left button that goes down: grab a point, else begin a measurement.

        Args:
            position: Of the mouse, in pixels of the pane, where ``takes`` is true.
        """
        self._start = position
        self._grabbed = None if self._points else self._under(position)
        self._dragged = None if self._grabbed is None else self._study.rois[self._grabbed[0]]
        if self._grabbed is None and not self._points:
            self._add(self._pane.world_at(position))

    def move(self, position: QPointF) -> bool:
        """Handle a move of the mouse.

        Args:
            position: Of the mouse, in pixels of the pane.

        Returns:
            True if a point is being drawn or dragged.
        """
        if self._pane.header is None or not self.busy:
            return False
        if self._points:
            self._show_draft(self._world(position, self._points[0]))
        elif self._grabbed is not None and self._dragged is not None:
            self._drag(*self._grabbed, self._dragged, position)
        return True

    def _drag(self, number: int, point: int, roi: Roi, position: QPointF) -> None:
        """A point or the label comes under the mouse, as deep as it is."""
        rois = list(self._study.rois)
        if rois[number : number + 1] != [roi]:  # it was taken back meanwhile
            self._grabbed = None
            return
        if point == LABEL:
            moved = self._with_label(roi, position)
        else:
            moved = moved_point(roi, point, self._world(position, roi.points_mm[point]))
        rois[number] = self._dragged = moved
        self._study.set_rois(rois)

    def release(self, position: QPointF) -> None:
        """Handle a left button that goes up: a drag ends in a point, a click does not.

        Args:
            position: Of the mouse, in pixels of the pane.
        """
        if self._grabbed is not None:
            self._grabbed = None
            return
        far = (position - self._start).manhattanLength() > MOVED
        if self._points and (far or len(self._points) > 1 or self._clicked_again(position)):
            self._add(self._world(position, self._points[0]))

    def at(self, position: QPointF) -> int | None:
        """The measurement under the mouse: its points, its label or its line.

        Args:
            position: Of the mouse, in pixels of the pane.

        Returns:
            Its number in the study; None where there is none.
        """
        grabbed = self._under(position)
        if grabbed is not None:
            return grabbed[0]
        lines = reversed(self._shapes())
        return next((number for number, _, shape in lines if is_at(shape, position)), None)

    def mark(self) -> bool:
        """Set a point at the crosshair; false while no tool that measures is chosen."""
        if not self._study.tool.measures:
            return False
        cursor = self._study.view.cursor_mm
        if self._points:
            cursor = self._world(self._pane.position_of(cursor), self._points[0])
        self._add(cursor)
        return True

    def leave_slice(self) -> bool:
        """End what is drawn or dragged where the pane shows its slice no more.

        Returns:
            Whether an unfinished measurement was dropped.
        """
        if not self.busy:
            return False
        shown = self._pane.shown if self._pane.isVisible() else None
        if shown is None or not shown.has_points(self._points):
            return self.cancel()
        numbers = [number for number, _ in shown.visible_rois()]
        if self._grabbed is not None and self._grabbed[0] not in numbers:
            self._grabbed = None
        return False

    def cancel(self) -> bool:
        """Drop an unfinished measurement; false when there is none."""
        was = bool(self._points)
        self._points, self._grabbed = [], None
        self._pane.drawings.set(measurement=None)
        return was

    def _world(self, position: QPointF, depth_mm: Point) -> Point:
        """The point under a position of the pane, which draws something, as deep as another."""
        world = self._pane.world_at(position, depth_mm)
        assert world is not None
        return world

    def _clicked_again(self, position: QPointF) -> bool:
        first = self._pane.position_of(self._points[0])
        return (position - first).manhattanLength() > MOVED

    def _add(self, point: Point | None) -> None:
        if point is None or self._refuses():
            return
        self._points.append(point)
        if len(self._points) < self._study.tool.points:
            self._show_draft(point)
            return
        roi = self._roi(self._points)
        if self._study.tool is Tool.WINDOW_BOX:
            self._window_from(roi)  # while it is drawn, so that all voxels of a slab count
            self.cancel()
            self._study.set_tool(Tool.CROSSHAIR)
        else:
            self.cancel()
            named = replace(roi, name=free_name(self._study.rois, roi))
            self._study.set_rois([*self._study.rois, named])

    def _refuses(self) -> bool:
        """Say that a tool needs voxels of a slice, which an oblique plane has not."""
        regions = (Tool.RECTANGLE, Tool.ELLIPSE, Tool.WINDOW_BOX)
        if self._study.tool not in regions or self._pane.rotated is None:
            return False
        self._pane.drawings.set(reading=tr(PLAIN_ALONE))
        return True

    def _show_draft(self, here: Point) -> None:
        points = [*self._points, here]
        missing = self._study.tool.points - len(points)
        self._pane.drawings.set(measurement=self._roi(points + [here] * missing))

    def _roi(self, points: list[Point]) -> Roi:
        kind, plane = self._study.tool.kind or "rectangle", self._pane.plane
        if kind in ("distance", "angle"):
            return Roi(kind, plane, tuple(points))
        assert self._pane.header is not None
        return boxed(kind, plane, self._pane.header.geometry, points[:2], "")

    def _window_from(self, roi: Roi) -> None:
        """Spread the values in the box over black to white."""
        shown = self._pane.shown
        if shown is None or shown.volume is None:
            return
        volume = shown.volume
        index = voxels_inside(shown.measured(roi), volume.geometry)
        values = measured_voxels(volume.voxels[tuple(index.T)], volume.padding)
        if len(values) > 1:
            self._study.set_window(window_of_values(values))

    def _under(self, position: QPointF) -> tuple[int, int] | None:
        """(measurement, point) within reach of the mouse, among those that the pane shows."""
        best, nearest = REACH, None
        for number, roi, _ in self._shapes():
            for point, world in enumerate(roi.points_mm):
                distance = (self._pane.position_of(world) - position).manhattanLength()
                if distance <= best:
                    best, nearest = distance, (number, point)
        return nearest or self._label_under(position)

    def _shapes(self) -> list[tuple[int, Roi, Shape]]:
        """The measurements in the slice that is shown: number, measurement, what is drawn."""
        shown = self._pane.shown
        if shown is None:
            return []
        return [(number, roi, shown.shape(roi)) for number, roi in shown.visible_rois()]

    def _label_under(self, position: QPointF) -> tuple[int, int] | None:
        """The measurement whose label is under the mouse, the last drawn first."""
        for number, _, shape in reversed(self._shapes()):
            box = label_box(QRectF(self._pane.rect()), shape)
            if box.contains(position):
                self._held = box.center() - position
                return number, LABEL
        return None

    def _with_label(self, roi: Roi, position: QPointF) -> Roi:
        """The measurement with its label under the mouse."""
        a, b, c = (float(mm) for mm in roi.anchor_mm)
        middle = self._world(position + self._held, (a, b, c))
        x, y, z = (float(mm) for mm in np.subtract(middle, roi.anchor_mm))
        return replace(roi, label_mm=(x, y, z))


def free_name(rois: tuple[Roi, ...], roi: Roi) -> str:
    """A name for a new measurement: "Distance 1" and so on, with the first number that is free.

    Args:
        rois: The measurements that there are.
        roi: The new one, of which only the kind counts.

    Returns:
        The translated kind and a number from 1.
    """
    taken = {other.name for other in rois}
    number = 1
    while (name := f"{kind_title(roi)} {number}") in taken:
        number += 1
    return name
