"""Pydicom's warnings, silenced but for those that concern the pixels."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TypeVar, cast

from srviewer.job import Job

R = TypeVar("R")

# pydicom's log repeats the values of headers, a patient's name among them: it goes nowhere.
logging.getLogger("pydicom").propagate = False


class _Silence:
    """Python's warning filters, changed once for all threads, since the process has only these."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._before = warnings.catch_warnings()

    def enter(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside > 1:
                return
            self._before = warnings.catch_warnings()
            self._before.__enter__()
            warnings.simplefilter("ignore")
            warnings.filterwarnings("error", message="The end of the encapsulated pixel data")

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._before.__exit__(None, None, None)


_silence = _Silence()


@contextmanager
def only_serious() -> Iterator[None]:
    """Silence pydicom's warnings in the block, but for a cut frame, which raises UserWarning.

    It warns of each oddity of a header; what matters there is checked by the caller.
    """
    _silence.enter()
    try:
        yield
    finally:
        _silence.leave()


def seriously(job: Job[R]) -> Job[R]:
    """Run each step of a job inside ``only_serious``, and nothing between the steps.

    Args:
        job: The job that reads with pydicom.

    Returns:
        What ``job`` returns.
    """
    try:
        while True:
            with only_serious():
                try:
                    step = next(job)
                except StopIteration as end:
                    return cast(R, end.value)
            yield step
    finally:
        job.close()
