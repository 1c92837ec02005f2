"""The bar of a series in time: the shown volume, playing, the curve and the movie."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from srviewer.gui.appearance import theme
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.study.time_steps import FASTEST, SLOWEST, TimeSteps
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import button, describe, label
from srviewer.gui.widgets.plain_text import PlainLabel


class TimeBar(QWidget):
    """Hidden for a scan with one volume. The view stays as it is from volume to volume."""

    curve_wanted = Signal(bool)
    movie_wanted = Signal()

    def __init__(self, controller: StudyController, steps: TimeSteps) -> None:
        super().__init__()
        self._controller, self._study, self._steps = controller, controller.study, steps
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.number = QSpinBox()
        for control in (self.slider, self.number):
            describe(
                control, tr("Volume in time"), tr("Which volume of the series, counted from 1")
            )
            control.valueChanged.connect(self._choose)
        self.number.setKeyboardTracking(False)
        self.time = PlainLabel()
        self.time.setAccessibleName(tr("Time of the volume"))
        self.play: QPushButton = button(tr("Play"), tr("Play the volumes in time (V)"))
        self.rate = QSpinBox()
        self.rate.setRange(SLOWEST, FASTEST)
        self.rate.setSuffix(tr(" volumes/s"))
        describe(self.rate, tr("Pace"), tr("Volumes per second"))
        self.loop = QCheckBox(tr("Loop"))
        describe(self.loop, tr("Loop"), tr("After the last volume begin with the first again"))
        self.curve = _tool("chart-line", tr("Curve over time"), tr("Values at the crosshair (Q)"))
        self.curve.setCheckable(True)
        self.movie = _tool(
            "movie-open-outline",
            tr("Save a movie"),
            tr("The panes over time as an animated image, of the scan alone"),
        )
        self.note = label("", "muted")
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(PlainLabel(tr("Volume")))
        row.addWidget(self.slider, 1)
        for widget in (self.number, self.time, self.play, self.rate, self.loop):
            row.addWidget(widget)
        row.addWidget(self.curve)
        row.addWidget(self.movie)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 10, 4)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.note)

    def _connect(self) -> None:
        steps = self._steps
        self.play.clicked.connect(steps.toggle)
        self.rate.valueChanged.connect(steps.set_rate)
        self.loop.toggled.connect(steps.set_loop)
        self.curve.toggled.connect(self.curve_wanted)
        self.movie.clicked.connect(self.movie_wanted)
        steps.changed.connect(self._show_playing)
        self._study.follow(self._show, "scan")
        self._study.follow(self._note_work, "scan", "compared_volumes", "reference", "tested")
        self._controller.work.failed.connect(self._show)  # the wanted volume may not be there

    def _choose(self, number: int) -> None:
        volumes = self._steps.volumes
        if volumes is not None:
            self._set_both(volumes.series.frames, number)
            self._steps.show(number - 1)

    def _show(self) -> None:
        volumes = self._steps.volumes
        self.setVisible(volumes is not None)
        if volumes is not None:
            series, frame = volumes.series, self._steps.frame
            self._set_both(series.frames, frame + 1)
            self.number.setSuffix(tr(" of {frames}", frames=series.frames))
            self.time.setVisible(series.interval_s is not None)
            if series.interval_s is not None:
                self._show_time(frame, series.frames - 1, series.interval_s)
        self._show_playing()
        self._note_work()

    def _show_time(self, frame: int, last: int, interval_s: float) -> None:
        """The time of a volume, as wide as that of the last one, so that nothing moves."""
        decimals = 1 if interval_s >= 1 else 3
        text, widest = (
            tr("{time} s", time=f"{n * interval_s:.{decimals}f}") for n in (frame, last)
        )
        self.time.setMinimumWidth(self.time.fontMetrics().horizontalAdvance(widest) + 4)
        self.time.setText(text)

    def _show_playing(self) -> None:
        steps = self._steps
        self.play.setText(tr("Stop") if steps.playing else tr("Play"))
        self.play.setIcon(theme.icon("stop" if steps.playing else "play"))
        self.rate.setValue(steps.rate)
        self.loop.setChecked(steps.loop)

    def _note_work(self) -> None:
        keeps = self._steps.keeps_work
        self.note.setVisible(keeps)
        if keeps:
            text = tr(
                "What was made here is of volume {number}; other volumes open in a tab of their "
                "own.",
                number=self._steps.frame + 1,
            )
            self.note.setText(text)

    def _set_both(self, frames: int, number: int) -> None:
        """Without signals."""
        for control in (self.slider, self.number):
            control.blockSignals(True)
            control.setRange(1, frames)
            control.setValue(number)
            control.blockSignals(False)


def _tool(icon: str, name: str, tip: str) -> QToolButton:
    tool_button = QToolButton()
    tool_button.setIcon(theme.icon(icon))
    describe(tool_button, name, tip)
    return tool_button
