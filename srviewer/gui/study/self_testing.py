"""The test of a scan on itself: it goes on while another study is shown, and stays with its own."""

from PySide6.QtCore import QObject

from srviewer.gui.jobs.running_jobs import RunningJobs, Task
from srviewer.gui.state.open_studies import OpenStudies
from srviewer.gui.texts.translation import tr
from srviewer.sr.requests.request import Request
from srviewer.sr.trust.self_test import SelfTest, self_test

SELF_TEST = "self-test"


class SelfTesting(QObject):
    """Tests the shown scan as its request says; a change of that request ends the test."""

    def __init__(self, studies: OpenStudies, work: RunningJobs, parent: QObject) -> None:
        super().__init__(parent)
        self._studies, self._study, self._work = studies, studies.study, work
        self._asked: Request | None = None
        self._study.follow(self._leave_old_request, "scan", "request")

    @property
    def task(self) -> Task | None:
        """The test that is running, of the scan that is shown."""
        task = self._work.running(SELF_TEST)
        return task if task is not None and task.scan is self._study.scan else None

    @property
    def cancelled(self) -> bool:
        """Whether the user cancelled the last test, and it was of the scan that is shown."""
        scan = self._study.scan
        return scan is not None and self._work.was_cancelled(SELF_TEST, scan)

    def start(self) -> None:
        """Test the scan that is shown."""
        scan, request = self._study.scan, self._study.request
        if scan is None or request is None:
            return

        def keep(found: SelfTest) -> None:
            self._studies.change(scan, lambda state: state.with_tested(request, found))

        self._asked = request
        title = tr("Testing on this scan")
        job = self_test(scan, request)
        self._work.start(SELF_TEST, title, job, keep, lambda: True, scan=scan)

    def _leave_old_request(self) -> None:
        """Cancel a test whose request is no longer that of the shown scan."""
        if self.task is not None and self._study.request != self._asked:
            self._work.cancel(SELF_TEST)
