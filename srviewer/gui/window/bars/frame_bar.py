"""The bar that chooses the shown volume of a series of volumes."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSlider, QSpinBox, QWidget

from srviewer.core.volumes.volume import Volume
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import describe
from srviewer.gui.widgets.plain_text import PlainLabel
from srviewer.study.opening import another_frame

KIND = "frame"


class FrameBar(QWidget):
    """A slider and a number; hidden for a scan with one volume. The view stays as it is."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._study = controller, controller.study
        self._wanted = 0
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.number = QSpinBox()
        for control in (self.slider, self.number):
            describe(
                control, tr("Volume in time"), tr("Which volume of the series, counted from 1")
            )
            control.valueChanged.connect(self._choose)
        self.number.setKeyboardTracking(False)
        self.slider.setTracking(False)  # each volume is read when the slider is let go
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 4)
        row.addWidget(PlainLabel(tr("Volume")))
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self._study.follow(self._show, "scan")
        controller.work.failed.connect(self._show)  # the volume that was wanted may not be there
        self._show()

    def _show(self) -> None:
        origin = self._study.state.origin
        self.setVisible(origin is not None and origin.series.frames > 1)
        if origin is None:
            return
        frames = origin.series.frames
        self._set_both(frames, origin.frame + 1)
        self.number.setSuffix(tr(" of {frames}", frames=frames))

    def _choose(self, number: int) -> None:
        scan, origin = self._study.scan, self._study.state.origin
        if origin is None or origin.frame == number - 1:
            return
        series = origin.series
        self._wanted = number - 1
        self._set_both(series.frames, number)
        self._controller.work.start(
            KIND,
            tr("Reading volume {number}", number=number),
            series.read(number - 1),
            self._take,
            lambda: self._study.scan is scan,
        )

    def _set_both(self, frames: int, number: int) -> None:
        """Without telling anybody."""
        for control in (self.slider, self.number):
            control.blockSignals(True)
            control.setRange(1, frames)
            control.setValue(number)
            control.blockSignals(False)

    def _take(self, volume: Volume) -> None:
        """Another volume of the same series: place, grey levels and measurements hold."""
        study = self._study
        state, device = study.state, study.preferred_device
        self._controller.studies.succeed(another_frame(state, volume, self._wanted, device))
