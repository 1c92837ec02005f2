"""Joins the 3D window to the drawing process: starts it, hands volumes over, takes pictures."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from srviewer.core.percentage import percentage
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.gui.jobs.running_jobs import RunningJobs
from srviewer.gui.texts.translation import mark, tr
from srviewer.job import Job, within
from srviewer.three_d.drawing_process import DrawingProcess, backends
from srviewer.three_d.drawn_volume import DrawnVolume, drawn
from srviewer.three_d.scene import Picture

KIND = "3D"
LOOK_EVERY = 12  # ms between two looks for a picture that was asked for
NO_OPENGL = mark(
    "Nothing can be drawn in 3D here: VTK found no OpenGL that works. A GPU is not needed, but "
    "its software is: on Debian and Ubuntu install libegl1 and libgl1-mesa-dri, elsewhere the "
    "driver of the graphics card, then try again. Everything else works without it."
)
ENDED = mark(
    "The drawing in 3D ended unexpectedly; the memory may have been too small for it. Nothing "
    "else is affected. Try again, perhaps with fewer other programs open."
)
START_LIMIT = 60_000  # ms for each kind of render window: VTK takes seconds to load
TOO_LONG = mark(
    "The drawing in 3D did not start within {seconds:g} s. The machine may be busy, or the driver "
    "of its graphics card hangs. Nothing else is affected. Try again, perhaps with fewer other "
    "programs open; restart the computer where it does not help."
)
QUIET_FOR = 10_000  # ms without an answer after which that is said
GIVEN_UP_AFTER = 120_000  # ms: the finest picture of a large volume takes seconds
QUIET = mark(
    "The drawing has not answered for {seconds:g} s. The machine may be busy, or the driver of its "
    "graphics card hangs. After {limit:g} s it is ended."
)
HUNG = mark(
    "The drawing in 3D did not answer for {limit:g} s and was ended. The machine may be busy, or "
    "the driver of its graphics card hangs. Nothing else is affected. Try again, perhaps with "
    "fewer other programs open; restart the computer where it does not help."
)
WAITING = mark("Starting the drawing\u2026")


class DrawingLink(QObject):
    """The drawing process and what it is doing.

    Attributes:
        volumes: What it has, without the voxels, in the order of the panes.
    """

    loaded = Signal()  # the volumes are there, and pictures can be asked for
    drawn = Signal(object)  # a Drawn
    status_changed = Signal(str)  # what it is doing, translated; "" for nothing
    quiet = Signal(str)  # that it does not answer, translated; "" once it does
    failed = Signal(str)  # why nothing can be drawn, translated

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.volumes: tuple[DrawnVolume, ...] = ()
        self._process: DrawingProcess | None = None
        self._left: Iterator[str] = iter(())  # backends that were not tried yet
        self._asked: tuple[tuple[Volume, ...], bool] = ((), True)
        self._numbers: tuple[int, ...] = ()
        self._last = 0
        self._sent: Picture | None = None
        self._next: Picture | None = None
        self._work = RunningJobs(self)
        self._work.failed.connect(self._fail_to_prepare)
        self._work.changed.connect(self._tell)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self._look)
        self._limit = QTimer(self)  # runs while a process starts
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._start_late)
        self._silence = QTimer(self)  # runs while an answer is waited for
        self._silence.timeout.connect(self._note_silence)
        self._silent_for = 0  # ms

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the volumes, for a Picture."""
        return self._numbers

    @property
    def busy(self) -> bool:
        """Whether volumes are on their way, or a picture is asked for that has not come yet."""
        asked = self._process is not None and self._process.asked > 0
        return asked or self._next is not None or bool(self._work.tasks) or self._starting

    @property
    def pid(self) -> int | None:
        """The number of the drawing process; None while there is none."""
        return None if self._process is None else self._process.pid

    def show_volumes(self, volumes: tuple[Volume, ...], as_measured: bool) -> None:
        """Draw these volumes from now on.

        Args:
            volumes: In the order of the panes; none ends the process and frees its memory.
            as_measured: Whether each slice is drawn as thick as it was measured.
        """
        self._work.cancel(KIND)
        self._asked, self.volumes, self._numbers = (volumes, as_measured), (), ()
        self._next = None
        if not volumes:
            self._end()
        elif self._process is None:
            self._left = iter(backends())
            self._start_next(tr(NO_OPENGL))
        elif self._process.ready:
            self._send()

    def ask(self, picture: Picture) -> None:
        """Ask for a picture instead of those that were asked for before.

        Args:
            picture: What it shows; of two that are both moving, the first is drawn to its end.
        """
        process = self._process
        if process is None or not self._numbers:
            return
        if process.asked and self._sent is not None and self._sent.moving:
            self._next = picture
            return
        self._next, self._sent = None, picture
        if not process.asked:
            self._silence.start(QUIET_FOR)
        process.ask(picture)
        self._timer.start()

    def stop(self) -> None:
        """End the process and every job, for good."""
        self._end()  # first, or the job would wait for a drawing that is busy
        self._work.stop()

    @property
    def _starting(self) -> bool:
        return self._process is not None and not self._process.ready

    def _start_next(self, reason: str) -> None:
        """Try the next kind of render window; ``reason``: why nothing is drawn without one."""
        self._end()
        backend = next(self._left, None)
        if backend is None:
            self.failed.emit(reason)
            return
        self.status_changed.emit(tr(WAITING))
        self._process = DrawingProcess(backend)
        self._timer.start()
        self._limit.start(START_LIMIT)

    def _send(self) -> None:
        volumes, as_measured = self._asked
        process, first = self._process, self._last + 1
        if process is None or not volumes:
            return
        self._last += len(volumes)
        job = _prepared_and_sent(process, volumes, first, as_measured)
        self._work.start(KIND, tr("3D"), job, self._take, lambda: True)

    def _take(self, volumes: dict[int, DrawnVolume] | None) -> None:
        """The volumes have arrived; None where the process has ended, which ``_look`` sees."""
        if volumes is None:
            self._timer.start()
            return
        self._hear()
        self._numbers, self.volumes = tuple(volumes), tuple(volumes.values())
        self.status_changed.emit("")
        self.loaded.emit()

    def _look(self) -> None:
        process = self._process
        asked = 0 if process is None else process.asked
        answers = None if process is None else process.answers()
        if process is None or answers is None:
            self._note_end()
            return
        if process.ready:
            self._limit.stop()
        if process.asked < asked:
            self._hear()
        waiting = self._asked[0] and not self._numbers and self._work.running(KIND) is None
        if process.ready and waiting:
            self._send()
        if answers:
            self.drawn.emit(answers[-1])
        if self._next is not None and not process.asked:
            self.ask(self._next)
        if process.ready and not process.asked:
            self._timer.stop()

    def _start_late(self) -> None:
        """The process neither started in time nor ended, as where a driver hangs."""
        if self._starting:
            self._start_next(tr(TOO_LONG, seconds=START_LIMIT / 1000))

    def _hear(self) -> None:
        """It answers; another answer may be waited for."""
        if self._silent_for:
            self.quiet.emit("")
        self._silent_for = 0
        if self.busy:
            self._silence.start(QUIET_FOR)
        else:
            self._silence.stop()

    def _note_silence(self) -> None:
        """Nothing came for a while, though the process has started and has not ended."""
        if not self.busy or self._starting:
            self._silence.stop()
            return
        self._silent_for += QUIET_FOR
        limit = GIVEN_UP_AFTER / 1000
        if self._silent_for < GIVEN_UP_AFTER:
            self.quiet.emit(tr(QUIET, seconds=self._silent_for / 1000, limit=limit))
            return
        self._end()
        self.failed.emit(tr(HUNG, limit=limit))

    def _note_end(self) -> None:
        """The process has ended by itself."""
        if self._starting:
            self._start_next(tr(NO_OPENGL))
        elif self._process is not None:
            self._end()
            self.failed.emit(tr(ENDED))

    def _end(self) -> None:
        self._timer.stop()
        self._limit.stop()
        self._silence.stop()
        if self._silent_for:
            self._silent_for = 0
            self.quiet.emit("")
        self._work.cancel(KIND)
        self._numbers, self.volumes, self._sent, self._next = (), (), None, None
        if self._process is not None:
            self._process.close()
            self._process = None

    def _tell(self) -> None:
        task = self._work.running(KIND)
        if task is not None:
            self._hear()
            self.status_changed.emit(
                f"{tr(task.progress.message)}  {percentage(task.progress.fraction)}"
            )

    def _fail_to_prepare(self, title: str, error: Exception) -> None:
        self._end()
        self.failed.emit(tr(str(error)) if isinstance(error, UserError) else tr(ENDED))


def _prepared_and_sent(
    process: DrawingProcess, volumes: tuple[Volume, ...], first: int, as_measured: bool
) -> Job[dict[int, DrawnVolume] | None]:
    """Prepare volumes and hand them over; without voxels, since the process has them now."""
    prepared: dict[int, DrawnVolume] = {}
    share = 0.8 / len(volumes)
    for number, volume in enumerate(volumes):
        stage = drawn(volume, as_measured)
        done = yield from within(stage, number * share, (number + 1) * share)
        prepared[first + number] = done
    try:
        yield from within(process.sending(prepared), 0.8, 1.0)
    except OSError:
        return None
    empty = np.zeros((0, 0, 0), np.uint16)
    return {number: replace(volume, values=empty) for number, volume in prepared.items()}
