"""Mouse and keyboard in a pane: crosshair, slices, zoom, pan, grey levels."""

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)

from srviewer.core.slices.planes import Plane, stepped
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.state.tool import Tool
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.views.editing.annotating import Annotating
from srviewer.gui.views.editing.drags import LEFT_DRAGS, Drags
from srviewer.gui.views.editing.painting import Painting
from srviewer.gui.views.editing.pane_point import PanePoint
from srviewer.gui.views.measuring import Measuring
from srviewer.gui.views.slice_view import SliceView

NOTCH = 120  # eighths of a degree: one click of a mouse wheel
ZOOM_PER_NOTCH = 1.2
PAGE = 10  # slices
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
# With Alt: voxels to the right and down on the screen.
NUDGES = {
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
DROPPED = mark(
    "What was half drawn is dropped: its pane no longer shows the slice of its first point"
)
KEY_ZOOMS = {
    Qt.Key.Key_Plus: ZOOM_PER_NOTCH,
    Qt.Key.Key_Equal: ZOOM_PER_NOTCH,
    Qt.Key.Key_Minus: 1 / ZOOM_PER_NOTCH,
}


class Navigation(QObject):
    """Turns the events of one pane into changes of the study.

    Left: what the tool says, at first the crosshair. Right: grey levels. Middle, or left with the
    space bar: pan. Wheel: slices; with Ctrl, or a pinch: zoom at the mouse. Double click: only this
    plane, and back. A left drag on the slice bar steps, on a point of a measurement moves it.
    With a brush, Shift and the wheel change its size.
    """

    def __init__(self, pane: SliceView) -> None:
        super().__init__(pane)
        self._pane, self._study = pane, pane.study
        self._notches = 0.0
        self._measuring = Measuring(pane)
        self._annotating = Annotating(pane)
        self._painting = Painting(pane)
        self._drags = Drags(pane, (self._painting, self._annotating, self._measuring))
        self._series = _series_of(pane.study)
        pane.study.follow(self._leave_tool, "tool")
        pane.study.follow(self._leave_study, "scan")
        pane.study.follow(self._leave_slice, "view")
        pane.installEventFilter(self)

    def _leave_tool(self) -> None:
        """Drop an unfinished measurement, and end a stroke, when another tool is chosen."""
        self._painting.finish()
        self._painting.leave()
        self._measuring.cancel()
        self._annotating.cancel()

    def _leave_study(self) -> None:
        """End what began in another study; volumes in time are of one study.

        What is half drawn ends with its volume, too.
        """
        before, self._series = self._series, _series_of(self._study)
        if self._series is not before:
            self._drags.drop()
        self._tell_dropped(self._measuring.cancel(), self._annotating.cancel())

    def _leave_slice(self) -> None:
        """Drop what is half drawn in a slice that the pane shows no more: none mixes slices."""
        self._tell_dropped(self._measuring.leave_slice(), self._annotating.leave_slice())

    def _tell_dropped(self, *dropped: bool) -> None:
        if any(dropped):
            self._study.status_wanted.emit(tr(DROPPED))

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
        if isinstance(event, QContextMenuEvent):
            if event.reason() == QContextMenuEvent.Reason.Keyboard:
                self._ask_for_menu(self._pane.position_of(self._study.view.cursor_mm))
            return True
        if isinstance(event, QKeyEvent):
            return self._key(event)
        self._leave(event.type())
        return False

    def _leave(self, kind: QEvent.Type) -> None:
        """The mouse, the keyboard or the eye has left the pane."""
        if kind == QEvent.Type.Leave:
            self._study.hovered.emit(None, None)
            self._painting.leave()
        elif kind == QEvent.Type.FocusOut:
            self._drags.space = False  # the key goes up elsewhere
        elif kind == QEvent.Type.Hide:
            self._leave_slice()

    def _mouse(self, event: QMouseEvent) -> None:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress:
            self._pane.setFocus(Qt.FocusReason.MouseFocusReason)
            self._drags.press(event)
        elif kind == QEvent.Type.MouseMove:
            self._drags.move(event)
        elif kind == QEvent.Type.MouseButtonRelease:
            if self._drags.release(event):
                self._ask_for_menu(event.position())
        elif kind == QEvent.Type.MouseButtonDblClick:
            self._press_again(event)

    def _press_again(self, event: QMouseEvent) -> None:
        """The second press of a double click edits a text, or enlarges the pane.

        Elsewhere it is another press: quick presses on the slice bar step, and those with a tool
        that draws set points.
        """
        left, position = event.button() == Qt.MouseButton.LeftButton, event.position()
        annotation = self._annotating.at(position)
        if left and annotation is not None:
            self._annotating.edit(annotation)
        elif left and self._drags.left_drag_at(position) in LEFT_DRAGS.values():
            self._study.move_cursor(self._drags.cursor_before)
            self._maximise()
        else:
            self._drags.press(event)

    def _ask_for_menu(self, position: QPointF) -> None:
        self._pane.setFocus(Qt.FocusReason.MouseFocusReason)
        self._study.menu_wanted.emit(
            PanePoint(
                pane=self._pane,
                position=position,
                annotation=self._annotating.at(position),
                measurement=self._measuring.at(position),
                annotating=self._annotating,
            )
        )

    def _wheel(self, event: QWheelEvent) -> None:
        turned = (event.angleDelta().y() or event.angleDelta().x()) / NOTCH
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(ZOOM_PER_NOTCH**turned, event.position())
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._painting.resize(turned):
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
        header, plane = self._pane.header, self._pane.plane
        if steps and header is not None:
            grid = self._pane.stepped_grid
            self._study.step_to(plane, stepped(grid, plane, self._study.view.cursor_mm, steps))

    def _maximise(self) -> None:
        self._study.maximise(None if self._study.view.only else self._pane.plane)

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space:
            self._drags.space = event.type() == QEvent.Type.KeyPress
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
            return self._annotating.mark() or self._measuring.mark()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return self._annotating.delete_selected()
        elif key == Qt.Key.Key_Escape:
            return self._escape()
        else:
            return False
        return True

    def _nudge(self, key: Qt.Key) -> bool:
        """Alt and an arrow: the crosshair moves by one voxel in the plane, as seen on screen."""
        if key not in NUDGES or self._pane.header is None:
            return False
        right, down = self._study.view.turn_of(self._pane.plane).undone(*NUDGES[key])
        entry, step = (1, round(right)) if right else (2, -round(down))
        world = self._pane.plane.axes[entry]
        across = next(plane for plane in Plane if plane.axes[0] == world)
        if entry == 1 and self._pane.mirrored:
            step = -step
        grid, cursor = self._pane.grid, self._study.view.cursor_mm
        self._study.move_cursor(stepped(grid, across, cursor, step))
        return True

    def _escape(self) -> bool:
        """Escape: end the unfinished measurement, else the tool, else the single plane."""
        if self._painting.finish() or self._annotating.cancel() or self._measuring.cancel():
            return True
        if self._study.tool is not Tool.CROSSHAIR:
            self._study.set_tool(Tool.CROSSHAIR)
        elif self._study.view.only:
            self._study.maximise(None)
        else:
            return False
        return True


_KEYPAD = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier


def _series_of(study: ShownStudy) -> object:
    """The series of the scan that is shown, else the scan; None for none."""
    origin = study.state.origin
    return study.scan if origin is None else origin.series
