"""How the open scan is looked at: the part of the session that every pane follows."""

from dataclasses import replace

import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from srviewer.core.planes import Plane
from srviewer.core.volume import Volume
from srviewer.core.window import Window, robust_window
from srviewer.gui.tool import Tool
from srviewer.gui.view import NO_WINDOW, ZOOM_LIMITS, Point, View


class Looking(QObject):
    """A scan and the view of it. Whoever shows another scan calls ``_look_at`` and tells it."""

    view_changed = Signal()
    tool_changed = Signal()
    hovered = Signal(object)  # the RAS+ point under the mouse, or None when it left the panes

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.original: Volume | None = None
        self.tool = Tool.CROSSHAIR  # what a left drag does
        self.active = Plane.AXIAL  # the plane that had the keyboard last
        self.auto_window = NO_WINDOW
        self.view = View()

    def _look_at(self, original: Volume) -> None:
        """Begin with all of ``original``, in grey levels that suit it; nothing is sent."""
        self.original = original
        self.auto_window = robust_window(original.voxels, original.padding)
        self.view = self._whole(original)

    def move_cursor(self, world_mm: npt.ArrayLike) -> None:
        """Put the crosshair at a RAS+ point; a pane that is zoomed in follows it."""
        self.look(replace(self.view, cursor_mm=_point(world_mm)))

    def set_window(self, window: Window) -> None:
        """Set the grey levels of every pane."""
        self.look(replace(self.view, window=window))

    def zoom_by(self, factor: float, fixed_mm: npt.ArrayLike) -> None:
        """Zoom every pane by ``factor``; the RAS+ point ``fixed_mm`` stays where it is."""
        if self.original is None:
            return
        zoom = min(max(self.view.zoom * factor, ZOOM_LIMITS[0]), ZOOM_LIMITS[1])
        fixed, centre = _point(fixed_mm), self.centre_mm()
        shrink = self.view.zoom / zoom
        moved = tuple(f + (c - f) * shrink for f, c in zip(fixed, centre, strict=True))
        self.look(replace(self.view, zoom=zoom, centre_mm=_point(moved)))

    def pan_to(self, centre_mm: npt.ArrayLike) -> None:
        """Put a RAS+ point in the middle of every pane."""
        self.look(replace(self.view, centre_mm=_point(centre_mm)))

    def centre_mm(self) -> Point:
        """The RAS+ point in the middle of the panes."""
        if self.view.centre_mm is not None:
            return self.view.centre_mm
        return (0.0, 0.0, 0.0) if self.original is None else _point(self.original.geometry.centre)

    def maximise(self, plane: Plane | None) -> None:
        """Show only ``plane``; None shows all three."""
        self.look(replace(self.view, only=plane))

    def set_radiological(self, radiological: bool) -> None:
        """Put the patient's right on the left of the screen, or on the right."""
        self.look(replace(self.view, radiological=radiological))

    def set_smooth(self, smooth: bool) -> None:
        """Draw pixels smoothly, or as the blocks that they are; in every pane alike."""
        self.look(replace(self.view, smooth=smooth))

    def set_colours(self, colours: str) -> None:
        """Draw grey values in the colour map with this id; in every pane alike."""
        self.look(replace(self.view, colours=colours))

    def set_inverted(self, inverted: bool) -> None:
        """Let the other end of the colour map stand for high values."""
        self.look(replace(self.view, inverted=inverted))

    def set_crosshair(self, crosshair: bool) -> None:
        """Draw the crosshair, or hide it; it is where it is all the same."""
        self.look(replace(self.view, crosshair=crosshair))

    def set_tool(self, tool: Tool) -> None:
        """Choose what a left drag does."""
        if tool is not self.tool:
            self.tool = tool
            self.tool_changed.emit()

    def reset_view(self) -> None:
        """The whole volume in every pane, crosshair in its middle, automatic grey levels."""
        if self.original is not None:
            self.look(self._whole(self.original))

    def look(self, view: View) -> None:
        """Look at everything in another way."""
        if view != self.view:
            self.view = view
            self.view_changed.emit()

    def _whole(self, original: Volume) -> View:
        """All of the scan, in the colours and the convention that are chosen."""
        return replace(
            self.view,
            cursor_mm=_point(original.geometry.middle_voxel),
            window=self.auto_window,
            centre_mm=None,
            zoom=1.0,
            only=None,
        )


def _point(world_mm: npt.ArrayLike) -> Point:
    x, y, z = (float(value) for value in world_mm)  # type: ignore[union-attr, arg-type]
    return x, y, z
