"""What goes beyond method and model: adaptation, texture, flips, slices, a second axis, a lock."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from srviewer.core.geometry import AXIS_NAMES
from srviewer.errors import UserError
from srviewer.gui.form import choice, describe, fill, form, label
from srviewer.gui.study import Study
from srviewer.gui.translation import mark, tr
from srviewer.gui.wording import roi_title
from srviewer.nn.adaptation import Adaptation
from srviewer.sr.methods import method
from srviewer.sr.request import Request, slice_thickness, suggested_also
from srviewer.sr.texture import texture_pair

ADAPT_SECONDS = 60
PROFILES = ((mark("Box"), "box"), (mark("Gaussian"), "gaussian"))
STEPS = 20  # of the texture slider, from faithful to sharp


class RequestOptions(QWidget):
    """Edits the session's request and locked region; shows only what the scan has use for."""

    def __init__(self, study: Study) -> None:
        super().__init__()
        self._study, self._session = study, study.session
        self.adapt = QCheckBox(tr("Adapt to this scan"))
        describe(
            self.adapt,
            tr("Adapt to this scan"),
            tr("Fit the network to this scan first; kept only if its own held-out slices improve"),
        )
        self.seconds = _seconds()
        describe(
            self.seconds,
            tr("Seconds of adaptation"),
            tr("How long to learn from the scan, seconds"),
        )
        self.flips = QCheckBox(tr("Average mirrored copies"))
        describe(
            self.flips,
            tr("Average mirrored copies"),
            tr("Four times the time; their spread is a map of what the network is unsure of"),
        )
        self.also = QCheckBox("")
        describe(
            self.also,
            tr("Refine the second axis"),
            tr("Make the pixels in the plane square afterwards"),
        )
        self.texture = QSlider(Qt.Orientation.Horizontal)
        self.texture.setRange(0, STEPS)
        describe(
            self.texture,
            tr("Texture"),
            tr(
                "Left: faithful. Right: sharper, less faithful; a map shows which voxels it changes"
            ),
        )
        self.texture_told = label("", "value")
        describe(self.texture_told, tr("Texture in %"), tr("How far the slider is towards sharp"))
        self.thickness = _millimetres()
        describe(
            self.thickness,
            tr("Slice thickness"),
            tr(
                "In mm: less than the spacing leaves gaps, more overlaps; as the scan says at first"
            ),
        )
        self.profile = choice(tr("Slice profile"), tr("How a slice weighs what lies across it"))
        for box in (self.thickness, self.profile):
            box.setMinimumWidth(60)  # both share one row of a narrow panel
        self.lock = choice(
            tr("Region without learned detail"),
            tr("Inside this drawn shape, as deep as it is wide, only interpolation is used"),
        )
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        adapt = QHBoxLayout()
        adapt.addWidget(self.adapt, 1)
        adapt.addWidget(self.seconds)
        slices = QHBoxLayout()
        slices.setSpacing(6)
        slices.addWidget(self.thickness, 1)
        slices.addWidget(self.profile, 1)
        self._rows = form()
        title = QLabel(tr("Slices"))
        # In line with the rows above, which are a form of their own.
        title.setMinimumWidth(title.fontMetrics().horizontalAdvance(tr("Method")))
        self._rows.addRow(title, slices)
        self.texture_told.setFixedWidth(self.fontMetrics().horizontalAdvance("100 %") + 6)
        self.texture_told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._texture_row = QWidget()
        texture = QHBoxLayout(self._texture_row)
        texture.setContentsMargins(0, 0, 0, 0)
        texture.addWidget(self.texture, 1)
        texture.addWidget(self.texture_told)
        self._rows.addRow(tr("Texture"), self._texture_row)
        self._lock_label = QLabel(tr("Lock"))
        self._rows.addRow(self._lock_label, self.lock)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(7)
        layout.addLayout(self._rows)
        layout.addLayout(adapt)
        layout.addWidget(self.flips)
        layout.addWidget(self.also)
        self.also.hide()  # until a scan is open that has use for it, as is the next
        self._rows.setRowVisible(self._texture_row, False)

    def _connect(self) -> None:
        session = self._session
        session.request_changed.connect(self._show)
        session.original_changed.connect(self._show)
        session.rois_changed.connect(self._show_regions)
        for box in (self.adapt, self.flips, self.also):
            box.clicked.connect(self._edit)
        self.seconds.valueChanged.connect(self._edit)
        self.thickness.valueChanged.connect(self._edit)
        self.texture.valueChanged.connect(self._edit)
        self.profile.activated.connect(self._edit)
        self.lock.activated.connect(self._choose_region)

    def _show(self) -> None:
        original, request = self._session.original, self._session.request
        self.setEnabled(original is not None)
        self._show_regions()
        if original is None or request is None:
            return
        for widget in (self.seconds, self.thickness, self.texture):
            widget.blockSignals(True)
        networked = method(request.method).needs_model
        self.adapt.setChecked(request.adaptation is not None)
        self.adapt.setEnabled(networked)
        self.seconds.setEnabled(networked and request.adaptation is not None)
        if request.adaptation is not None:
            self.seconds.setValue(round(request.adaptation.seconds))
        self.flips.setChecked(request.flips)
        self.flips.setEnabled(networked)
        spacing = original.geometry.spacing[request.axis]
        self.thickness.setRange(0.11 * spacing, 3.9 * spacing)
        known = request.thickness_mm or slice_thickness(original, request.axis) or spacing
        self.thickness.setValue(known)
        fill(self.profile, [(tr(title), name) for title, name in PROFILES], request.profile)
        self._show_texture(request, networked)
        (step,) = suggested_also(original, request.axis) or (None,)
        self.also.setVisible(step is not None)
        self.also.setChecked(bool(request.also))
        if step is not None:
            axis, factor = step
            mm = original.geometry.spacing[axis]
            self.also.setText(
                tr(
                    "Also {axis}: {old:.2f} to {new:.2f} mm",
                    axis=AXIS_NAMES[axis],
                    old=mm,
                    new=mm / factor,
                )
            )
        for widget in (self.seconds, self.thickness, self.texture):
            widget.blockSignals(False)

    def _show_texture(self, request: Request, networked: bool) -> None:
        """The slider is there when the chosen model has a sharper pair."""
        there = networked and _has_pair(request.model)
        self._rows.setRowVisible(self._texture_row, there)
        self.texture.setValue(round(request.texture * STEPS))
        self.texture_told.setText(f"{100 * request.texture:.0f} %")

    def _show_regions(self) -> None:
        shapes = [(n, roi) for n, roi in enumerate(self._session.rois) if roi.has_values]
        self._rows.setRowVisible(self.lock, bool(shapes))
        entries = [(roi_title(roi, n), roi) for n, roi in shapes]
        fill(self.lock, [(tr("Nothing"), None), *entries], self._session.locked)

    def _choose_region(self) -> None:
        self._session.lock(self.lock.currentData())

    def _edit(self) -> None:
        original, request = self._session.original, self._session.request
        if original is None or request is None:
            return
        spacing = original.geometry.spacing[request.axis]
        said = slice_thickness(original, request.axis) or spacing
        typed = self.thickness.value()
        seconds = self.seconds.value()
        also = suggested_also(original, request.axis) if self.also.isChecked() else ()
        self._session.set_request(
            replace(
                request,
                adaptation=Adaptation(seconds=seconds) if self.adapt.isChecked() else None,
                flips=self.flips.isChecked(),
                texture=self.texture.value() / STEPS if _has_pair(request.model) else 0.0,
                thickness_mm=None if abs(typed - said) < 0.006 else typed,
                profile=self.profile.currentData(),
                also=also,
            )
        )


def _has_pair(model: str) -> bool:
    try:
        return texture_pair(model) is not None
    except UserError:  # said where the model is chosen
        return False


def _seconds() -> QSpinBox:
    box = QSpinBox()
    box.setRange(5, 3600)
    box.setValue(ADAPT_SECONDS)
    box.setSuffix(" s")
    return box


def _millimetres() -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setDecimals(2)
    box.setSingleStep(0.1)
    box.setSuffix(" mm")
    return box
