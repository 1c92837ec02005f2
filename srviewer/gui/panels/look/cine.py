"""Playing the slices of a plane."""

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from srviewer.core.slices.planes import Plane, at_slice, stepped
from srviewer.gui.appearance import theme
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import button, describe, label
from srviewer.study.state.slab_of_study import stepped_grid

SLOWEST, USUAL, FASTEST = 1, 12, 60  # frames per second


class Cine(QObject):
    """Steps through the slices of the active plane at a rate.

    Attributes:
        loop: Whether the first slice follows the last.
        rate: Slices per second.
    """

    changed = Signal()  # it started, stopped, or has another rate or loop

    def __init__(self, study: ShownStudy, parent: QObject) -> None:
        super().__init__(parent)
        self._study = study
        self.loop = True
        self.rate = USUAL
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.step)
        study.follow(self.stop, "scan")

    @property
    def playing(self) -> bool:
        """Whether the slices are stepping."""
        return self._timer.isActive()

    def toggle(self) -> None:
        """Start, or stop."""
        if self.playing or self._study.scan is None:
            self.stop()
        else:
            self._timer.start(1000 // self.rate)
            self.changed.emit()

    def stop(self) -> None:
        """Stop at the slice that is shown."""
        self._timer.stop()
        self.changed.emit()

    def set_rate(self, frames_per_second: int) -> None:
        """Set the rate, also while playing.

        Args:
            frames_per_second: Slices per second, 1 to 60.
        """
        self.rate = frames_per_second
        if self.playing:
            self._timer.start(1000 // frames_per_second)
        self.changed.emit()

    def set_loop(self, loop: bool) -> None:
        """Choose what follows the last slice.

        Args:
            loop: True to go on with the first slice, False to stop.
        """
        self.loop = loop
        self.changed.emit()

    def step(self) -> None:
        """Step to the next slice: of the result where there is one, else of the scan."""
        study = self._study
        volume = study.result.volume if study.result else study.scan
        if volume is None:
            return
        plane: Plane = study.active
        cursor, grid = study.view.cursor_mm, stepped_grid(study.state, plane, volume.geometry)
        axis = plane.normal_axis(grid)
        after = stepped(grid, plane, cursor, 1)
        number = round(float(grid.index(after)[axis]))
        here = grid.index(cursor)[axis]
        if abs(number - here) > 0.5 or grid.shape[axis] == 1:
            study.step_to(plane, after)
        elif self.loop:
            study.step_to(plane, at_slice(grid, plane, cursor, 0.0))
        else:
            self.stop()


class CineBox(QWidget):
    """Controls for play, rate and loop."""

    def __init__(self, cine: Cine) -> None:
        super().__init__()
        self._cine = cine
        self.play: QPushButton = button(
            tr("Play"), tr("Step through the slices of the active plane (P)")
        )
        self.rate = QSpinBox()
        self.rate.setRange(SLOWEST, FASTEST)
        self.rate.setSuffix(tr(" slices/s"))
        describe(self.rate, tr("Pace"), tr("Slices per second"))
        self.loop = QCheckBox(tr("Loop"))
        describe(self.loop, tr("Loop"), tr("After the last slice begin with the first again"))
        row = QHBoxLayout()
        row.addWidget(self.play)
        row.addWidget(self.rate, 1)
        row.addWidget(self.loop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label(tr("PLAY"), "heading"))
        layout.addLayout(row)
        self.play.clicked.connect(cine.toggle)
        self.rate.valueChanged.connect(cine.set_rate)
        self.loop.toggled.connect(cine.set_loop)
        cine.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.play.setText(tr("Stop") if self._cine.playing else tr("Play"))
        self.play.setIcon(theme.icon("stop" if self._cine.playing else "play"))
        self.rate.setValue(self._cine.rate)
        self.loop.setChecked(self._cine.loop)
