"""One volume in 3D: its picture, what is written over it, and the mouse."""

from itertools import product

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from srviewer.gui.appearance import theme
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import describe
from srviewer.gui.widgets.plain_text import set_tip
from srviewer.three_d.camera import SIDES, Camera, Matrix, Vector

DEGREES = 0.4  # of a rotation, for each pixel of a drag
ZOOM = 1.1  # of a notch of the wheel
KEY_DEGREES, KEY_ROLL = 5.0, 5.0
CLICK = 4  # px that the mouse may move in a click
EDGE = 9  # px
GIZMO, GIZMO_ARM = 46.0, 24.0  # px
NOTCH = 120  # of Qt's angle of the wheel


class VolumePane(QWidget):
    """A picture of a volume, with letters of orientation and the crosshair.

    Attributes:
        camera: From where it will be seen; None while there is nothing.
        seen_from: The camera of the picture that is shown, which may be an earlier one.
        lines: What is written in its upper left corner: the name first.
        picture: The last picture that was drawn; None for none.
        note: What is written into its middle: what is being waited for.
    """

    seen = Signal(object, bool)  # the Camera that the user wants; whether more is to follow
    picked = Signal(object)  # (mm to the right, mm to the top) of the middle, of a click
    pushed = Signal(float)  # mm by which the cut is to move towards the viewer
    resized = Signal()
    held = Signal(bool)  # whether the mouse holds something

    def __init__(self) -> None:
        super().__init__()
        self.camera: Camera | None = None
        self.seen_from: Camera | None = None
        self.lines: tuple[str, ...] = ()
        self.picture: QImage | None = None
        self._crosshair: tuple[Vector, Matrix] | None = None
        self._last, self._pressed = QPointF(), QPointF()
        self._still = True
        self.note = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(200, 240)

    def show_lines(self, lines: tuple[str, ...]) -> None:
        """Write into the upper left corner.

        Args:
            lines: Translated; the name of the volume first.
        """
        self.lines = lines
        tip = tr("Drag to rotate, Shift + drag to move, wheel to zoom, click to set the crosshair")
        describe(self, ", ".join(lines[:1]), tip)
        set_tip(self, "")  # it would cover the volume
        self.update()

    def show_note(self, note: str) -> None:
        """Write into the middle: what is being waited for.

        Args:
            note: Translated; "" for nothing.
        """
        self.note = note
        self.update()

    def show_picture(self, pixels: bytes, size: tuple[int, int], camera: Camera) -> None:
        """Show a picture; letters and crosshair are of the same camera.

        Args:
            pixels: Rows from the top, 4 bytes a pixel.
            size: Width and height.
            camera: From where it is seen.
        """
        width, height = size
        form = QImage.Format.Format_RGBX8888
        self.picture, self.seen_from = QImage(pixels, width, height, form).copy(), camera
        self.update()

    def show_nothing(self) -> None:
        """Take away picture and writing."""
        self.picture = self.camera = self.seen_from = None
        self.show_lines(())

    def show_crosshair(self, crosshair: tuple[Vector, Matrix] | None) -> None:
        """Show where the crosshair is.

        Args:
            crosshair: It in RAS+ mm, and (8, 3) RAS+ mm of the corners of the scan, where its
                lines end; None for no crosshair.
        """
        self._crosshair = crosshair
        self.update()

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height in pixels of the screen."""
        size = self.size() * self.devicePixelRatioF()
        return max(1, size.width()), max(1, size.height())

    def place(self, point_mm: Vector | Matrix) -> QPointF:
        """Where a point is drawn.

        Args:
            point_mm: (3,), RAS+ mm.

        Returns:
            Pixels of the pane.
        """
        assert self.seen_from is not None
        across, up, _ = self.seen_from.projected(point_mm)
        mm = self.seen_from.pixel_mm(self.width(), self.height())
        return QPointF(self.width() / 2 + across / mm, self.height() / 2 - up / mm)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        painter = QPainter(self)
        self.paint(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.BETWEEN), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def paint(self, painter: QPainter) -> None:
        """Draw picture and writing.

        Args:
            painter: In pixels of the pane.
        """
        painter.fillRect(self.rect(), QColor(theme.IMAGE))
        if self.picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.rect()), self.picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.seen_from is not None:
            self._draw_crosshair(painter)
            self._draw_letters(painter, self.seen_from)
            self._draw_gizmo(painter, self.seen_from)
        self._draw_lines(painter)
        if self.note:
            self._draw_note(painter)

    def _draw_lines(self, painter: QPainter) -> None:
        painter.setFont(_font(painter, bold=True))
        painter.setPen(QColor(theme.TEXT))  # muted is not read over a bright volume
        flag = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        area = self.rect().adjusted(EDGE, EDGE, -EDGE, 0)
        for number, line in enumerate(self.lines):
            area.setTop(_write(painter, area, flag, line).bottom() + 3)
            if number == 0:
                painter.setFont(_font(painter, bold=False))

    def _draw_note(self, painter: QPainter) -> None:
        painter.setFont(_font(painter, bold=False))
        area = self.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        plate = painter.boundingRect(area, flags, self.note).adjusted(-EDGE, -EDGE, EDGE, EDGE)
        painter.fillRect(plate, QColor(theme.IMAGE))
        painter.setPen(QColor(theme.MUTED if self.picture is None else theme.WARNING))
        painter.drawText(area, flags, self.note)

    def _draw_letters(self, painter: QPainter, camera: Camera) -> None:
        flag = Qt.AlignmentFlag
        left, right, bottom, top = camera.letters()
        painter.setFont(_font(painter, bold=True))
        painter.setPen(QColor(theme.WARNING))
        for letters, side in (
            (left, flag.AlignLeft | flag.AlignVCenter),
            (right, flag.AlignRight | flag.AlignVCenter),
            (bottom, flag.AlignHCenter | flag.AlignBottom),
            (top, flag.AlignHCenter | flag.AlignTop),
        ):
            _write(painter, self.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE), side, letters)

    def _draw_gizmo(self, painter: QPainter, camera: Camera) -> None:
        """The patient's axes R, A and S, those towards the viewer bright."""
        middle = QPointF(GIZMO, self.height() - GIZMO)
        painter.setFont(_font(painter, bold=False))
        turn = np.array((camera.right, camera.up, camera.back))
        for axis in np.argsort(turn[2]):
            across, up, near = turn[:, axis]
            painter.setPen(QPen(QColor(theme.TEXT if near > -0.05 else theme.MUTED), 1.5))
            _line(painter, middle, middle + QPointF(across, -up) * GIZMO_ARM)
            at = (middle + QPointF(across, -up) * (GIZMO_ARM + 9)).toPoint()
            around = QRect(at.x() - 9, at.y() - 9, 18, 18)
            _write(painter, around, Qt.AlignmentFlag.AlignCenter, "RAS"[axis])

    def _draw_crosshair(self, painter: QPainter) -> None:
        """Its three lines along the patient's axes, through everything, as far as the scan."""
        if self._crosshair is None:
            return
        cursor, corners = self._crosshair
        painter.setPen(QPen(QColor(theme.ACCENT), 1))
        for axis in range(3):
            ends = np.array((cursor, cursor), float)
            ends[:, axis] = corners[:, axis].min(), corners[:, axis].max()
            _line(painter, self.place(ends[0]), self.place(ends[1]))
        painter.setBrush(QColor(theme.ACCENT))
        painter.drawEllipse(self.place(cursor), 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    # --- mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Called by Qt."""
        self._last = self._pressed = event.position()
        self._still = True
        self.held.emit(True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Called by Qt while a button is held."""
        if self._still and (event.position() - self._pressed).manhattanLength() < CLICK:
            return
        self._still = False
        moved, self._last = event.position() - self._last, event.position()
        camera, keys = self.camera, event.modifiers()
        if camera is None:
            return
        buttons, modifier = event.buttons(), Qt.KeyboardModifier
        mm = camera.pixel_mm(self.width(), self.height())
        if buttons & Qt.MouseButton.MiddleButton or keys & modifier.ShiftModifier:
            self.seen.emit(camera.panned(moved.x() * mm, -moved.y() * mm), True)
        elif buttons & Qt.MouseButton.RightButton:
            self.seen.emit(camera.zoomed(ZOOM ** (-moved.y() / 10)), True)
        elif keys & modifier.AltModifier:
            self.pushed.emit(-moved.y() * mm)
        elif keys & modifier.ControlModifier:
            self.seen.emit(camera.rolled(self._swept(event.position(), moved)), True)
        else:
            self.seen.emit(camera.rotated(moved.x() * DEGREES, moved.y() * DEGREES), True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Called by Qt: a click sets the crosshair, a drag ends."""
        self.held.emit(False)
        if not self._still and self.camera is not None:
            self.seen.emit(self.camera, False)
        elif self.seen_from is not None and event.button() == Qt.MouseButton.LeftButton:
            mm = self.seen_from.pixel_mm(self.width(), self.height())
            at = event.position() - QPointF(self.width() / 2, self.height() / 2)
            self.picked.emit((at.x() * mm, -at.y() * mm))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Called by Qt: zoom, with Alt the cut."""
        if self.camera is None:
            return
        angle = event.angleDelta()
        notches = (angle.y() or angle.x()) / NOTCH  # Alt turns the wheel's direction
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.pushed.emit(notches)
        else:
            self.seen.emit(self.camera.zoomed(ZOOM**notches), True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt."""
        after = None if self.camera is None else _by_key(self.camera, event)
        if after is None:
            super().keyPressEvent(event)
        else:
            self.seen.emit(after, True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Called by Qt."""
        super().resizeEvent(event)
        self.resized.emit()

    def sizeHint(self) -> QSize:
        """Called by Qt."""
        return QSize(420, 480)

    def _swept(self, at: QPointF, moved: QPointF) -> float:
        """Degrees clockwise by which a drag goes about the middle of the pane."""
        middle = QPointF(self.width() / 2, self.height() / 2)
        now, before = at - middle, at - moved - middle
        angles = (np.arctan2(point.y(), point.x()) for point in (now, before))
        turned = np.degrees(next(angles) - next(angles))
        return float((turned + 180) % 360 - 180)


def _by_key(camera: Camera, event: QKeyEvent) -> Camera | None:
    """The camera after a key; None where the key means nothing here."""
    key, kind = event.key(), Qt.Key
    side = next((side for side in SIDES if event.text().upper() == side), None)
    if side is not None:
        return camera.seen_from(side)
    steps = {
        kind.Key_Left: lambda: camera.rotated(-KEY_DEGREES, 0),
        kind.Key_Right: lambda: camera.rotated(KEY_DEGREES, 0),
        kind.Key_Up: lambda: camera.rotated(0, -KEY_DEGREES),
        kind.Key_Down: lambda: camera.rotated(0, KEY_DEGREES),
        kind.Key_Plus: lambda: camera.zoomed(ZOOM),
        kind.Key_Minus: lambda: camera.zoomed(1 / ZOOM),
        kind.Key_Period: lambda: camera.rolled(KEY_ROLL),
        kind.Key_Comma: lambda: camera.rolled(-KEY_ROLL),
    }
    step = steps.get(kind(key))
    return None if step is None else step()


def _write(painter: QPainter, area: QRect, flags: int, text: str) -> QRect:
    """Draw text with a dark edge, to be read over a bright volume; the area that it takes."""
    pen = painter.pen()
    painter.setPen(QColor(theme.IMAGE))
    for right, down in product((-1, 0, 1), (-1, 0, 1)):
        painter.drawText(area.translated(right, down), flags, text)
    painter.setPen(pen)
    taken: QRect = painter.drawText(area, flags, text)
    return taken


def _line(painter: QPainter, start: QPointF, end: QPointF) -> None:
    """Draw a line with a dark edge, to be seen over a bright volume."""
    pen = painter.pen()
    painter.setPen(QPen(QColor(theme.IMAGE), pen.widthF() + 2))
    painter.drawLine(start, end)
    painter.setPen(pen)
    painter.drawLine(start, end)


def _font(painter: QPainter, bold: bool) -> QFont:
    font = painter.font()
    font.setBold(bold)
    return font
