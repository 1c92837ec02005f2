"""Controls for the grey-level window: preset, level, width."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from srviewer.core.intensity.window import Window
from srviewer.core.visible_text import visible_line
from srviewer.core.volumes.volume import Volume
from srviewer.gui.appearance.window_presets import WINDOW_PRESETS, WindowPreset
from srviewer.gui.state.looked_at import LookedAt
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.state.tool import Tool
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import button, choice, form, set_entries
from srviewer.gui.widgets.intensity_box import LARGEST, IntensityBox


class Levels(QWidget):
    """Follows the grey-level window of the study that is looked at, and sets it."""

    def __init__(self, looked_at: LookedAt) -> None:
        super().__init__()
        self._looked_at = looked_at
        self._offered: Volume | None = None
        self.preset = choice(tr("Window preset"), tr("Grey levels by name, for this kind of scan"))
        self.preset.setPlaceholderText(tr("Own levels"))
        self._applied: tuple[int, Window] | None = None  # the preset that was chosen last
        self.level = IntensityBox(
            -LARGEST,
            tr("Level"),
            tr("The value that is drawn in the middle grey, in the scan's unit"),
        )
        self.width_box = IntensityBox(
            0.0, tr("Width"), tr("How many values lie between black and white, in the scan's unit")
        )
        self.automatic = button(
            tr("Automatic"), tr("From the 0.5 % to the 99.8 % quantile of the scan")
        )
        self.box = button(
            tr("From a box"), tr("Drag a box in a pane: its values fill black to white (B)")
        )
        self.box.setCheckable(True)
        rows = form()
        rows.addRow(tr("Preset"), self.preset)
        rows.addRow(tr("Level"), self.level)
        rows.addRow(tr("Width"), self.width_box)
        buttons = QHBoxLayout()
        buttons.addWidget(self.automatic)
        buttons.addWidget(self.box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(rows)
        layout.addLayout(buttons)
        self._shown: tuple[object, ...] = ()
        self._connect()
        self._show()

    @property
    def _study(self) -> ShownStudy:
        return self._looked_at.target

    def _connect(self) -> None:
        self.preset.activated.connect(self._apply)
        for spin in (self.level, self.width_box):
            spin.valueChanged.connect(self._set)
        self.automatic.clicked.connect(self._reset)
        self.box.clicked.connect(self._choose_tool)
        self._looked_at.follow(self._show, "scan", "view", "tool")

    def _show(self) -> None:
        study = self._study
        scan, window = study.scan, study.view.window
        shown = (scan, window, study.auto_window, study.tool)
        if shown == self._shown:  # only the position or the zoom changed
            return
        self._shown = shown
        self.setEnabled(scan is not None)
        self.box.setChecked(study.tool is Tool.WINDOW_BOX)
        if scan is None:
            self._offered = None
            return
        step = study.auto_window.width / 100
        decimals = 0 if step >= 0.5 else 2 if step >= 0.005 else 5
        for spin, value in ((self.level, window.level), (self.width_box, window.width)):
            spin.blockSignals(True)
            spin.scale_to(study.auto_window.width, decimals, step)
            spin.setSuffix(f" {visible_line(scan.unit)}" if scan.unit else "")
            spin.setValue(value)
            spin.blockSignals(False)
        if scan is not self._offered:
            self._offered = scan
            fitting = [p for p in WINDOW_PRESETS if p.modality in ("", scan.modality)]
            set_entries(self.preset, [(tr(preset.title), preset) for preset in fitting], None)
            self._applied = (0, study.auto_window)
        unchanged = self._applied is not None and self._applied[1] == window
        self.preset.setCurrentIndex(self._applied[0] if self._applied and unchanged else -1)

    def _apply(self) -> None:
        preset, scan = self.preset.currentData(), self._study.scan
        if isinstance(preset, WindowPreset) and scan is not None:
            window = preset.window(scan, self._study.auto_window)
            self._applied = (self.preset.currentIndex(), window)
            self._study.set_window(window)

    def _set(self) -> None:
        self._study.set_window(Window.of_level(self.level.value(), self.width_box.value()))

    def _reset(self) -> None:
        self._applied = (0, self._study.auto_window)
        self._study.set_window(self._study.auto_window)

    def _choose_tool(self, checked: bool) -> None:
        self._study.set_tool(Tool.WINDOW_BOX if checked else Tool.CROSSHAIR)
