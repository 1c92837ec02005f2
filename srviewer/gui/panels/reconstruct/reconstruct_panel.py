"""The panel of the reconstruction: the scan, the request, the progress, the result."""

from dataclasses import replace

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from srviewer.core.slice_faults.warnings import FAULT_CODES
from srviewer.gui.panels.reconstruct.join_box import JoinBox
from srviewer.gui.panels.reconstruct.joined_box import JoinedBox
from srviewer.gui.panels.reconstruct.model_choice import (
    ModelChoice,
    factor_for_model,
    finer_factor,
    model_of,
    offered_factors,
)
from srviewer.gui.panels.reconstruct.repair_box import RepairBox
from srviewer.gui.panels.reconstruct.request_options import RequestOptions
from srviewer.gui.panels.reconstruct.run_box import RunBox
from srviewer.gui.panels.reconstruct.self_test_box import SelfTestBox
from srviewer.gui.panels.reconstruct.slab_box import SlabBox
from srviewer.gui.panels.reconstruct.stack_choice import StackChoice
from srviewer.gui.panels.reconstruct.thin_scan_box import ThinScanBox
from srviewer.gui.study.report_box import ReportBox
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.result_card import facts, is_good, own_warnings, verdict
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import axis_title, device_entries, precision_entries
from srviewer.gui.widgets.form import (
    ElidedLabel,
    choice,
    form,
    label,
    set_entries,
    set_role,
)
from srviewer.gui.widgets.notice import Acknowledgement, Notice
from srviewer.gui.widgets.plain_text import set_tip
from srviewer.sr.cross_plane.methods import METHODS, method
from srviewer.sr.reconstruction.cautions import cautions
from srviewer.sr.requests.request import LARGEST_MEASURED
from srviewer.sr.results.expected_gain import ExpectedGain
from srviewer.sr.stacks.joined import Joined


class ReconstructPanel(QWidget):
    """Edits the study's request and starts it.

    Attributes:
        foot: Buttons and progress, which stay in view below the panel when it is scrolled.
    """

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._study = controller, controller.study
        self._scan = ElidedLabel("value")
        self._detected = label("", "muted")
        self._axis = choice(tr("Axis"), tr("The array axis that gets thin slices (spacing in mm)"))
        self._factor = choice(
            tr("Target"), tr("Slice spacing to reach, in mm, and the factor to it")
        )
        self._method = choice(tr("Method"), tr("How the thin slices are estimated"))
        self._models = ModelChoice()
        self._model = self._models.box
        self._device = choice(
            tr("Device"), tr("What computes; automatic takes the fastest at hand")
        )
        self._precision = choice(
            tr("Precision"),
            tr(
                "Of the network: 8-bit integers take half to two thirds of the time of float32 and "
                "differ little; automatic takes them where the processor has them"
            ),
        )
        for box in (self._device, self._precision):
            box.setMinimumWidth(60)  # both share one row of a narrow panel
        self._choices = (
            self._axis, self._factor, self._method, self._model, self._device, self._precision
        )  # fmt: skip
        self._options = RequestOptions(controller)
        self._slabs = SlabBox(controller)
        self._self_test = SelfTestBox(controller)
        self._warnings = Acknowledgement()
        self._note = Notice("note", tr("Notes on this reconstruction"))
        self.foot = RunBox(controller)
        self._verdict = label("", "good")
        self._expected = label("", "good")
        set_tip(
            self._expected,
            tr(
                "Gain in PSNR over cubic interpolation that a thin reference would show; estimated "
                "from the result made thick along its sharp axes. It is blind to motion."
            ),
        )
        self._own_warnings = Notice("warning", tr("Warnings about this result"))
        self._facts = label("", "muted")
        self._lay_out()
        self._connect()
        self._scan.show_text(tr("No scan is open."))
        self._show_models()
        self._show_scan()
        self._show_request()
        self._show_result()

    def _lay_out(self) -> None:
        rows, computing = form(), QHBoxLayout()
        computing.setSpacing(6)
        computing.addWidget(self._device, 1)
        computing.addWidget(self._precision, 1)
        for title, field in (
            (tr("Axis"), self._axis),
            (tr("Target"), self._factor),
            (tr("Method"), self._method),
            (tr("Model"), self._model),
        ):
            rows.addRow(title, field)
        rows.addRow(tr("Device"), computing)
        self._outcome = QFrame()
        self._outcome.setProperty("role", "note")
        outcome = QVBoxLayout(self._outcome)
        outcome.setContentsMargins(10, 8, 10, 8)
        outcome.addWidget(label(tr("RESULT"), "heading"))
        outcome.addWidget(self._verdict)
        outcome.addWidget(self._expected)
        outcome.addWidget(self._own_warnings)
        outcome.addWidget(self._facts)
        outcome.addWidget(JoinedBox(self._controller))
        outcome.addWidget(ReportBox(self._controller))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(10)
        layout.addWidget(label(tr("SCAN"), "heading"))
        layout.addWidget(self._scan)
        layout.addWidget(self._detected)
        layout.addWidget(self._warnings)
        layout.addWidget(StackChoice(self._controller))
        layout.addWidget(ThinScanBox(self._controller))
        layout.addSpacing(4)
        layout.addWidget(label(tr("RECONSTRUCTION"), "heading"))
        layout.addLayout(rows)
        layout.addWidget(self._options)
        layout.addWidget(RepairBox(self._controller))
        layout.addWidget(self._self_test)
        layout.addWidget(JoinBox(self._controller))
        # What comes and goes stands below the controls, so that none moves under the mouse.
        layout.addWidget(self._outcome)
        layout.addWidget(self._note)
        layout.addWidget(self._models.left_out)
        layout.addWidget(self._slabs)
        layout.addStretch(1)

    def _connect(self) -> None:
        study, controller = self._study, self._controller
        study.follow(self._show_scan, "scan")
        study.follow(self._show_request, "scan", "request")
        study.follow(self._show_result, "result")
        controller.training.model_written.connect(self._show_trained)
        self._warnings.acknowledged.connect(study.acknowledge)
        study.follow(self._show_acknowledged, "acknowledged")
        for box in self._choices:
            box.activated.connect(self._edit)

    def _offer_models(self) -> None:
        """Offer the models at hand, and those that were trained here and written elsewhere."""
        self._models.offer(self._controller.training.models_elsewhere())

    def _show_trained(self) -> None:
        self._offer_models()
        self._show_request()

    def _show_models(self) -> None:
        self._offer_models()
        set_entries(self._method, [(tr(row.title), row.id) for row in METHODS], None)
        set_entries(self._device, device_entries(), None)
        set_entries(self._precision, precision_entries(), None)

    def _show_scan(self) -> None:
        scan = self._study.scan
        concerns = tuple(warning.message for warning in self._controller.reconstructing.concerns)
        self._warnings.show_text(concerns)
        if scan is not None:
            geometry = scan.geometry
            thick = geometry.thick_axis
            self._scan.show_text(scan.name)
            self._detected.setText(
                tr("No thick axis: the voxels are nearly cubes.")
                if thick is None
                else tr("Thick axis  {axis}", axis=axis_title(geometry, thick))
            )
        self._show_acknowledged()

    def _show_acknowledged(self) -> None:
        self._warnings.show_acknowledged(self._study.acknowledged)

    def _show_request(self) -> None:
        scan, request = self._study.scan, self._study.request
        editable = scan is not None and request is not None
        for box in self._choices:
            box.setEnabled(editable)
        if scan is None or request is None:
            return
        geometry = scan.geometry
        axes = [(axis_title(geometry, axis), axis) for axis in range(3)]
        set_entries(self._axis, axes, request.axis)
        spacing = geometry.spacing[request.axis]
        needs_model = method(request.method).needs_model
        model, problem = model_of(request)
        finer = finer_factor(scan, request, model)
        factors = sorted({*offered_factors(model), request.factor, *([finer] if finer else [])})
        targets = [(f"{spacing / factor:.2f} mm  (\u00d7{factor})", factor) for factor in factors]
        set_entries(self._factor, targets, request.factor)
        self._models.show(scan, request)
        for box, value in (
            (self._method, request.method),
            (self._device, request.device),
            (self._precision, request.precision),
        ):
            box.setCurrentIndex(box.findData(value))
        self._model.setEnabled(needs_model)
        self._precision.setEnabled(needs_model)
        # Warnings that must be acknowledged are in the banner already.
        others = [w for w in scan.warnings if w not in self._controller.reconstructing.concerns]
        others.sort(key=lambda w: w.code not in FAULT_CODES)  # what can be repaired comes first
        warnings = tuple(w.message for w in others)
        silent = bool(problem or self._controller.reconstructing.view_only)
        advice = () if silent else cautions(scan, request, model)
        target = () if finer is None or request.factor < LARGEST_MEASURED else (_why_not(finer),)
        self._note.show_text((*warnings, *problem, *target, *advice))

    def _show_result(self) -> None:
        result = self._study.result
        self._outcome.setVisible(result is not None)
        if result is not None:
            self._verdict.setText(verdict(result))
            set_role(self._verdict, "good" if is_good(result) else "doubt")
            self._facts.setText("\n".join(facts(result)))
            states = self._controller.studies.states if isinstance(result, Joined) else ()
            scans = (self._study.scan, *(state.scan for state in states))
            self._own_warnings.show_text(own_warnings(result, filter(None, scans)))
            self._show_expected(None if isinstance(result, Joined) else result.expected_gain)

    def _show_expected(self, gain: ExpectedGain | None) -> None:
        self._expected.setVisible(gain is not None)
        if gain is not None:
            self._expected.setText(tr("Expected gain: {gain}", gain=tr(gain.text)))
            set_role(self._expected, "good" if gain.calibrated else "doubt")

    def _edit(self) -> None:
        request, scan = self._study.request, self._study.scan
        if request is not None and scan is not None:
            axis, factor = self._axis.currentData(), self._factor.currentData()
            if axis != request.axis:  # settings of the other axis do not apply
                factor = factor_for_model(scan, axis, request)
                request = replace(request, also=(), thickness_mm=None)
            request = replace(
                request,
                axis=axis,
                factor=factor,
                method=self._method.currentData(),
                device=self._device.currentData(),
                precision=self._precision.currentData(),
            )
            self._study.set_request(self._models.chosen(scan, request))


def _why_not(finer: int) -> str:
    return tr(
        "The target stays at \u00d7{largest}: beyond it the measured gain falls to half. Voxels as "
        "fine as in the plane would take \u00d7{finer}, which can be chosen.",
        largest=LARGEST_MEASURED,
        finer=finer,
    )
