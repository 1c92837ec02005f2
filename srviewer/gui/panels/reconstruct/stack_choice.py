"""Choices for a scan whose slices do not lie on one regular, rectangular grid."""

from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from srviewer.core.resampling.deskew import SQUARE_DEGREES, tilt_degrees
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.form import button, choice, label, set_entries

TITLES = (
    (mark("Reconstruct every regular run, leave gaps empty"), "fill"),
    (mark("Reconstruct only the longest regular run"), "run"),
)


class StackChoice(QWidget):
    """Shown below the scan's warnings: how missing slices are treated, and a button to deskew."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._study = controller, controller.study
        self._question = label(tr("Missing or uneven slices"), "muted")
        self._gaps = choice(
            tr("Missing or uneven slices"),
            tr("How a reconstruction treats them; the mm are in the warning above"),
        )
        set_entries(self._gaps, [(tr(title), way) for title, way in TITLES], None)
        self._straighten = button(
            tr("Straighten the tilt"),
            tr(
                "Resample the open scan onto a rectangular grid, within its slices only (degrees "
                "as in the warning); opening the scan again brings the tilt back"
            ),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._question, self._gaps, self._straighten):
            layout.addWidget(widget)
        self._gaps.activated.connect(self._edit)
        self._straighten.clicked.connect(controller.straighten)
        self._study.follow(self._show, "scan", "request")
        self._show()

    def _show(self) -> None:
        scan, request = self._study.scan, self._study.request
        uneven = scan is not None and scan.planes is not None
        tilted = (
            scan is not None
            and tilt_degrees(scan.geometry, scan.geometry.slice_axis) > SQUARE_DEGREES
        )
        self._question.setVisible(uneven)
        self._gaps.setVisible(uneven)
        self._straighten.setVisible(tilted)
        self.setVisible(uneven or tilted)
        if request is not None:
            self._gaps.setCurrentIndex(self._gaps.findData(request.gaps))

    def _edit(self) -> None:
        request = self._study.request
        if request is not None:
            self._study.set_request(replace(request, gaps=self._gaps.currentData()))
