"""Programs in processes of their own, none of which is waited for without an end.

One that is too slow fails the test with what it said on its standard error, the stacks of its
threads last, and is killed.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, NoReturn, Self

import psutil
import pytest

SECONDS = 120.0  # of patience: what takes two seconds here may take a minute on a busy machine
LAST_SECONDS = 30.0  # to write its stacks and end
TRIES = 20  # to stop a program in the middle of something short


class Child:
    """``with Child(command) as child:`` runs a program, which is gone at the end.

    ``process`` has its standard input; what it writes is read here. One that is to be sent SIGINT
    must be ``interruptible``: where the tests run in the background, a shell has it ignored for all
    of them.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        interruptible: bool = False,
    ) -> None:
        self.process = subprocess.Popen(
            [*map(str, command)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**(os.environ if env is None else env), "PYTHONFAULTHANDLER": "1"},
            cwd=cwd,
            preexec_fn=_heed_interrupts if interruptible else None,
        )
        self._lines: SimpleQueue[str] = SimpleQueue()
        self._errors: SimpleQueue[str] = SimpleQueue()
        self._said = ""
        assert self.process.stdout is not None and self.process.stderr is not None
        self._readers = [
            _reader(self.process.stdout, self._lines),
            _reader(self.process.stderr, self._errors),
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(LAST_SECONDS)
        self._join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            with suppress(OSError):  # what was not taken from its input
                stream.close()

    def errors(self) -> str:
        """What it said on its standard error so far."""
        self._said += _taken(self._errors)
        return self._said

    def line(self, seconds: float = SECONDS) -> str:
        """The next line of its output, without its end."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            over = not self._readers[0].is_alive()
            with suppress(Empty):
                return self._lines.get(timeout=0 if over else 0.1).rstrip("\n")
            if over:
                self._fail("ended without the line that is waited for")
        self._fail(f"did not write the line that is waited for in {seconds:.0f} s")

    def until(self, there: Callable[[], bool], seconds: float = SECONDS) -> None:
        """Wait until something is true that the program makes true while it runs."""
        deadline = time.monotonic() + seconds
        while not there():
            if self.process.poll() is not None:
                self._fail("ended before what is waited for")
            if time.monotonic() > deadline:
                self._fail(f"did not do what is waited for in {seconds:.0f} s")
            time.sleep(0.01)

    def stopped_while(self, there: Callable[[], bool]) -> bool:
        """Stop it while something is true; False where it ended before that was seen.

        However late this process looks, ``there`` is true of the program that stands still, until
        it is sent SIGCONT.
        """
        deadline = time.monotonic() + SECONDS
        while self.process.poll() is None:
            if there():
                self.process.send_signal(signal.SIGSTOP)
                while self.process.poll() is None and self._status() != psutil.STATUS_STOPPED:
                    time.sleep(0.001)
                if self.process.poll() is None and there():
                    return True
                self.process.send_signal(signal.SIGCONT)
            if time.monotonic() > deadline:
                self._fail(f"did not do what is waited for in {SECONDS:.0f} s")
            time.sleep(0.005)
        return False

    def ended(self, seconds: float = SECONDS) -> subprocess.CompletedProcess[str]:
        """Its status once it ended, its lines that were not read yet, and all that it said."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._fail(f"did not end in {seconds:.0f} s")
        self._join()
        return subprocess.CompletedProcess(
            self.process.args, status, _taken(self._lines), self.errors()
        )

    def _status(self) -> str:
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).status()
        return psutil.STATUS_DEAD

    def _join(self) -> None:
        for reader in self._readers:
            reader.join(LAST_SECONDS)

    def _fail(self, why: str) -> NoReturn:
        """Fail the test; a program that still runs is made to tell where it is."""
        if self.process.poll() is None and sys.platform != "win32":
            self.process.send_signal(signal.SIGABRT)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(LAST_SECONDS)
        with suppress(subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait(LAST_SECONDS)
        self._join()
        pytest.fail(f"A program {why}: {self.process.args}\nIt said: {self.errors()}")


@contextmanager
def stopped_child(start: Callable[[], Child], there: Callable[[], bool]) -> Iterator[Child]:
    """A program that stands still while something is true which may be over soon.

    Where it has ended before that was seen, as on a machine that is busy with something else, it is
    started again.
    """
    for _ in range(TRIES):
        with start() as child:
            if child.stopped_while(there):
                yield child
                return
    pytest.fail(f"A program ended {TRIES} times before it was stopped: {child.process.args}")


def ran(
    command: Sequence[str | Path],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    seconds: float = SECONDS,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, whatever its status."""
    with Child(command, env, cwd) as child:
        return child.ended(seconds)


def output(
    command: Sequence[str | Path],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    seconds: float = SECONDS,
) -> str:
    """What a program writes, which must succeed."""
    done = ran(command, env, cwd, seconds)
    assert done.returncode == 0, f"exit status {done.returncode}\n{done.stderr}"
    return done.stdout


def _reader(stream: IO[str], lines: SimpleQueue[str]) -> Thread:
    def read() -> None:
        for line in stream:
            lines.put(line)

    thread = Thread(target=read, daemon=True)
    thread.start()
    return thread


def _taken(lines: SimpleQueue[str]) -> str:
    taken = []
    while not lines.empty():
        taken.append(lines.get())
    return "".join(taken)


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
