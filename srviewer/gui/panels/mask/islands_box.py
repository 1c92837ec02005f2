"""Islands and holes of the chosen label."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from srviewer.gui.state.followed_state import MASK_TOOLS
from srviewer.gui.study.mask_correction import CORRECT, MaskCorrection
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.decimal_box import DecimalBox
from srviewer.gui.widgets.form import button, describe, label

USUAL_ML = 0.1


class IslandsBox(QWidget):
    """Buttons for the parts of a label that do not touch.

    Attributes:
        least: The smallest volume in ml that stays.
        small: Removes smaller islands.
        largest: Keeps the largest.
        holes: Fills holes.
    """

    def __init__(self, correction: MaskCorrection) -> None:
        super().__init__()
        self._correction, self._study = correction, correction.study
        self.least = DecimalBox()
        self.least.setRange(0.001, 10_000)
        self.least.setDecimals(3)
        self.least.setSingleStep(0.05)
        self.least.setSuffix(" ml")
        self.least.setValue(USUAL_ML)
        describe(self.least, tr("Smallest island"), tr("Islands of less than this are removed"))
        self.small = button(
            tr("Remove smaller"),
            tr("Erase the islands of the label below that volume; voxels that touch by a face"),
        )
        self.largest = button(
            tr("Keep the largest"), tr("Erase all islands of the label but the largest")
        )
        self.holes = button(
            tr("Fill holes"), tr("Fill empty voxels that the label encloses on all sides, in 3D")
        )
        upper, lower = QHBoxLayout(), QHBoxLayout()
        upper.addWidget(self.least, 1)
        upper.addWidget(self.small)
        lower.addWidget(self.largest)
        lower.addWidget(self.holes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label(tr("ISLANDS OF THE LABEL"), "heading"))
        layout.addLayout(upper)
        layout.addLayout(lower)
        self.small.clicked.connect(lambda: correction.remove_small(self.least.value()))
        self.largest.clicked.connect(correction.keep_largest)
        self.holes.clicked.connect(correction.fill_holes)
        self._study.follow(self._show, "overlays", "scan", MASK_TOOLS)
        correction.controller.work.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        idle = self._correction.controller.work.running(CORRECT) is None
        usable = idle and self._correction.overlay is not None
        for widget in (self.small, self.largest, self.holes):
            widget.setEnabled(usable)
