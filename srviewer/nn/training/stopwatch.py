"""Working time of a run, without the time in which nobody asked for its next step."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Counts from ``seconds`` on, the time that a resumed run has behind it."""

    def __init__(self, seconds: float) -> None:
        self._zero = time.monotonic() - seconds

    @property
    def seconds(self) -> float:
        """Seconds of work so far."""
        return time.monotonic() - self._zero

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Leave out the time that is spent inside the block."""
        before = time.monotonic()
        yield
        self._zero += time.monotonic() - before
