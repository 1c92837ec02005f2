"""Drags of the mouse in a pane: crosshair, grey levels, zoom, pan, slices, planes, shapes."""

from enum import Enum

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

from srviewer.core.intensity.window import Window
from srviewer.core.slices.planes import at_slice
from srviewer.gui.state.tool import Tool
from srviewer.gui.texts.values import window_text
from srviewer.gui.views.editing.annotating import Annotating
from srviewer.gui.views.editing.painting import Painting
from srviewer.gui.views.editing.rotating_planes import RotatingPlanes
from srviewer.gui.views.measuring import Measuring
from srviewer.gui.views.pane_texts import zoom_text
from srviewer.gui.views.slice_view import SliceView

# Dragging across so many pixels sweeps the whole automatic window, whatever the scan's unit.
WINDOW_PIXELS = 250.0
ZOOM_PIXELS = 100.0  # dragged upwards double the size
MOVED = 3.0  # px: less with the right button is a click
SLICE_BAR = 12.0  # px at the right edge that are the slice bar


Editor = Painting | Annotating | Measuring


class Drag(Enum):
    """Meanings of a drag with a button held."""

    CROSSHAIR = "crosshair"
    WINDOW = "window"
    ZOOM = "zoom"
    PAN = "pan"
    PLANES = "planes"
    SLICES = "slices"
    EDIT = "edit"
    MENU = "menu"


LEFT_DRAGS = {
    Tool.CROSSHAIR: Drag.CROSSHAIR,
    Tool.WINDOW: Drag.WINDOW,
    Tool.ZOOM: Drag.ZOOM,
    Tool.PAN: Drag.PAN,
    Tool.ROTATE_PLANES: Drag.PLANES,
}


class Drags:
    """Follows the mouse of one pane from press to release.

    Attributes:
        space: Whether the space bar is held: a left drag pans then.
        cursor_before: The crosshair before the last press, RAS+ mm.
    """

    def __init__(self, pane: SliceView, editors: tuple[Editor, ...]) -> None:
        self._pane, self._study, self._editors = pane, pane.study, editors
        self._editor: Editor = editors[0]  # the one that has taken the press
        self._drag: Drag | None = None
        self._rotating = RotatingPlanes(pane)
        self._start = self._last = QPointF()
        self.cursor_before = pane.study.view.cursor_mm
        self.space = False

    def press(self, event: QMouseEvent) -> None:
        """Begin a drag.

        Args:
            event: A button went down.
        """
        self._start = self._last = event.position()
        self.cursor_before = self._study.view.cursor_mm
        if event.button() == Qt.MouseButton.LeftButton:
            self._pane.drawings.set(selected=None)
            self._drag = self.left_drag_at(event.position())
            if event.modifiers() == Qt.KeyboardModifier.AltModifier:
                self._drag = Drag.PLANES
        elif event.button() == Qt.MouseButton.RightButton:
            self._drag = Drag.MENU  # until the mouse is moved
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._drag = Drag.PAN
        if self._drag is Drag.CROSSHAIR:
            self._move_crosshair(event.position())
        elif self._drag is Drag.SLICES:
            self._scroll_to(event.position())
        elif self._drag is Drag.PLANES:
            self._rotating.press(event.position())
        elif self._drag is Drag.EDIT:
            self._editor = next(each for each in self._editors if each.takes(event.position()))
            self._editor.press(event.position())

    def move(self, event: QMouseEvent) -> None:
        """Follow the mouse, with a button held or not.

        Args:
            event: The mouse was moved.
        """
        if self._drag is not None and event.buttons() == Qt.MouseButton.NoButton:
            self._end(self._last)  # the button went up elsewhere, as over a dialog
        at = event.position()
        moved, self._last = at - self._last, at
        self._follow(at, moved)
        self._study.hovered.emit(self._pane.world_at(at), self._pane.plane)

    def release(self, event: QMouseEvent) -> bool:
        """End a drag.

        Args:
            event: A button went up.

        Returns:
            True for a click of the right button, which asks for the context menu.
        """
        return self._end(event.position()) is Drag.MENU

    def drop(self) -> None:
        """Leave a drag unfinished: the study is another."""
        if self._drag is Drag.PLANES:
            self._rotating.release()
        if self._drag is not None:
            self._pane.drawings.set(reading="")
        self._drag = None

    def left_drag_at(self, position: QPointF) -> Drag:
        """What a left drag does: it edits with a tool that draws, or on something drawn.

        Args:
            position: Where it begins, in pixels of the pane.

        Returns:
            One of LEFT_DRAGS where it neither steps nor edits.
        """
        if self.space:
            return Drag.PAN
        if position.x() > self._pane.width() - SLICE_BAR:
            return Drag.SLICES
        if self._rotating.takes(position):
            return Drag.PLANES
        if any(editor.takes(position) for editor in self._editors):
            return Drag.EDIT
        return LEFT_DRAGS.get(self._study.tool, Drag.CROSSHAIR)

    def _follow(self, at: QPointF, moved: QPointF) -> None:
        """The mouse has come to a position, from ``moved`` away."""
        if self._drag is Drag.MENU and (at - self._start).manhattanLength() > MOVED:
            self._drag = Drag.WINDOW
        if self._drag is Drag.CROSSHAIR:
            self._move_crosshair(at)
        elif self._drag is Drag.WINDOW:
            self._change_window(moved)
        elif self._drag is Drag.ZOOM:
            self._zoom(moved)
        elif self._drag is Drag.PAN:
            self._pan(moved)
        elif self._drag is Drag.SLICES:
            self._scroll_to(at)
        elif self._drag is Drag.PLANES:
            self._rotating.move(at)
        elif self._drag in (Drag.EDIT, None):
            for editor in self._editors:
                editor.move(at)

    def _end(self, position: QPointF) -> Drag | None:
        """End the drag at a position of the pane; what it did, None for nothing."""
        drag, self._drag = self._drag, None
        if drag is Drag.EDIT:
            self._editor.release(position)
        elif drag is Drag.PLANES:
            self._rotating.release()
        self._pane.drawings.set(reading="")
        return drag

    def _move_crosshair(self, position: QPointF) -> None:
        world = self._pane.world_at(position)
        if world is not None:
            self._study.move_cursor(world)

    def _scroll_to(self, position: QPointF) -> None:
        """The slice bar: its top is the last slice towards R, A or S."""
        if self._pane.header is not None:
            share = 1 - position.y() / max(1, self._pane.height())
            plane, cursor = self._pane.plane, self._study.view.cursor_mm
            grid = self._pane.stepped_grid
            self._study.step_to(plane, at_slice(grid, plane, cursor, share))

    def _change_window(self, moved: QPointF) -> None:
        """Right: wider; up: brighter."""
        study = self._study
        window, scale = study.view.window, study.auto_window
        gain = scale.width / WINDOW_PIXELS
        width = max(window.width + moved.x() * gain, gain)
        study.set_window(Window.of_level(window.level + moved.y() * gain, width))
        self._pane.drawings.set(reading=window_text(study.view.window, scale))

    def _zoom(self, moved: QPointF) -> None:
        """Up: larger, about the point where the drag began."""
        world = self._pane.world_at(self._start)
        if world is not None:
            self._study.zoom_by(2 ** (-moved.y() / ZOOM_PIXELS), world)
            self._pane.drawings.set(reading=zoom_text(self._study.view.zoom))

    def _pan(self, moved: QPointF) -> None:
        centre = self._pane.panned(moved)
        if centre is not None:
            self._study.pan_to(centre)
