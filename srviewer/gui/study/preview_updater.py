"""Progressive preview: while a scan is reconstructed, the slices on screen come first."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from srviewer.core.volumes.volume import Volume
from srviewer.gui.jobs.running_jobs import RunningJobs, Task
from srviewer.gui.state.open_studies import OpenStudies
from srviewer.gui.state.progressive_preview import ProgressivePreview
from srviewer.job import Job
from srviewer.sr.rebuild.progressive_preview import PreviewSlice, can_preview, with_preview
from srviewer.sr.rebuild.reconstruct import thin_header
from srviewer.sr.requests.request import Request
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.study.state.comparables import NO_RESULT
from srviewer.study.state.layouts import COMPARE, PLANES
from srviewer.study.state.study_state import StudyState
from srviewer.study.state.view import Point


@dataclass(eq=False)
class _Running:
    """A reconstruction whose slices are shown as they come.

    Attributes:
        opened: Whether the layout was changed for the preview.
        crosshair_mm: An RAS+ point, which the job reads in another thread.
        task: The reconstruction, from its start.
    """

    scan: Volume
    preview: ProgressivePreview
    opened: bool
    crosshair_mm: Point
    task: Task | None = None


class PreviewUpdater(QObject):
    """Keeps ``session.preview`` as it should be; nothing of it outlives the rebuild.

    A result that is shown already stays where it is until the new one is there.
    """

    def __init__(self, studies: OpenStudies, work: RunningJobs, parent: QObject) -> None:
        super().__init__(parent)
        self._studies, self._session, self._work = studies, studies.session, work
        self._running: _Running | None = None
        self._session.follow(self._follow_study, "scan")
        self._session.follow(self._follow_crosshair, "view")
        work.changed.connect(self._follow_work)

    def start(
        self,
        scan: Volume,
        request: Request,
        region: Volume | None,
        job: Job[Reconstruction],
        start: Callable[[Job[Reconstruction]], Task],
    ) -> None:
        """Start the reconstruction of the scan that is shown, with a preview where that can be.

        Args:
            scan: The scan that is shown.
            request: The settings of the reconstruction.
            region: Where nothing learned is added; None for nowhere.
            job: The reconstruction.
            start: Starts a job and gives its task.
        """
        session = self._session
        if NO_RESULT not in session.comparables.shown or not can_preview(scan, request, region):
            start(job)
            return
        opened = session.comparing.layout == PLANES
        preview = ProgressivePreview(thin_header(scan, request, None))
        running = _Running(scan, preview, opened, session.view.cursor_mm)
        running.task = start(with_preview(scan, request, lambda: running.crosshair_mm, job))
        running.task.brought.connect(self._take)
        self._running = running
        session.set_preview(preview)
        if opened:
            session.compare(replace(session.comparing, layout=COMPARE))

    def _take(self, preview_slice: PreviewSlice) -> None:
        running = self._running
        if running is not None and running.task is self.sender():
            running.preview = running.preview.with_slice(preview_slice)
            self._follow_study()

    def _follow_study(self) -> None:
        """The preview belongs to the scan that is rebuilt, and waits where another is shown."""
        running = self._running
        shown = running is not None and running.scan is self._session.original
        self._session.set_preview(running.preview if running is not None and shown else None)
        self._follow_crosshair()

    def _follow_crosshair(self) -> None:
        running = self._running
        if running is not None and running.scan is self._session.original:
            running.crosshair_mm = self._session.view.cursor_mm

    def _follow_work(self) -> None:
        running = self._running
        task = None if running is None else running.task
        if running is None or task is None or (task in self._work.tasks and not task.cancelling):
            return
        self._running = None
        self._follow_study()
        if running.opened and (task.cancelling or task.error is not None):
            self._studies.change(running.scan, StudyState.without_preview)
