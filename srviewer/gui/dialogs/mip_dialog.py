"""Maximum intensity projections of the scan and its result that rotate together."""

from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from srviewer.core.intensity.window import Window, window_of_values
from srviewer.core.slices.projection import VIEWS, FacingSlab, Turntable, ends_at, turntable
from srviewer.gui.appearance import theme
from srviewer.gui.appearance.colour_maps import find_map
from srviewer.gui.jobs.running_jobs import RunningJobs
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.decimal_box import DecimalBox
from srviewer.gui.widgets.form import button, describe, label

DEGREES_PER_PIXEL = 0.7
PACE = 80  # ms for a step of the turn
STEP = 180 // VIEWS  # degrees
MOST_SLAB, SLAB_STEP = 300.0, 5.0  # mm


class TurningView(QWidget):
    """A projection, in true proportions and in the colours of the window.

    Attributes:
        projections: The projections from all angles; None while they are computed.
        degrees: The angle about the body that is shown.
    """

    def __init__(self, study: ShownStudy, title: str) -> None:
        super().__init__()
        self._study, self._title = study, title
        self.projections: Turntable | None = None
        self.degrees = 0.0
        self._levels = study.view.window
        self.setMinimumSize(260, 300)
        describe(
            self,
            tr("{title}, maximum intensity projection", title=title),
            tr("Drag across to rotate it, in degrees about the body"),
        )

    def show_projections(self, projections: Turntable, levels: Window) -> None:
        """Draw projections from now on.

        Args:
            projections: The projections from all angles.
            levels: Grey levels, in the unit of the scan.
        """
        self.projections, self._levels = projections, levels
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.IMAGE))
        if self.projections is None:
            painter.setPen(QColor(theme.MUTED))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("Projecting\u2026"))
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        width, height = self.projections.extent_mm
        scale = 0.94 * min(self.width() / width, self.height() / height)
        area = QRectF(0, 0, width * scale, height * scale)
        area.moveCenter(QPointF(self.width() / 2, self.height() / 2))
        painter.drawImage(area, self._image(self.projections))
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(10, 20, f"{self._title}  {self.degrees:.0f}\u00b0")
        self._write_letters(painter)

    @property
    def letters(self) -> tuple[str, str]:
        """The orientation letters at the left and the right edge."""
        first, last = ends_at(self.degrees)
        return (last, first) if self._study.view.radiological else (first, last)

    def _write_letters(self, painter: QPainter) -> None:
        flag = Qt.AlignmentFlag
        letters = (
            (flag.AlignLeft | flag.AlignVCenter, self.letters[0]),
            (flag.AlignRight | flag.AlignVCenter, self.letters[1]),
            (flag.AlignHCenter | flag.AlignTop, "S"),
            (flag.AlignHCenter | flag.AlignBottom, "I"),
        )
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(theme.WARNING))
        for alignment, letter in letters:
            painter.drawText(self.rect().adjusted(10, 8, -10, -8), alignment, letter)

    def _image(self, projections: Turntable) -> QImage:
        view, window = self._study.view, self._levels
        pixels = projections.at(self.degrees)[::-1]  # the screen's rows grow downwards
        if view.radiological:
            pixels = pixels[:, ::-1]
        grey = ((pixels - window.low) * (255 / window.width)).clip(0, 255).astype(np.uint8)
        colours = find_map(view.colours).table()[255 - grey if view.inverted else grey]
        rows, columns = grey.shape
        data = np.ascontiguousarray(colours).tobytes()
        return QImage(data, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()


class MipDialog(QDialog):
    """Before and after side by side; a slider, a drag or Play rotates both.

    Attributes:
        slab: The thickness of what is projected, in mm; 0 for the whole volume.
    """

    def __init__(self, study: ShownStudy, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Maximum intensity projection"))
        self.resize(820, 560)
        self._work = RunningJobs(self)
        self._levels: Window | None = None
        self._cursor_mm = study.view.cursor_mm
        self.views = [TurningView(study, tr("before"))]
        volumes = [study.scan]
        if study.result is not None:
            self.views.append(TurningView(study, tr("after")))
            volumes.append(study.result.volume)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 360)
        self.slider.setSingleStep(STEP)
        describe(self.slider, tr("Angle"), tr("From where it is seen, in degrees about the body"))
        self.play = button(tr("Play"), tr("Turn, or stop turning"))
        self.slab = DecimalBox()
        self.slab.setRange(0.0, MOST_SLAB)
        self.slab.setDecimals(0)
        self.slab.setSingleStep(SLAB_STEP)
        self.slab.setPrefix(tr("Slab") + " ")
        self.slab.setSuffix(" mm")
        self.slab.setSpecialValueText(tr("Whole volume"))
        self.slab.setKeyboardTracking(False)
        describe(
            self.slab,
            tr("Slab"),
            tr("Project only so many mm, across the line of sight and through the crosshair"),
        )
        self._volumes = tuple(volume for volume in volumes if volume is not None)
        self._timer = QTimer(self)
        self._last = 0.0
        self._lay_out()
        self._timer.timeout.connect(self._step)
        self.play.clicked.connect(self._toggle)
        self.slider.valueChanged.connect(self._turn)
        self.slab.valueChanged.connect(self._project)
        self.finished.connect(self._stop)
        self._project()

    def _project(self) -> None:
        """Project the volumes anew; until that is done, the earlier projections are shown."""
        mm = self.slab.value()
        slab = FacingSlab(self._cursor_mm, mm) if mm else None
        for number, volume in enumerate(self._volumes):
            job, show = turntable(volume, slab), partial(self._show, number)
            self._work.start(f"mip {number}", tr("Projecting"), job, show, self.isVisible)

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
        controls.addWidget(self.slab)
        layout = QVBoxLayout(self)
        layout.addLayout(pictures, 1)
        layout.addLayout(controls)
        layout.addWidget(
            label(
                tr(
                    "The brightest voxel along each line; drag to rotate. A slab goes through the "
                    "crosshair and faces you. Research use only."
                ),
                "muted",
            )
        )

    def _show(self, number: int, projections: Turntable) -> None:
        """Take the grey levels from the scan's projections, so that both views are comparable."""
        whole = not self.slab.value()
        if self._levels is None or (number == 0 and whole):
            self._levels = window_of_values(projections.views)
        for view in self.views:
            if view is self.views[number]:
                view.show_projections(projections, self._levels)
            elif view.projections is not None:
                view.show_projections(view.projections, self._levels)

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
