"""A thread that runs one job and reports its progress."""

from threading import Event
from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from srviewer.job import Job, Partial, Progress

REPORT_EVERY = 0.05  # seconds; more than about 20 reports a second only slow the window down
LOOK_EVERY = 0.05  # seconds between two checks whether a held job was cancelled
STACK_BYTES = 16 * 2**20  # macOS gives a thread 512 KiB, which the numerical libraries overrun


class Worker(QThread):
    """Runs a job to its end, or until ``requestInterruption()``; closes it in any case.

    Exactly one of ``succeeded`` (with the job's result), ``failed`` (with the exception) and
    ``cancelled`` is sent, after the job was closed. Connect bound methods of QObjects only:
    Qt then calls them in the thread of their object.
    """

    progressed = Signal(object)  # Progress
    brought = Signal(object)  # the part in a Partial; every one is sent
    succeeded = Signal(object)
    failed = Signal(object)  # Exception
    cancelled = Signal()

    def __init__(self, job: Job[Any], parent: QObject) -> None:
        super().__init__(parent)
        self._job = job
        self._going = Event()
        self._going.set()
        self.setStackSize(STACK_BYTES)

    def hold(self, held: bool) -> None:
        """Pause or resume the job.

        Args:
            held: True to ask the job for no further step until this is called again with False.
        """
        if held:
            self._going.clear()
        else:
            self._going.set()

    def run(self) -> None:
        """Called by Qt in the new thread."""
        try:
            finished, result = self._drive()
        except Exception as error:
            self.failed.emit(error)
        else:
            if finished:
                self.succeeded.emit(result)
            else:
                self.cancelled.emit()

    def _drive(self) -> tuple[bool, object]:
        """(whether the job reached its end, its result)."""
        last = float("-inf")
        try:
            while not self.isInterruptionRequested():
                if not self._going.wait(LOOK_EVERY):
                    continue
                try:
                    step: Progress = next(self._job)
                except StopIteration as end:
                    return True, end.value
                if isinstance(step, Partial):
                    self.brought.emit(step.piece)
                if monotonic() - last >= REPORT_EVERY:
                    last = monotonic()
                    self.progressed.emit(step)
            return False, None
        finally:
            self._job.close()
