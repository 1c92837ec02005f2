"""The offer to repair faults between slices, shown above the warnings of them."""

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox

from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.form import describe
from srviewer.sr.reconstruction.repair import repairs_for
from srviewer.sr.requests.request import Repair

WORDS: dict[Repair, str] = {
    "brightness": mark("make slices equally bright"),
    "motion": mark("move slices back"),
    "slices": mark("leave bad slices out"),
}


class RepairBox(QCheckBox):
    """Edits the repairs of the request; hidden where the open scan has no fault to repair."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__("")
        self._study = controller.study
        describe(
            self,
            tr("Repair faults between slices"),
            tr("Correct the scan first; the result says what it agrees with then"),
        )
        self.clicked.connect(self._edit)
        self._study.follow(self._show, "request", "scan")
        self._show()

    def _wanted(self) -> tuple[Repair, ...]:
        """The repairs that are requested, or else those that would be."""
        scan, request = self._study.scan, self._study.request
        if scan is None or request is None:
            return ()
        return request.repair or repairs_for(scan.warnings)

    def _show(self) -> None:
        wanted, request = self._wanted(), self._study.request
        self.setVisible(bool(wanted))
        self.setText(tr("Repair: {what}", what=", ".join(tr(WORDS[name]) for name in wanted)))
        self.setChecked(request is not None and bool(request.repair))

    def _edit(self) -> None:
        request = self._study.request
        if request is not None:
            wanted = self._wanted() if self.isChecked() else ()
            self._study.set_request(replace(request, repair=wanted))
