"""Reconstructs the scan that is shown: in memory, into a file, or joined with other stacks."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from srviewer.core.regions.locked_region import drawn_region
from srviewer.core.volumes.volume import (
    ScanWarning,
    Volume,
    blocking_warnings,
    constant_reason,
    view_only_reason,
)
from srviewer.errors import UserError
from srviewer.gui.jobs.running_jobs import RunningJobs, Task
from srviewer.gui.state.open_studies import OpenStudies
from srviewer.gui.study.exporting import Exporting
from srviewer.gui.study.preview_updater import PreviewUpdater
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import roi_title
from srviewer.job import Job
from srviewer.sr.slabs.files import SlabFiles, reconstructed_and_opened
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.result import Result
from srviewer.sr.trust.gain_of_result import reconstruct_with_gain
from srviewer.study.state.held_file import held_in
from srviewer.study.state.study_state import StudyState

RECONSTRUCT = "reconstruct"


class Reconstructing(QObject):
    """Runs one reconstruction at a time, which stays with its study while another one is shown.

    A failure leaves the study as it was and is sent by ``work.failed``.
    """

    done_elsewhere = Signal(str)  # the name of a scan that is not shown
    written = Signal(object, bool)  # the file of a result, whether it fits into memory as well
    refused = Signal(str, object)  # what was not started, the exception that says why

    def __init__(
        self, studies: OpenStudies, work: RunningJobs, exporting: Exporting, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._studies, self._study, self._work = studies, studies.study, work
        self._exporting = exporting
        self._previews = PreviewUpdater(studies, work, self)

    # --- what must be read first

    @property
    def concerns(self) -> tuple[ScanWarning, ...]:
        """Warnings that put the geometry or the voxels of the shown scan in doubt."""
        scan = self._study.scan
        return () if scan is None else blocking_warnings(scan.warnings)

    @property
    def view_only(self) -> str:
        """The reason why what is shown can only be viewed; "" for a scan and for nothing.

        It is a localizer, a single slice, or the same value everywhere.
        """
        scan = self._study.scan
        if scan is None:
            return ""
        return view_only_reason(scan.warnings) or constant_reason(scan.warnings)

    @property
    def allowed(self) -> bool:
        """Whether a scan is shown and there is nothing about it that must be read first."""
        if self._study.scan is None or self.view_only:
            return False
        return self._study.acknowledged or not self.concerns

    # --- what runs

    @property
    def task(self) -> Task | None:
        """The reconstruction that is running, of a scan that is shown or not."""
        return self._work.running(RECONSTRUCT)

    @property
    def scan(self) -> Volume | None:
        """The scan that is being reconstructed, shown or not."""
        return self._work.scan_of(RECONSTRUCT)

    @property
    def ready(self) -> bool:
        """Whether the shown scan may be reconstructed and no reconstruction is running."""
        return self.allowed and self.task is None

    @property
    def cancelled(self) -> bool:
        """Whether the user cancelled the last reconstruction, and it was of the shown scan."""
        scan = self._study.scan
        return scan is not None and self._work.was_cancelled(RECONSTRUCT, scan)

    def refuse_elsewhere(self, wanted: str) -> bool:
        """Refuse what the user wants while the scan of another study is being reconstructed.

        Args:
            wanted: The title of that, translated.

        Returns:
            Whether it was refused.
        """
        scan = self.scan
        if scan is None or scan is self._study.scan:
            return False
        error = UserError(
            tr(
                "'{name}' is being reconstructed, one scan at a time. Wait until it is done, "
                "or cancel it, and try again.",
                name=scan.name,
            )
        )
        self.refused.emit(wanted, error)
        return True

    # --- starting

    @property
    def region(self) -> Volume | None:
        """The region where nothing learned is added to the next result."""
        scan, roi = self._study.scan, self._study.locked
        if scan is None or roi is None:
            return None
        name = roi_title(roi, self._study.rois.index(roi))
        return drawn_region(replace(roi, name=name), scan.geometry)

    def start(self) -> None:
        """Reconstruct the shown scan by the study's request, once concerns are acknowledged."""
        scan, request = self._study.scan, self._study.request
        if scan is None or request is None or not self._may_begin(_title(scan)):
            return
        region = self.region
        job = reconstruct_with_gain(scan, request, region)
        self._previews.start(scan, request, region, job, self._starter(scan, self._kept(scan)))

    def start_into(self, path: Path) -> None:
        """Reconstruct the shown scan slab by slab into a file; show it where it fits into memory.

        Args:
            path: The NIfTI file to write.

        Raises:
            ValueError: The scan's kind of file is not read plane by plane.
        """
        scan, request = self._study.scan, self._study.request
        origin = self._study.state.origin
        if scan is None or request is None or origin is None or not self._may_begin(_title(scan)):
            return
        series, frame = origin.series, origin.frame
        if series.stream is None:
            raise ValueError("this kind of file is not read plane by plane")
        known = {**self._exporting.beforehand(), "scores": None}
        files = SlabFiles(path, lambda _, made: {**made.provenance(), **known})
        job = reconstructed_and_opened(scan, series.stream(frame), request, files, self.region)
        held = self._exporting.claims.holding(path, job)
        start = self._starter(scan, self._written(scan, path))
        self._previews.start(scan, request, None, held, start, slab_wise=True)

    def start_join(self, scan: Volume, title: str, job: Job[Joined]) -> bool:
        """Start a job that joins stacks onto the shown scan.

        Args:
            scan: The shown scan.
            title: Of the job, translated.
            job: Joins the stacks.

        Returns:
            Whether it was started.
        """
        begins = self._may_begin(title)
        if begins:
            self._start(scan, title, job, self._kept(scan))
        return begins

    def _may_begin(self, title: str) -> bool:
        return self.allowed and not self.refuse_elsewhere(title)

    def _starter(self, scan: Volume, done: Callable[[Any], None]) -> Callable[[Job[Any]], Task]:
        return lambda job: self._start(scan, _title(scan), job, done)

    def _start(self, scan: Volume, title: str, job: Job[Any], done: Callable[[Any], None]) -> Task:
        return self._work.start(RECONSTRUCT, title, job, done, lambda: True, scan=scan)

    def _kept(self, scan: Volume) -> Callable[[Result], None]:
        def keep(result: Result) -> None:
            self._studies.change(scan, lambda state: state.with_result(result))
            if self._study.scan is not scan:
                self.done_elsewhere.emit(scan.name)

        return keep

    def _written(self, scan: Volume, path: Path) -> Callable[[Result | None], None]:
        def show(result: Result | None) -> None:
            if result is not None:
                held_in(path, result.volume)
                self._kept(scan)(result)
            else:
                self._studies.change(scan, _without_lone_preview)
            self.written.emit(path, result is not None)
            self._exporting.exported.emit(path)

        return show


def _without_lone_preview(state: StudyState) -> StudyState:
    """A study without the preview of a result that was not opened, where it has no other result."""
    return state if state.compared_volumes.results else state.without_preview()


def _title(scan: Volume) -> str:
    return tr("Reconstructing {name}", name=scan.name)
