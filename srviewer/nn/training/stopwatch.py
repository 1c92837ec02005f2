"""How long a run has worked: time in which nobody asked for its next step does not count."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Starts at ``seconds``, which a run that is resumed has behind it."""

    def __init__(self, seconds: float) -> None:
        self._zero = time.monotonic() - seconds

    @property
    def seconds(self) -> float:
        """Of work so far."""
        return time.monotonic() - self._zero

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The time inside the block does not count."""
        before = time.monotonic()
        yield
        self._zero += time.monotonic() - before
