"""SIGINT, SIGTERM and SIGHUP end the program in order; one that is ignored on entry stays so."""

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

# Windows has no SIGHUP.
NUMBERS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
UNWRITTEN = 120  # the exit status of Python where what was printed cannot be written
SIGNALLED = 128  # the exit status after a signal is this and its number
STEP_SECONDS = 0.4  # a step that takes longer is not waited for

Handler = Callable[[int, FrameType | None], None]


class Stopped(KeyboardInterrupt):
    """The end of the work by a signal.

    Attributes:
        number: The number of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Stop:
    """The effect of signals on a verb: the first one ends it, others change nothing.

    Within ``steps`` the end of a step is waited for, so that the work is put away where it stands.
    """

    def __init__(self) -> None:
        self._number: int | None = None
        self._in_steps = self._patient = False

    def ask(self, number: int, _frame: FrameType | None) -> None:
        """Handle a signal; only the first one counts.

        Args:
            number: The number of the signal.
            _frame: Not used.

        Raises:
            Stopped: Outside of ``steps``.
        """
        if self._number is not None:
            return
        self._number = number
        if not self._in_steps:
            raise Stopped(number)
        if self._patient:
            return
        if sys.platform == "win32":  # which has no timer for the main thread
            self.check()
        else:
            signal.setitimer(signal.ITIMER_REAL, STEP_SECONDS)

    def insist(self, _number: int, _frame: FrameType | None) -> None:
        """Handle the timer: end a step that takes longer than ``STEP_SECONDS``.

        Args:
            _number: Not used.
            _frame: Not used.

        Raises:
            Stopped: Within a step.
        """
        if self._in_steps:
            self.check()

    def end(self, number: int) -> None:
        """Note that a signal ended the work in another way; those after it change nothing.

        Args:
            number: The number of the signal.
        """
        self._number = number

    def check(self) -> None:
        """Raise Stopped if a signal came; is called between two steps."""
        if self._number is not None:
            self._in_steps = False  # nothing interrupts what is put away now
            raise Stopped(self._number)

    @contextmanager
    def steps(self, patient: bool) -> Iterator[None]:
        """Mark a block in which ``check`` is called often.

        Args:
            patient: A step may take any time; otherwise it is interrupted after ``STEP_SECONDS``.

        Yields:
            Once, for the block.

        Raises:
            Stopped: A signal came before the block or within it.
        """
        self.check()
        self._in_steps, self._patient = True, patient
        try:
            yield
        finally:
            self._in_steps = False
        self.check()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Handle the signals of a block here."""
        self._number = None
        with handled(self.ask):
            if sys.platform == "win32" or not _in_main_thread():
                yield
                return
            before = signal.signal(signal.SIGALRM, self.insist)
            try:
                yield
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)


STOP = Stop()  # signals are the process's, and so is this


@contextmanager
def handled(handler: Handler) -> Iterator[None]:
    """Call a handler for each of the signals that is not ignored; only in the main thread.

    Args:
        handler: Takes the number of the signal and the frame, as in ``signal.signal``.

    Yields:
        Once, for the block, after which the handlers before it are set again.
    """
    if not _in_main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in NUMBERS}
    taken = {
        number: previous
        for number, previous in before.items()
        if previous not in (signal.SIG_IGN, None)
    }  # as for what nohup, or a shell in the background, started
    for number in taken:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, previous in taken.items():
            if signal.getsignal(number) == handler:  # and not ignored since, see ``leave``
                signal.signal(number, previous)


@contextmanager
def blocked() -> Iterator[None]:
    """Keep the signals from this thread, and for good from all that it starts meanwhile."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, NUMBERS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def status_after(stopped: KeyboardInterrupt) -> int:
    """Report on standard error that a signal ended the program.

    Never raises: after SIGHUP there is no terminal any more.

    Args:
        stopped: The interrupt; SIGINT where it is no ``Stopped``.

    Returns:
        The exit status: 128 and the number of the signal.
    """
    number = stopped.number if isinstance(stopped, Stopped) else signal.SIGINT
    ending = "cancelled" if number == signal.SIGINT else f"ended by {signal.Signals(number).name}"
    for stream, text in ((sys.stdout, ""), (sys.stderr, f"srviewer: {ending}.\n")):
        try:
            stream.write(text)
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):  # what waits there would fail once more at the end
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return SIGNALLED + number


def leave(status: int, at_once: bool) -> None:
    """Set the handling of signals for a process that is about to end by itself, or end it.

    At once, and after a signal, nothing interrupts the end: a thread may still load a library, and
    taking one down takes half a second. Otherwise a signal may still come.

    Args:
        status: The exit status of the process.
        at_once: Whether to end without taking down what was loaded.
    """
    signalled = status > SIGNALLED
    for number in NUMBERS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.SIG_IGN if signalled else _end_now)
    if signalled or at_once:
        atexit._run_exitfuncs()
        os._exit(status if _flushed() else UNWRITTEN)


def _flushed() -> bool:
    """Whether all that was printed could be written."""
    written = True
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except OSError:
            written = False
    return written


def _end_now(number: int, _frame: FrameType | None) -> None:
    os._exit(status_after(Stopped(number)))


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
