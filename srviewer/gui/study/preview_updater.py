"""Progressive preview: while a scan is reconstructed, the slices on screen come first.

Until they do, and where single slices cannot be had, cubic interpolation stands in for them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, QTimer

from srviewer.core.volumes.interpolate import spline_library, spline_library_is_loaded
from srviewer.core.volumes.volume import Volume
from srviewer.gui.jobs.running_jobs import RunningJobs, Task
from srviewer.gui.state.open_studies import OpenStudies
from srviewer.gui.state.progressive_preview import ProgressivePreview, awaited
from srviewer.gui.texts.translation import tr
from srviewer.job import Job
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.reconstruction.progressive_preview import PreviewSlice, can_preview, with_preview
from srviewer.sr.requests.request import Request
from srviewer.study.state.compared_volumes import NO_RESULT
from srviewer.study.state.layouts import COMPARE, PLANES
from srviewer.study.state.study_state import StudyState
from srviewer.study.state.view import Point

LIBRARY = "library"  # the kind of a job
LATER = 700  # ms after a scan was opened, when it has been painted


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
    """Keeps ``study.preview`` as it should be; nothing of it outlives the reconstruction.

    A result that is shown already stays where it is until the new one is there.
    """

    def __init__(self, studies: OpenStudies, work: RunningJobs, parent: QObject) -> None:
        super().__init__(parent)
        self._studies, self._study, self._work = studies, studies.study, work
        self._running: _Running | None = None
        self._study.follow(self._follow_study, "scan")
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER)
        self._later.timeout.connect(self._load_library)
        self._study.follow(self._wait, "scan")
        self._study.follow(self._follow_crosshair, "view")
        work.changed.connect(self._follow_work)

    def start(
        self,
        scan: Volume,
        request: Request,
        region: Volume | None,
        job: Job[Any],
        start: Callable[[Job[Any]], Task],
        slab_wise: bool = False,
    ) -> None:
        """Start the reconstruction of the scan that is shown, with a preview of its result.

        Args:
            scan: The scan that is shown.
            request: The settings of the reconstruction.
            region: Where nothing learned is added; None for nowhere.
            job: The reconstruction.
            start: Starts a job and gives its task.
            slab_wise: Whether there is no memory for single slices before their slab.
        """
        study = self._study
        if NO_RESULT not in study.compared_volumes.shown:
            start(job)
            return
        lasting = method(request.method).needs_model  # an interpolation is there at once
        opened = study.comparing.layout == PLANES and lasting
        running = _Running(scan, awaited(scan, request), opened, study.view.cursor_mm)
        if can_preview(scan, request, region) and not slab_wise:
            job = with_preview(scan, request, lambda: running.crosshair_mm, job)
        running.task = start(job)
        running.task.brought.connect(self._take)
        self._running = running
        study.set_preview(running.preview)
        if opened:
            study.compare(replace(study.comparing, layout=COMPARE))

    def _take(self, preview_slice: PreviewSlice) -> None:
        running = self._running
        if running is not None and running.task is self.sender():
            running.preview = running.preview.with_slice(preview_slice)
            self._follow_study()

    def _wait(self) -> None:
        self._later.start()

    def _load_library(self) -> None:
        """Have ready what stands in for slices: the start of a reconstruction waits for it."""
        if not (self._study.scan is None or self._work.stopped or spline_library_is_loaded()):
            self._work.start(
                LIBRARY,
                tr("Loading a library"),
                spline_library(),
                lambda _: None,
                lambda: True,
                asked=False,
            )

    def _follow_study(self) -> None:
        """The preview belongs to the scan that is reconstructed, and waits for it to be shown."""
        running = self._running
        shown = running is not None and running.scan is self._study.scan
        self._study.set_preview(running.preview if running is not None and shown else None)
        self._follow_crosshair()

    def _follow_crosshair(self) -> None:
        running = self._running
        if running is not None and running.scan is self._study.scan:
            running.crosshair_mm = self._study.view.cursor_mm

    def _follow_work(self) -> None:
        running = self._running
        task = None if running is None else running.task
        if running is None or task is None or (task in self._work.tasks and not task.cancelling):
            return
        self._running = None
        self._follow_study()
        if running.opened and (task.cancelling or task.error is not None):
            self._studies.change(running.scan, StudyState.without_preview)
