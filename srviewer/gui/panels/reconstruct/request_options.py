"""Options of a request: adaptation, texture, flips, slice profile, a second axis, region lock."""

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from srviewer.core.acquisition.denoising import removable
from srviewer.core.acquisition.noise import scan_noise
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.volumes.volume import Volume
from srviewer.gui.panels.reconstruct.texture_slider import TextureSlider
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import percent, roi_title
from srviewer.gui.widgets.form import (
    choice,
    describe,
    form,
    label,
    millimetres_box,
    seconds_box,
    set_entries,
)
from srviewer.gui.widgets.plain_text import PlainLabel
from srviewer.nn.plans.adaptation import Adaptation
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.models.texture_pairs import texture_header
from srviewer.sr.reconstruction.texture_noise import too_noisy
from srviewer.sr.requests.request import ESTIMATE, Request, suggested_also, thickness_across
from srviewer.sr.results.reconstruction import Reconstruction

PROFILES = (
    (mark("Box"), "box"),
    (mark("Gaussian"), "gaussian"),
    (mark("SLR pulse"), "slr"),
    (mark("Estimate"), "estimate"),
)


class RequestOptions(QWidget):
    """Edits the study's request and region lock; hides options that do not apply to the scan."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._study = controller, controller.study
        self.adapt = _tick(
            tr("Adapt to this scan"),
            tr("Fit the network to this scan first; kept only if its own held-out slices improve"),
        )
        self.seconds = seconds_box()
        describe(
            self.seconds,
            tr("Seconds of adaptation"),
            tr("How long to adapt to the scan, seconds"),
        )
        self.flips = _tick(
            tr("Average mirrored inputs"),
            tr("Test-time augmentation: four times the time; its spread is shown as a map"),
        )
        self.minimum = _tick(
            tr("No voxel below the scan's minimum"),
            tr("Removes undershoots, such as negative values; block means are kept"),
        )
        self.noise = _tick(
            tr("Remove noise first"),
            tr("The result then agrees with the scan to within its estimated noise, not exactly"),
        )
        self.also = QCheckBox("")
        describe(
            self.also,
            tr("Refine the second axis"),
            tr("Make the pixels in the plane square afterwards"),
        )
        self._texture_row = TextureSlider()
        self.texture, self.texture_told = self._texture_row.slider, self._texture_row.percent
        self._texture_reason = label("", "doubt")
        self.thickness = millimetres_box()
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
        self.profile_found = label("", "muted")
        self.lock = choice(
            tr("Region lock"),
            tr("Inside this drawn shape, as deep as it is wide, only interpolation is used"),
        )
        self._lay_out()
        self._connect()
        self._show()
        self._show_profile()

    def _lay_out(self) -> None:
        adapt = QHBoxLayout()
        adapt.addWidget(self.adapt, 1)
        adapt.addWidget(self.seconds)
        slices = QHBoxLayout()
        slices.setSpacing(6)
        slices.addWidget(self.thickness, 1)
        slices.addWidget(self.profile, 1)
        self._rows = form()
        title = PlainLabel(tr("Slices"))
        # In line with the rows above, which are a form of their own.
        title.setMinimumWidth(title.fontMetrics().horizontalAdvance(tr("Method")))
        self._rows.addRow(title, slices)
        self._rows.addRow(self.profile_found)
        self._rows.addRow(tr("Texture"), self._texture_row)
        self._rows.addRow(self._texture_reason)
        self._lock_label = PlainLabel(tr("Lock"))
        self._rows.addRow(self._lock_label, self.lock)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(7)
        layout.addLayout(self._rows)
        layout.addLayout(adapt)
        layout.addWidget(self.flips)
        layout.addWidget(self.minimum)
        layout.addWidget(self.noise)
        layout.addWidget(self.also)
        self.also.hide()  # until a scan with a second axis is open, as is the next
        self._rows.setRowVisible(self._texture_row, False)
        self._texture_reason.hide()

    def _connect(self) -> None:
        study = self._study
        study.follow(self._show, "request", "scan")
        study.follow(self._show_profile, "request", "scan", "result")
        study.follow(self._show_regions, "rois", "locked")
        self.adapt.clicked.connect(self._edit_adaptation)
        self.seconds.valueChanged.connect(self._edit_adaptation)
        self.flips.clicked.connect(self._edit_flips)
        self.minimum.clicked.connect(self._edit_minimum)
        self.noise.clicked.connect(self._edit_agreement)
        self.also.clicked.connect(self._edit_also)
        self.thickness.valueChanged.connect(self._edit_thickness)
        self.texture.valueChanged.connect(self._edit_texture)
        self.profile.activated.connect(self._edit_profile)
        self.lock.activated.connect(self._choose_region)

    def _show(self) -> None:
        scan, request = self._study.scan, self._study.request
        self.setEnabled(scan is not None)
        self._show_regions()
        if scan is None or request is None:
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
        self.minimum.setChecked(request.minimum == "scan")
        self._show_noise(scan, request)
        spacing = scan.geometry.spacing[request.axis]
        self.thickness.setRange(0.11 * spacing, 3.9 * spacing)
        self.thickness.setValue(request.thickness_mm or _stated(scan, request))
        set_entries(self.profile, [(tr(title), name) for title, name in PROFILES], request.profile)
        self._show_texture(scan, request, networked)
        self._show_also(scan, request)
        for widget in (self.seconds, self.thickness, self.texture):
            widget.blockSignals(False)

    def _show_noise(self, scan: Volume, request: Request) -> None:
        """Show the noise that can be removed; what is set already stays, and can be unset."""
        noise, asked = scan_noise(scan, request.axis), request.agreement == "noise"
        enough = removable(noise) > 0
        self.noise.setEnabled(asked or (enough and method(request.method).consistent))
        self.noise.setChecked(asked)
        self.noise.setText(
            tr("Remove noise first ({share} of the range)", share=percent(noise))
            if enough
            else tr("Remove noise first (too little to measure)")
        )

    def _show_profile(self) -> None:
        """Say what was estimated of the slice profile, or what will be."""
        request, result = self._study.request, self._study.result
        text = ""
        if request is not None and request.profile == ESTIMATE:
            text = tr("Estimated with the reconstruction; a box where it is not certain.")
            if isinstance(result, Reconstruction) and result.slice_profile is not None:
                text = tr("Slice profile: {text}.", text=result.slice_profile.text)
        self.profile_found.setText(text)
        self.profile_found.setVisible(bool(text))

    def _show_also(self, scan: Volume, request: Request) -> None:
        """Show the second axis that is requested, or else that which would be."""
        steps = request.also or suggested_also(scan, request.axis)
        self.also.setVisible(bool(steps))
        self.also.setChecked(bool(request.also))
        spacing = scan.geometry.spacing
        lines = [
            tr(
                "Also {axis}: {old:.2f} to {new:.2f} mm",
                axis=AXIS_NAMES[axis],
                old=spacing[axis],
                new=spacing[axis] / factor,
            )
            for axis, factor in steps
        ]
        self.also.setText("\n".join(lines))

    def _show_texture(self, scan: Volume, request: Request, networked: bool) -> None:
        """Show the slider when the chosen model has a texture model; noise limits it.

        An amount that is set already stays, and can be lowered.
        """
        there = networked and texture_header(request.model) is not None
        self._rows.setRowVisible(self._texture_row, there)
        reason = too_noisy(request.model, scan_noise(scan, request.axis)) if there else ""
        self._texture_row.limit(request.texture if reason else 1.0, reason)
        self._texture_reason.setText(reason)
        self._texture_reason.setVisible(bool(reason))
        self._texture_row.show_amount(request.texture)

    def _show_regions(self) -> None:
        shapes = [(n, roi) for n, roi in enumerate(self._study.rois) if roi.has_values]
        self._rows.setRowVisible(self.lock, bool(shapes))
        entries = [(roi_title(roi, n), roi) for n, roi in shapes]
        set_entries(self.lock, [(tr("Nothing"), None), *entries], self._study.locked)

    def _choose_region(self) -> None:
        self._study.lock(self.lock.currentData())

    # Each control edits its own field alone: what it shows may be rounded.

    def _edit_adaptation(self) -> None:
        request, seconds = self._study.request, self.seconds.value()
        if request is not None:
            adaptation = request.adaptation
            wanted = (
                replace(adaptation, seconds=seconds) if adaptation else Adaptation(seconds=seconds)
            )
            self._set(adaptation=wanted if self.adapt.isChecked() else None)

    def _edit_flips(self) -> None:
        self._set(flips=self.flips.isChecked())

    def _edit_minimum(self) -> None:
        self._set(minimum="scan" if self.minimum.isChecked() else "none")

    def _edit_agreement(self) -> None:
        self._set(agreement="noise" if self.noise.isChecked() else "exact")

    def _edit_profile(self) -> None:
        self._set(profile=self.profile.currentData())

    def _edit_texture(self) -> None:
        self._set(texture=self._texture_row.amount)

    def _edit_also(self) -> None:
        scan, request = self._study.scan, self._study.request
        if scan is not None and request is not None:
            wanted = suggested_also(scan, request.axis) if self.also.isChecked() else ()
            self._set(also=wanted)

    def _edit_thickness(self) -> None:
        scan, request = self._study.scan, self._study.request
        if scan is not None and request is not None:
            stated, typed = _stated(scan, request), self.thickness.value()
            self._set(thickness_mm=None if abs(typed - stated) < 0.006 else typed)

    def _set(self, **changes: Any) -> None:
        if self._study.request is not None:
            self._study.set_request(replace(self._study.request, **changes))


def _tick(text: str, tip: str) -> QCheckBox:
    box = QCheckBox(text)
    describe(box, text, tip)
    return box


def _stated(scan: Volume, request: Request) -> float:
    """The slice thickness in mm that is used when the request has none."""
    spacing = scan.geometry.spacing[request.axis]
    return thickness_across(scan, request.axis) or spacing
