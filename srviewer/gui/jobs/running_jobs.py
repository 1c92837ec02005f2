"""The jobs that are running: one of each kind, unless several may run at the same time."""

from collections.abc import Callable
from time import monotonic
from typing import Any
from weakref import ref

from PySide6.QtCore import QObject, Signal

from srviewer.core.volumes.volume import Volume
from srviewer.errors import as_user_error
from srviewer.gui.jobs.worker import Worker
from srviewer.gui.texts.translation import tr
from srviewer.gui.user_files.log import log_error
from srviewer.job import Job, Progress, TimeLeft


class Task(QObject):
    """One running job.

    Attributes:
        kind: The group of jobs of which at most one runs; it is also logged.
        title: For the user, translated.
        asked: True if the user started the job and expects its result; False for jobs that the
            window starts by itself.
        progress: The last progress that was reported.
        error: The exception that ended the job, or None.
        tells_time: Whether the time left can be extrapolated from the progress.
        scan: The scan that the job is about, shown or not; None where it does not matter.
    """

    reported = Signal()
    brought = Signal(object)  # a part of the result, before the job ends
    ended = Signal(object)  # the task itself

    def __init__(
        self,
        kind: str,
        title: str,
        job: Job[Any],
        done: Callable[[Any], None],
        wanted: Callable[[], bool],
        asked: bool,
        parent: QObject,
        scan: Volume | None = None,
    ) -> None:
        super().__init__(parent)
        self.kind, self.title, self.asked, self.scan = kind, title, asked, scan
        self.progress = Progress(0.0, title)
        self.error: Exception | None = None
        self.tells_time = True
        self._time_left = TimeLeft()
        self._done, self._wanted = done, wanted
        self._dropped = False
        self._worker = Worker(job, self)
        self._worker.progressed.connect(self._report)
        self._worker.brought.connect(self._bring)
        self._worker.succeeded.connect(self._succeed)
        self._worker.failed.connect(self._fail)
        self._worker.cancelled.connect(self._end)

    def start(self) -> None:
        """Run the job in its thread."""
        self._worker.start()

    def cancel(self) -> None:
        """Cancel the job; a result that it still gives is dropped."""
        self._dropped = True
        self._worker.requestInterruption()

    def hold(self, held: bool) -> None:
        """Pause or resume the job.

        Args:
            held: True to pause it after its current step.
        """
        self._worker.hold(held)
        self.reported.emit()

    def join(self) -> None:
        """Wait until the thread has ended."""
        self._worker.wait()

    @property
    def cancelling(self) -> bool:
        """Whether it was cancelled, though its thread may still run."""
        return self._dropped

    @property
    def seconds_left(self) -> float | None:
        """Seconds, from the pace of the progress; None until that is steady."""
        return self._time_left.seconds(monotonic()) if self.tells_time else None

    def _report(self, progress: Progress) -> None:
        self.progress = progress
        self._time_left.note(monotonic(), progress.fraction)
        self.reported.emit()

    def _bring(self, piece: object) -> None:
        if not self._dropped:
            self.brought.emit(piece)

    def _succeed(self, result: object) -> None:
        self._end()
        if not self._dropped and self._wanted():
            self._done(result)

    def _fail(self, error: Exception) -> None:
        if not self._dropped:
            self.error = as_user_error(error)
        self._end()

    def _end(self) -> None:
        self.join()
        self.ended.emit(self)


class RunningJobs(QObject):
    """Starts jobs in threads and keeps them until they have ended."""

    changed = Signal()  # a job started, reported or ended
    failed = Signal(str, object)  # the task's title, the exception

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: list[Task] = []
        # Kinds whose last job the user cancelled, each with the scan of that job.
        self._cancelled: dict[str, Callable[[], Volume | None]] = {}
        self.stopped = False  # for good: the window is closing

    def start(
        self,
        kind: str,
        title: str,
        job: Job[Any],
        done: Callable[[Any], None],
        wanted: Callable[[], bool],
        beside: bool = False,
        asked: bool = True,
        scan: Volume | None = None,
    ) -> Task:
        """Run a job in a thread.

        Args:
            kind: A running job of the same kind is cancelled first, unless ``beside``.
            title: For the user, translated.
            job: Is closed when it ends, fails or is cancelled.
            done: Called in the window's thread with the job's result.
            wanted: Called when the job has ended; if it returns False, the result is dropped.
            beside: Let other jobs of the kind go on.
            asked: The user started it, so that it counts in ``missed``.
            scan: The scan that the job is about, for ``scan_of``.

        Returns:
            The task, already started.
        """
        if not beside:
            self.cancel(kind)
        task = Task(kind, title, job, done, wanted, asked, self, scan)
        task.reported.connect(self.changed)
        task.ended.connect(self._forget)
        self._cancelled.pop(kind, None)
        if asked:
            self._cancelled.clear()  # the user went on to something else
        self._tasks.append(task)
        task.start()
        self.changed.emit()
        return task

    def running(self, kind: str) -> Task | None:
        """Find the running job of a kind.

        Args:
            kind: As given to ``start``.

        Returns:
            The oldest that is not cancelled; None when there is none.
        """
        return next((t for t in self._tasks if t.kind == kind and not t.cancelling), None)

    def scan_of(self, kind: str) -> Volume | None:
        """The scan that the running job of a kind is about.

        Args:
            kind: As given to ``start``.

        Returns:
            The scan, shown or not; None where no such job runs.
        """
        task = self.running(kind)
        return None if task is None else task.scan

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All jobs whose threads are alive, oldest first."""
        return tuple(self._tasks)

    @property
    def missed(self) -> tuple[Task, ...]:
        """Jobs that the user started and has not cancelled: their results would be missed."""
        return tuple(task for task in self._tasks if task.asked and not task.cancelling)

    def cancel(self, kind: str) -> None:
        """Cancel the job of a kind, if there is one.

        Args:
            kind: As given to ``start``.
        """
        task = self.running(kind)
        if task is not None:
            task.cancel()
            self.changed.emit()

    def cancel_for_user(self, task: Task | None) -> None:
        """Cancel a job that the user wants no more, and note that.

        Args:
            task: None does nothing.
        """
        if task is not None:
            self._cancelled[task.kind] = _no_scan if task.scan is None else ref(task.scan)
            task.cancel()
            self.changed.emit()

    def was_cancelled(self, kind: str, scan: Volume | None = None) -> bool:
        """Whether the user cancelled a job.

        Args:
            kind: As given to ``start``.
            scan: The scan that the job was about; None for any.

        Returns:
            True from the cancelling of a job of that kind to the next job that the user starts.
        """
        cancelled = self._cancelled.get(kind)
        return cancelled is not None and (scan is None or cancelled() is scan)

    def stop(self) -> None:
        """Cancel all jobs for good and wait until every thread has ended."""
        self.stopped = True
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            task.join()

    def _forget(self, task: Task) -> None:
        self._tasks.remove(task)
        task.deleteLater()
        if task.error is not None:
            log_error(task.kind, task.error)
            self.failed.emit(task.title, task.error)
        self.changed.emit()


def _no_scan() -> None:
    """In the place of a reference to the scan, for a job that is about none."""


def duration_text(seconds: float) -> str:
    """Format a duration as "21 s", "1 min 20 s" or "12 min".

    Args:
        seconds: At least 1 second is shown.

    Returns:
        The translated text; seconds are left out from ten minutes on.
    """
    whole = max(1, round(seconds))
    if whole < 60:
        return tr("{seconds} s", seconds=whole)
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return tr("{minutes} min {seconds:02d} s", minutes=minutes, seconds=rest)
    return tr("{minutes} min", minutes=minutes)
