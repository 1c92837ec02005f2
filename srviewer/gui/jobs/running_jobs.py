"""The jobs that are running now: one of each kind, but for those that may run side by side."""

from collections.abc import Callable
from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, Signal

from srviewer.errors import plain
from srviewer.gui.jobs.worker import Worker
from srviewer.gui.texts.translation import tr
from srviewer.gui.user_files.log import log_error
from srviewer.job import Job, Progress

# A guess from less than this (a second, a fiftieth of the job) would jump about.
LEAST_SECONDS, LEAST_FRACTION = 1.0, 0.02


class Task(QObject):
    """One running job: its ``kind``, its ``title`` for people, how far it is.

    ``asked``: somebody started it, and would miss what it makes. The window starts others by
    itself, for what it shows.
    """

    reported = Signal()
    brought = Signal(object)  # a piece of the result, on the way
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
    ) -> None:
        super().__init__(parent)
        self.kind, self.title, self.asked = kind, title, asked
        self.progress = Progress(0.0, title)
        self.error: Exception | None = None
        self.tells_time = True  # its pace so far says how long it will take
        self._started = monotonic()
        self._done, self._wanted = done, wanted
        self._dropped = False
        self._worker = Worker(job, self)
        self._worker.progressed.connect(self._report)
        self._worker.brought.connect(self._bring)
        self._worker.succeeded.connect(self._succeed)
        self._worker.failed.connect(self._fail)
        self._worker.cancelled.connect(self._end)

    def start(self) -> None:
        """Begin to drive the job in its thread."""
        self._worker.start()

    def cancel(self) -> None:
        """Ask for no further step; whatever the job still gives is thrown away."""
        self._dropped = True
        self._worker.requestInterruption()

    def hold(self, held: bool) -> None:
        """Let the job stand still where it is, or go on."""
        self._worker.hold(held)
        self.reported.emit()

    def join(self) -> None:
        """Wait until the thread is gone."""
        self._worker.wait()

    @property
    def cancelling(self) -> bool:
        """Whether it was told to stop and has not stopped yet."""
        return self._dropped

    @property
    def seconds_left(self) -> float | None:
        """From the pace so far; None while that says nothing yet."""
        elapsed, fraction = monotonic() - self._started, self.progress.fraction
        if not self.tells_time or elapsed < LEAST_SECONDS or fraction < LEAST_FRACTION:
            return None
        return elapsed * (1 - fraction) / fraction

    def _report(self, progress: Progress) -> None:
        self.progress = progress
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
            self.error = plain(error)
        self._end()

    def _end(self) -> None:
        self.join()
        self.ended.emit(self)


class Work(QObject):
    """Starts jobs in threads and keeps them until they have ended."""

    changed = Signal()  # a job started, reported or ended
    failed = Signal(str, object)  # the task's title, the exception

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: list[Task] = []
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
    ) -> Task:
        """Run ``job`` and call ``done`` with its result; a running job of its kind is cancelled.

        ``beside``: it goes on. The result is dropped if ``wanted()`` is false by then. ``asked``:
        not by the window alone, see ``missed``.
        """
        if not beside:
            self.cancel(kind)
        task = Task(kind, title, job, done, wanted, asked, self)
        task.reported.connect(self.changed)
        task.ended.connect(self._forget)
        self._tasks.append(task)
        task.start()
        self.changed.emit()
        return task

    def running(self, kind: str) -> Task | None:
        """The job of this kind that is running and still wanted."""
        return next((t for t in self._tasks if t.kind == kind and not t.cancelling), None)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All jobs whose threads are alive, oldest first."""
        return tuple(self._tasks)

    @property
    def missed(self) -> tuple[Task, ...]:
        """Those whose results somebody would miss if everything was stopped now."""
        return tuple(task for task in self._tasks if task.asked and not task.cancelling)

    def cancel(self, kind: str) -> None:
        """Cancel the job of this kind, if there is one."""
        task = self.running(kind)
        if task is not None:
            task.cancel()
            self.changed.emit()

    def stop(self) -> None:
        """Cancel everything and wait until every thread is gone."""
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


def time_left(seconds: float) -> str:
    """Seconds as people say them: "21 s", "1 min 20 s", "12 min"."""
    whole = max(1, round(seconds))
    if whole < 60:
        return tr("{seconds} s", seconds=whole)
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return tr("{minutes} min {seconds:02d} s", minutes=minutes, seconds=rest)
    return tr("{minutes} min", minutes=minutes)
