"""The scan and its result as maximum intensity projections that turn together."""

from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from srviewer.core.intensity.window import Window, window_of_values
from srviewer.core.slices.projection import VIEWS, Turntable, ends_at, turntable
from srviewer.gui.appearance import theme
from srviewer.gui.appearance.colour_maps import find_map
from srviewer.gui.jobs.running_jobs import Work
from srviewer.gui.state.session import Session
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import button, describe, label

DEGREES_PER_PIXEL = 0.7
PACE = 80  # ms for a step of the turn
STEP = 180 // VIEWS  # degrees


class TurningView(QWidget):
    """One projection, in true proportions and in the colours of the window."""

    def __init__(self, session: Session, title: str) -> None:
        super().__init__()
        self._session, self._title = session, title
        self.made: Turntable | None = None
        self.degrees = 0.0
        self._levels = session.view.window
        self.setMinimumSize(260, 300)
        describe(
            self,
            tr("{title}, turning", title=title),
            tr("Drag across to turn it, in degrees about the body"),
        )

    def show_made(self, made: Turntable, levels: Window) -> None:
        """Draw ``made`` from now on, in these grey levels."""
        self.made, self._levels = made, levels
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.IMAGE))
        if self.made is None:
            painter.setPen(QColor(theme.MUTED))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("Projecting\u2026"))
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        width, height = self.made.extent_mm
        scale = 0.94 * min(self.width() / width, self.height() / height)
        place = QRectF(0, 0, width * scale, height * scale)
        place.moveCenter(QPointF(self.width() / 2, self.height() / 2))
        painter.drawImage(place, self._image(self.made))
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(10, 20, f"{self._title}  {self.degrees:.0f}\u00b0")
        self._write_letters(painter)

    @property
    def letters(self) -> tuple[str, str]:
        """The patient's directions at the left and the right edge."""
        first, last = ends_at(self.degrees)
        return (last, first) if self._session.view.radiological else (first, last)

    def _write_letters(self, painter: QPainter) -> None:
        flag = Qt.AlignmentFlag
        places = (
            (flag.AlignLeft | flag.AlignVCenter, self.letters[0]),
            (flag.AlignRight | flag.AlignVCenter, self.letters[1]),
            (flag.AlignHCenter | flag.AlignTop, "S"),
            (flag.AlignHCenter | flag.AlignBottom, "I"),
        )
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(theme.WARNING))
        for place, letter in places:
            painter.drawText(self.rect().adjusted(10, 8, -10, -8), place, letter)

    def _image(self, made: Turntable) -> QImage:
        view, window = self._session.view, self._levels
        pixels = made.at(self.degrees)[::-1]  # the screen's rows grow downwards
        if view.radiological:
            pixels = pixels[:, ::-1]
        grey = ((pixels - window.low) * (255 / window.width)).clip(0, 255).astype(np.uint8)
        colours = find_map(view.colours).table()[255 - grey if view.inverted else grey]
        rows, columns = grey.shape
        data = np.ascontiguousarray(colours).tobytes()
        return QImage(data, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()


class MipDialog(QDialog):
    """Before and after side by side; a slider, a drag or Play turns both."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Turning projection (maximum intensity)"))
        self.resize(820, 560)
        self._work = Work(self)
        self._levels: Window | None = None
        self.views = [TurningView(session, tr("before"))]
        volumes = [session.original]
        if session.result is not None:
            self.views.append(TurningView(session, tr("after")))
            volumes.append(session.result.volume)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 360)
        self.slider.setSingleStep(STEP)
        describe(self.slider, tr("Angle"), tr("From where it is seen, in degrees about the body"))
        self.play = button(tr("Play"), tr("Turn, or stop turning"))
        self._timer = QTimer(self)
        self._last = 0.0
        self._lay_out()
        self._timer.timeout.connect(self._step)
        self.play.clicked.connect(self._toggle)
        self.slider.valueChanged.connect(self._turn)
        self.finished.connect(self._stop)
        for number, volume in enumerate(volumes):
            if volume is not None:
                show = partial(self._show, number)
                self._work.start(
                    f"mip {number}", tr("Projecting"), turntable(volume), show, self.isVisible
                )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Called by Qt."""
        self._last = event.position().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Called by Qt."""
        moved, self._last = event.position().x() - self._last, event.position().x()
        turned = round(self.slider.value() + moved * DEGREES_PER_PIXEL)
        self.slider.setValue(turned % 360)

    def _lay_out(self) -> None:
        pictures, controls = QHBoxLayout(), QHBoxLayout()
        pictures.setSpacing(2)
        for view in self.views:
            pictures.addWidget(view, 1)
        controls.addWidget(self.play)
        controls.addWidget(self.slider, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(pictures, 1)
        layout.addLayout(controls)
        layout.addWidget(
            label(tr("The brightest voxel along each line. Research use only."), "muted")
        )

    def _show(self, number: int, made: Turntable) -> None:
        """Grey levels from the brightest of all slices, not of one: the same before and after."""
        if self._levels is None or number == 0:
            self._levels = window_of_values(made.views)
        for view in self.views:
            if view is self.views[number]:
                view.show_made(made, self._levels)
            elif view.made is not None:
                view.show_made(view.made, self._levels)

    def _turn(self, degrees: int) -> None:
        for view in self.views:
            view.degrees = float(degrees)
            view.update()

    def _toggle(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
        else:
            self._timer.start(PACE)
        self.play.setText(tr("Stop") if self._timer.isActive() else tr("Play"))

    def _step(self) -> None:
        self.slider.setValue((self.slider.value() + STEP) % 360)

    def _stop(self) -> None:
        self._timer.stop()
        self._work.stop()
