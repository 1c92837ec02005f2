"""The controls of the 3D window."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from srviewer.core.visible_text import visible_line
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.form import button, choice, describe, label, set_entries
from srviewer.gui.widgets.intensity_box import LARGEST, IntensityBox, decimals_of
from srviewer.three_d.camera import SIDES, Side
from srviewer.three_d.levels import Levels
from srviewer.three_d.look import Cut, Look
from srviewer.three_d.presets import PRESETS
from srviewer.three_d.scene import Mode

STEPS = 500  # of the slider of the threshold
DENSITIES = (10, 400)  # percent
WIDTH = 248  # px

SIDE_TITLES: dict[Side, str] = {
    "A": mark("From the front: anterior (A)"),
    "P": mark("From behind: posterior (P)"),
    "L": mark("From the patient's left (L)"),
    "R": mark("From the patient's right (R)"),
    "S": mark("From above: superior (S)"),
    "I": mark("From below: inferior (I)"),
}
MODE_TITLES: dict[Mode, str] = {
    "surface": mark("Surface"),
    "volume": mark("Volume rendering"),
}
CUT_TITLES: dict[Cut, str] = {
    "none": mark("Nothing cut off"),
    "axial": mark("Axial cut"),
    "coronal": mark("Coronal cut"),
    "sagittal": mark("Sagittal cut"),
    "turned": mark("Cut across the line of sight"),
}


class Controls(QWidget):
    """What the volumes look like, and from where they are seen.

    Attributes:
        look: The settings.
    """

    changed = Signal(bool)  # the look is another; whether more is to follow
    side_chosen = Signal(str)
    cut_chosen = Signal(str)
    reset_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.look = Look()
        self._levels: Levels | None = None
        self._showing = False
        self.setFixedWidth(WIDTH)
        self.sides: dict[Side, QPushButton] = {
            side: button(side, tr(SIDE_TITLES[side])) for side in SIDES
        }
        self.reset = button(tr("Reset"), tr("The whole volume from the front, nothing cut off"))
        self.mode = _choice(tr("Drawn as"), tr("As a surface or by volume rendering"), MODE_TITLES)
        self.threshold = IntensityBox(
            -LARGEST,
            tr("Threshold"),
            tr("The intensity of the surface, in the scan's unit; the same for all panes"),
        )
        self.slider = _slider(
            tr("Threshold, by sliding"), tr("The intensity of the surface"), (0, STEPS)
        )
        self.automatic = button(
            tr("Automatic"), tr("Between background and tissue, by the method of Otsu")
        )
        self.smooth = _tick(
            tr("Smooth the surface"), tr("By a Gaussian filter of 1.5 mm; hides the slices' steps")
        )
        self.preset = choice(tr("Preset"), tr("Which tissue volume rendering shows"))
        set_entries(self.preset, [(tr(row.title), row.id) for row in PRESETS], "head")
        for number, row in enumerate(PRESETS):
            self.preset.setItemData(number, tr(row.tip), Qt.ItemDataRole.ToolTipRole)
        self.density = _slider(tr("Opacity"), tr("How dense the tissue is drawn"), DENSITIES)
        self.as_measured = _tick(
            tr("Slices as thick as measured"),
            tr("Each slice fills its thickness; otherwise it is interpolated between slices"),
        )
        self.cut = _choice(
            tr("Cut"), tr("A plane through the crosshair; Alt + drag moves it"), CUT_TITLES
        )
        self.other_side = button(tr("Other side"), tr("Cut off the other side of the plane"))
        self.crosshair = _tick(tr("Crosshair"), tr("Draw the crosshair through the volumes"))
        self._lay_out()
        self._connect()
        self._show()

    def set_look(self, look: Look) -> None:
        """Show other settings.

        Args:
            look: The settings.
        """
        self.look = look
        self._show()

    def show_levels(self, levels: Levels | None, unit: str) -> None:
        """Set the range of the threshold.

        Args:
            levels: Of the scan; None while there is none.
            unit: Of the scan.
        """
        self._levels = levels
        if levels is not None:
            span = (levels.most - levels.least) or 1.0
            with self._silently():
                self.threshold.setRange(levels.least, levels.most)
                self.threshold.scale_to(span, decimals_of(span), span / 200)
                self.threshold.setSuffix(f" {visible_line(unit)}" if unit else "")
        self._show()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        grid = QGridLayout()
        grid.setSpacing(5)
        for number, side in enumerate(self.sides.values()):
            grid.addWidget(side, number // 3, number % 3)
        grid.addWidget(self.reset, 2, 0, 1, 3)
        layout.addWidget(label(tr("SEEN FROM"), "heading"))
        layout.addLayout(grid)
        layout.addWidget(label(tr("DRAWN AS"), "heading"))
        layout.addWidget(self.mode)
        self._surface, self._volume = QWidget(), QWidget()
        row = QHBoxLayout()
        row.addWidget(self.threshold, 1)
        row.addWidget(self.automatic)
        _column(self._surface, label(tr("Threshold"), "muted"), self.slider, row, self.smooth)
        _column(self._volume, self.preset, label(tr("Opacity"), "muted"), self.density)
        layout.addWidget(self._surface)
        layout.addWidget(self._volume)
        layout.addWidget(self.as_measured)
        layout.addWidget(label(tr("CUT"), "heading"))
        layout.addWidget(self.cut)
        layout.addWidget(self.other_side)
        layout.addWidget(self.crosshair)
        layout.addStretch(1)

    def _connect(self) -> None:
        for side, chosen in self.sides.items():
            chosen.clicked.connect(lambda _=False, side=side: self.side_chosen.emit(side))
        self.reset.clicked.connect(self.reset_wanted)
        self.mode.activated.connect(lambda: self._set(mode=self.mode.currentData()))
        self.threshold.valueChanged.connect(lambda value: self._set(threshold=value))
        self.slider.valueChanged.connect(self._slide)
        self.slider.sliderReleased.connect(lambda: self.changed.emit(False))
        self.automatic.clicked.connect(lambda: self._set(threshold=None))
        self.smooth.toggled.connect(lambda on: self._set(smooth=on))
        self.preset.activated.connect(lambda: self._set(preset=self.preset.currentData()))
        self.density.valueChanged.connect(lambda v: self._set(self.density, density=v / 100))
        self.density.sliderReleased.connect(lambda: self.changed.emit(False))
        self.as_measured.toggled.connect(lambda on: self._set(as_measured=on))
        self.cut.activated.connect(lambda: self.cut_chosen.emit(self.cut.currentData()))
        self.other_side.clicked.connect(self._turn_over)
        self.crosshair.toggled.connect(lambda on: self._set(crosshair=on))

    def _set(self, by: QSlider | None = None, **fields: object) -> None:
        if self._showing:
            return
        self.look = replace(self.look, **fields)  # type: ignore[arg-type]
        self._show()
        self.changed.emit(by is not None and by.isSliderDown())

    def _slide(self, step: int) -> None:
        if self._levels is not None:
            low, high = self._levels.least, self._levels.brightest
            self._set(self.slider, threshold=low + (high - low) * step / STEPS)

    def _turn_over(self) -> None:
        self.look = self.look.other_side()
        self.changed.emit(False)

    def _show(self) -> None:
        look, levels = self.look, self._levels
        with self._silently():
            self.mode.setCurrentIndex(self.mode.findData(look.mode))
            self._surface.setVisible(look.mode == "surface")
            self._volume.setVisible(look.mode == "volume")
            self.smooth.setChecked(look.smooth)
            self.preset.setCurrentIndex(self.preset.findData(look.preset))
            self.density.setValue(round(100 * look.density))
            self.as_measured.setChecked(look.as_measured)
            self.cut.setCurrentIndex(self.cut.findData(look.cut))
            self.other_side.setEnabled(look.normal is not None)
            self.crosshair.setChecked(look.crosshair)
            if levels is not None:
                threshold = look.threshold_of(levels)
                span = (levels.brightest - levels.least) or 1.0
                self.threshold.setValue(threshold)
                self.slider.setValue(round(STEPS * (threshold - levels.least) / span))
                self.automatic.setEnabled(look.threshold is not None)

    @contextmanager
    def _silently(self) -> Iterator[None]:
        before, self._showing = self._showing, True
        yield
        self._showing = before


def _choice(name: str, tip: str, titles: dict[Mode, str] | dict[Cut, str]) -> QComboBox:
    box = choice(name, tip)
    set_entries(box, [(tr(title), value) for value, title in titles.items()], None)
    return box


def _tick(text: str, tip: str) -> QCheckBox:
    box = QCheckBox(text)
    describe(box, text, tip)
    return box


def _slider(name: str, tip: str, limits: tuple[int, int]) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(*limits)
    describe(slider, name, tip)
    return slider


def _column(parent: QWidget, *parts: QWidget | QHBoxLayout) -> None:
    layout = QVBoxLayout(parent)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    for part in parts:
        if isinstance(part, QWidget):
            layout.addWidget(part)
        else:
            layout.addLayout(part)
