"""Which volume of a series of volumes is shown."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSlider, QSpinBox, QWidget

from srviewer.core.volume import Volume
from srviewer.gui.form import describe
from srviewer.gui.plain_text import PlainLabel
from srviewer.gui.study import Study
from srviewer.gui.translation import tr

KIND = "frame"


class FrameBar(QWidget):
    """A slider and a number; hidden for a scan with one volume. The view stays as it is."""

    def __init__(self, study: Study) -> None:
        super().__init__()
        self._study, self._session = study, study.session
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
        self._session.original_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        original = self._session.original
        known = None if original is None else self._study.whereabouts.series.get(original)
        self.setVisible(known is not None and known[0].frames > 1)
        if known is None:
            return
        series, frame = known
        self._set_both(series.frames, frame + 1)
        self.number.setSuffix(tr(" of {frames}", frames=series.frames))

    def _choose(self, number: int) -> None:
        original = self._session.original
        known = None if original is None else self._study.whereabouts.series.get(original)
        if known is None or known[1] == number - 1:
            return
        series = known[0]
        self._wanted = number - 1
        self._set_both(series.frames, number)
        self._study.work.start(
            KIND,
            tr("Reading volume {number}", number=number),
            series.read(number - 1),
            self._take,
            lambda: self._session.original is original,
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
        session, original = self._session, self._session.original
        if original is None:
            return
        series = self._study.whereabouts.series[original][0]
        self._study.whereabouts.note_origin(volume, series, self._wanted, original)
        view, rois, layers, locked = session.view, session.rois, session.layers, session.locked
        acknowledged = session.acknowledged
        session.open(volume, session.sources, None)
        session.look(view)
        session.set_rois(rois)
        session.lock(locked)
        session.set_layers(layers)
        if acknowledged:
            session.acknowledge()
