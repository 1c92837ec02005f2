"""The self-test: the gain of the chosen method over cubic interpolation on the open scan."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from srviewer.gui.study.self_testing import SELF_TEST
from srviewer.gui.study.study_controller import SIMULATE, StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import button, label, set_role
from srviewer.sr.trust.self_test import SelfTest


class SelfTestBox(QWidget):
    """A button for the self-test, and its verdict on the present request."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._study = controller, controller.study
        self.start = button(
            tr("Test on this scan"),
            tr(
                "Degrade the scan's own in-plane axes, reconstruct them as chosen above, and "
                "score them beside cubic interpolation"
            ),
        )
        self.cancel = button(tr("Cancel test"), tr("Stop the test; nothing is kept of it"))
        self.verdict = label("", "muted")
        buttons = QHBoxLayout()
        buttons.addWidget(self.start, 1)
        buttons.addWidget(self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(buttons)
        layout.addWidget(self.verdict)
        self.start.clicked.connect(controller.testing.start)
        self.cancel.clicked.connect(self._stop)
        self._study.follow(self._show, "scan", "request", "tested", "acknowledged", "result")
        controller.work.changed.connect(self._show)
        self._show()

    @property
    def found(self) -> SelfTest | None:
        """The self-test of the present request; None before it has run."""
        request = self._study.request
        found = None if request is None else self._study.state.test_of(request)
        result = self._study.result
        if found is None or result is None or result.request != request:
            return found
        return found.judged(result.expected_gain)

    def _stop(self) -> None:
        self._controller.work.cancel_for_user(self._controller.testing.task)

    def _show(self) -> None:
        work, running = self._controller.work, self._controller.testing.task
        idle = all(work.running(kind) is None for kind in (SELF_TEST, SIMULATE))
        self.start.setEnabled(idle and self._controller.reconstructing.ready)
        self.cancel.setEnabled(running is not None)
        if running is not None:
            text, role = f"{tr(running.progress.message)}\u2026", "muted"
        elif self.found is not None:
            text, role = tr(self.found.verdict), "good" if self.found.worth else "doubt"
        else:
            text = tr("Cancelled") if self._controller.testing.cancelled else ""
            role = "muted"
        self.verdict.setText(text)
        self.verdict.setVisible(bool(text))
        if self.verdict.property("role") != role:
            set_role(self.verdict, role)
