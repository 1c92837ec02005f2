"""Mouse and keyboard in a pane: crosshair, slices, zoom, pan, grey levels."""

from enum import Enum

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent

from srviewer.core.intensity.window import Window
from srviewer.core.slices.planes import Plane, at_slice, stepped
from srviewer.gui.state.tool import Tool
from srviewer.gui.views.measuring import Measuring
from srviewer.gui.views.slice_view import SliceView

NOTCH = 120  # eighths of a degree: one click of a mouse wheel
ZOOM_PER_NOTCH = 1.2
PAGE = 10  # slices
# Dragging across so many pixels sweeps the whole automatic window, whatever the scan's unit.
WINDOW_PIXELS = 250.0

SLICE_BAR = 12.0  # px at the right edge that are the slice bar

KEY_STEPS = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_PageUp: PAGE,
    Qt.Key.Key_PageDown: -PAGE,
    Qt.Key.Key_End: 10**6,
    Qt.Key.Key_Home: -(10**6),
}
# With Alt: (entry of the plane's value, 1 across and 2 up; voxels to the right or upwards).
NUDGES = {
    Qt.Key.Key_Right: (1, 1),
    Qt.Key.Key_Left: (1, -1),
    Qt.Key.Key_Up: (2, 1),
    Qt.Key.Key_Down: (2, -1),
}
KEY_ZOOMS = {
    Qt.Key.Key_Plus: ZOOM_PER_NOTCH,
    Qt.Key.Key_Equal: ZOOM_PER_NOTCH,
    Qt.Key.Key_Minus: 1 / ZOOM_PER_NOTCH,
}


class Drag(Enum):
    """Meanings of a drag with a button held."""

    CROSSHAIR = "crosshair"
    WINDOW = "window"
    PAN = "pan"
    SLICES = "slices"
    MEASURE = "measure"


class Navigation(QObject):
    """Turns the events of one pane into changes of the session.

    Left: crosshair. Right: grey levels. Middle, or left with the space bar: pan. Wheel: slices;
    with Ctrl, or a pinch: zoom at the mouse. Double click: only this plane, and back. A left drag
    on the slice bar steps, on a point of a measurement moves it, with a tool draws another.
    """

    def __init__(self, pane: SliceView) -> None:
        super().__init__(pane)
        self._pane, self._study = pane, pane.study
        self._drag: Drag | None = None
        self._last = QPointF()
        self._cursor_before = pane.study.view.cursor_mm  # the last press of the mouse
        self._notches = 0.0
        self._space = False
        self._measuring = Measuring(pane)
        pane.study.follow(self._leave_tool, "tool")
        pane.installEventFilter(self)

    def _leave_tool(self) -> None:
        """Drop an unfinished measurement when another tool is chosen."""
        self._measuring.cancel()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Called by Qt for each event of the pane; true keeps the event from the pane."""
        if self._pane.header is None:
            return False
        if isinstance(event, QMouseEvent):
            self._mouse(event)
            return True
        if isinstance(event, QWheelEvent):
            self._wheel(event)
            return True
        if isinstance(event, QNativeGestureEvent):
            return self._pinch(event)
        if isinstance(event, QKeyEvent):
            return self._key(event)
        if event.type() == QEvent.Type.Leave:
            self._study.hovered.emit(None)
        return False

    def _mouse(self, event: QMouseEvent) -> None:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress:
            self._press(event)
        elif kind == QEvent.Type.MouseMove:
            self._move(event)
        elif kind == QEvent.Type.MouseButtonRelease:
            if self._drag is Drag.MEASURE:
                self._measuring.release(event.position())
            self._drag = None
        elif kind == QEvent.Type.MouseButtonDblClick:
            self._press_again(event)

    def _press_again(self, event: QMouseEvent) -> None:
        """The second press of a double click enlarges the pane where a press moves the crosshair.

        Elsewhere it is another press: quick presses on the slice bar step, and those with a tool
        set points.
        """
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._left_drag_at(event.position()) is Drag.CROSSHAIR:
            self._study.move_cursor(self._cursor_before)
            self._maximise()
        else:
            self._press(event)

    def _press(self, event: QMouseEvent) -> None:
        self._pane.setFocus(Qt.FocusReason.MouseFocusReason)
        self._last = event.position()
        self._cursor_before = self._study.view.cursor_mm
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = self._left_drag_at(event.position())
        elif event.button() == Qt.MouseButton.RightButton:
            self._drag = Drag.WINDOW
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._drag = Drag.PAN
        if self._drag is Drag.CROSSHAIR:
            self._move_crosshair(event.position())
        elif self._drag is Drag.SLICES:
            self._scroll_to(event.position())
        elif self._drag is Drag.MEASURE:
            self._measuring.press(event.position())

    def _left_drag_at(self, position: QPointF) -> Drag:
        """What a left drag from a position does; with a tool, or on a point, it measures."""
        if self._space:
            return Drag.PAN
        if position.x() > self._pane.width() - SLICE_BAR:
            return Drag.SLICES
        return Drag.MEASURE if self._measuring.takes(position) else Drag.CROSSHAIR

    def _move(self, event: QMouseEvent) -> None:
        moved, self._last = event.position() - self._last, event.position()
        if self._drag is Drag.CROSSHAIR:
            self._move_crosshair(event.position())
        elif self._drag is Drag.WINDOW:
            self._change_window(moved)
        elif self._drag is Drag.PAN:
            centre = self._pane.panned(moved)
            if centre is not None:
                self._study.pan_to(centre)
        elif self._drag is Drag.SLICES:
            self._scroll_to(event.position())
        else:
            self._measuring.move(event.position())
        self._study.hovered.emit(self._pane.world_at(event.position()))

    def _move_crosshair(self, position: QPointF) -> None:
        world = self._pane.world_at(position)
        if world is not None:
            self._study.move_cursor(world)

    def _scroll_to(self, position: QPointF) -> None:
        """The slice bar: its top is the last slice towards R, A or S."""
        if self._pane.header is not None:
            share = 1 - position.y() / max(1, self._pane.height())
            geometry, cursor = self._pane.header.geometry, self._study.view.cursor_mm
            self._study.move_cursor(at_slice(geometry, self._pane.plane, cursor, share))

    def _change_window(self, moved: QPointF) -> None:
        """Right: wider; up: brighter."""
        window = self._study.view.window
        gain = self._study.auto_window.width / WINDOW_PIXELS
        width = max(window.width + moved.x() * gain, gain)
        self._study.set_window(Window.of_level(window.level + moved.y() * gain, width))

    def _wheel(self, event: QWheelEvent) -> None:
        turned = (event.angleDelta().y() or event.angleDelta().x()) / NOTCH
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(ZOOM_PER_NOTCH**turned, event.position())
            return
        # A touch pad turns by parts of a notch: they add up to whole slices.
        self._notches += turned
        steps = int(self._notches)
        self._notches -= steps
        self._step(steps)

    def _pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._zoom(1 + event.value(), event.position())
        return True

    def _zoom(self, factor: float, position: QPointF) -> None:
        world = self._pane.world_at(position)
        if world is not None and factor > 0:
            self._study.zoom_by(factor, world)

    def _step(self, steps: int) -> None:
        header = self._pane.header
        if steps and header is not None:
            cursor = self._study.view.cursor_mm
            self._study.move_cursor(stepped(header.geometry, self._pane.plane, cursor, steps))

    def _maximise(self) -> None:
        self._study.maximise(None if self._study.view.only else self._pane.plane)

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space:
            self._space = event.type() == QEvent.Type.KeyPress
            return True
        if event.type() != QEvent.Type.KeyPress:
            return False
        if event.modifiers() == Qt.KeyboardModifier.AltModifier:
            return self._nudge(key)
        return not event.modifiers() & ~_KEYPAD and self._plain_key(key)

    def _plain_key(self, key: Qt.Key) -> bool:
        """A key without Ctrl or Alt; false leaves it to the window."""
        if key in KEY_STEPS:
            self._step(KEY_STEPS[key])
        elif key in KEY_ZOOMS:
            self._study.zoom_by(KEY_ZOOMS[key], self._study.view.cursor_mm)
        elif key == Qt.Key.Key_R:
            self._study.reset_view()
        elif key == Qt.Key.Key_M:
            self._maximise()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self._measuring.mark()
        elif key == Qt.Key.Key_Escape:
            return self._leave()
        else:
            return False
        return True

    def _nudge(self, key: Qt.Key) -> bool:
        """Alt and an arrow: the crosshair moves by one voxel in the plane, as seen on screen."""
        if key not in NUDGES or self._pane.header is None:
            return False
        entry, step = NUDGES[key]
        world = self._pane.plane.axes[entry]
        across = next(plane for plane in Plane if plane.axes[0] == world)
        if entry == 1 and self._pane.mirrored:
            step = -step
        geometry, cursor = self._pane.header.geometry, self._study.view.cursor_mm
        self._study.move_cursor(stepped(geometry, across, cursor, step))
        return True

    def _leave(self) -> bool:
        """Escape: end the unfinished measurement, else the tool, else the single plane."""
        if self._measuring.cancel():
            return True
        if self._study.tool is not Tool.CROSSHAIR:
            self._study.set_tool(Tool.CROSSHAIR)
        elif self._study.view.only:
            self._study.maximise(None)
        else:
            return False
        return True


_KEYPAD = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
