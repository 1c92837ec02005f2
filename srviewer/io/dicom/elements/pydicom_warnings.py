"""Which of pydicom's warnings matter."""

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
    """Python's filters of warnings are the whole process's: changed once for all threads."""

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
    """Inside, pydicom's warnings are silent, but for a frame cut short, which raises UserWarning.

    It warns of each oddity of a header; what matters there is checked by the caller.
    """
    _silence.enter()
    try:
        yield
    finally:
        _silence.leave()


def seriously(job: Job[R]) -> Job[R]:
    """Run ``job`` with each of its steps inside ``only_serious``, and nothing between them."""
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
