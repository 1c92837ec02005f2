"""Controls of the oblique planes: three angles, the patient's axes, and back."""

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from srviewer.core.slices.rotated_planes import NOT_ROTATED, patient_rotation
from srviewer.gui.state.looked_at import LookedAt
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.decimal_box import DecimalBox
from srviewer.gui.widgets.form import button, describe, label
from srviewer.study.state.rotation_of_study import is_off_patient_axes, is_rotated

LEAST_WIDTH = 80  # px, so that three fit into the panel
AXES = (
    (mark("About R"), mark("Degrees about the axis from left to right, from A to S")),
    (mark("About A"), mark("Degrees about the axis from back to front, from S to R")),
    (mark("About S"), mark("Degrees about the axis from feet to head, from R to A")),
)


class ObliqueBox(QWidget):
    """The rotation of the planes of all panes about the crosshair.

    Attributes:
        angles: About R, A and S.
        patient: Rotates the planes to the patient's axes.
        plain: Lays the planes along the voxel axes again.
    """

    def __init__(self, looked_at: LookedAt) -> None:
        super().__init__()
        self._looked_at = looked_at
        self.angles = tuple(_angle(tr(name), tr(tip)) for name, tip in AXES)
        self.patient = button(
            tr("Patient's axes"),
            tr("Axial, coronal and sagittal planes in the patient, of an oblique scan too (Y)"),
        )
        self.plain = button(tr("Voxel axes"), tr("The slices of the scan, not rotated (Q)"))
        self._lay_out()
        for angle in self.angles:
            angle.valueChanged.connect(self._rotate)
        self.patient.clicked.connect(self._align)
        self.plain.clicked.connect(lambda: self._study.rotate_planes(NOT_ROTATED))
        looked_at.follow(self._show, "view", "scan")
        self._show()

    @property
    def _study(self) -> ShownStudy:
        return self._looked_at.target

    def _lay_out(self) -> None:
        angles, buttons = QHBoxLayout(), QHBoxLayout()
        for angle in self.angles:
            angles.addWidget(angle, 1)
        buttons.addWidget(self.patient)
        buttons.addWidget(self.plain)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label(tr("OBLIQUE PLANES"), "heading"))
        layout.addLayout(angles)
        layout.addLayout(buttons)

    def _rotate(self) -> None:
        r, a, s = (angle.value() for angle in self.angles)
        self._study.rotate_planes((r, a, s))

    def _align(self) -> None:
        if self._study.scan is not None:
            self._study.rotate_planes(patient_rotation(self._study.scan.geometry))

    def _show(self) -> None:
        state = self._study.state
        for angle, degrees in zip(self.angles, state.view.rotation, strict=True):
            angle.blockSignals(True)
            angle.setValue(degrees)
            angle.blockSignals(False)
            angle.setEnabled(state.scan is not None)
        self.patient.setEnabled(is_off_patient_axes(state))
        self.plain.setEnabled(is_rotated(state))


def _angle(name: str, tip: str) -> DecimalBox:
    angle = DecimalBox()
    angle.setRange(-180.0, 180.0)
    angle.setDecimals(1)
    angle.setWrapping(True)
    angle.setPrefix(name[-1] + " ")
    angle.setSuffix("\u00b0")
    angle.setKeyboardTracking(False)
    angle.setMinimumWidth(LEAST_WIDTH)
    angle.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    describe(angle, name, tip)
    return angle
