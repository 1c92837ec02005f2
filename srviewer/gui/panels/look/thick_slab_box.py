"""Controls of the thick slab: its kind, its thickness, and one click for the scan's slices."""

from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from srviewer.core.slices.thick_slab import (
    LEAST_MM,
    MEASURED_MEAN,
    MOST_MM,
    NO_SLAB,
    SLAB_KINDS,
)
from srviewer.gui.state.looked_at import LookedAt
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import SLAB_TITLES
from srviewer.gui.widgets.decimal_box import DecimalBox
from srviewer.gui.widgets.form import button, choice, describe, label, set_entries
from srviewer.study.state.slab_of_study import has_thick_slices


class ThickSlabBox(QWidget):
    """The slab of all panes.

    Attributes:
        kind: Off, or what of the slices is drawn.
        mm: The thickness.
        slices: Sets the mean over each slice of the scan.
    """

    def __init__(self, looked_at: LookedAt) -> None:
        super().__init__()
        self._looked_at = looked_at
        self.kind = choice(
            tr("Thick slab"), tr("Neighbouring slices projected onto one, in all panes (S)")
        )
        kinds = [(tr(SLAB_TITLES[kind]), kind) for kind in SLAB_KINDS]
        set_entries(self.kind, [(tr("Off"), None), *kinds], None)
        self.mm = DecimalBox()
        self.mm.setRange(LEAST_MM, MOST_MM)
        self.mm.setDecimals(1)
        self.mm.setSuffix(" mm")
        self.mm.setKeyboardTracking(False)
        describe(self.mm, tr("Thickness"), tr("Of the slab, in mm (J thicker, Shift+J thinner)"))
        self.slices = button(
            tr("As thick as the slices"),
            tr(
                "The mean over each slice of the scan, beside what was measured there; a "
                "difference is then the residual (Shift+S)"
            ),
        )
        self.slices.setCheckable(True)
        row = QHBoxLayout()
        row.addWidget(self.kind, 1)
        row.addWidget(self.mm)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label(tr("THICK SLAB"), "heading"))
        layout.addLayout(row)
        layout.addWidget(self.slices)
        self.kind.activated.connect(self._choose)
        self.mm.valueChanged.connect(self._set_mm)
        self.slices.clicked.connect(self._follow_slices)
        looked_at.follow(self._show, "scan", "view")
        self._show()

    @property
    def _study(self) -> ShownStudy:
        return self._looked_at.target

    def _choose(self) -> None:
        kind, slab = self.kind.currentData(), self._study.view.thick_slab
        kind_shown = slab.kind if kind is None else kind
        self._study.set_thick_slab(replace(slab, kind=kind_shown, shown=kind is not None))

    def _set_mm(self, mm: float) -> None:
        self._study.set_thick_slab(replace(self._study.view.thick_slab, mm=mm, shown=True))

    def _follow_slices(self, on: bool) -> None:
        self._study.set_thick_slab(MEASURED_MEAN if on else NO_SLAB)

    def _show(self) -> None:
        scan, slab = self._study.scan, self._study.view.thick_slab
        self.setEnabled(scan is not None)
        self.kind.setCurrentIndex(self.kind.findData(slab.kind if slab.shown else None))
        self.slices.setEnabled(has_thick_slices(self._study.state))
        self.slices.setChecked(slab.is_measured_mean)
        if scan is not None:
            self.mm.blockSignals(True)
            self.mm.setValue(slab.thickness(scan.geometry))
            self.mm.blockSignals(False)
