"""The pace of oblique planes that move: the pixels that this machine samples in time."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

BUDGET_S = 0.004  # of a frame, for the sampling of all its panes; sixty frames a second have 0.016
FIRST_PIXELS = 110_000  # of the three planes of a scan, before anything is measured
GROWTH = 1.5  # from one number of pixels to the next
# The least, which still shows the anatomy, and the most, beyond any scan: about 33,000 and 3e7.
FEWEST, MOST = -3, 14  # steps of ``GROWTH`` from the first
EXACT = 3  # pixels interpolated along one axis take the time of one along three
SLOW, QUICK = 3, 8  # frames after which fewer pixels are sampled, or more
# More pixels only where even they would leave a quarter of the budget, fewer only a quarter beyond
# it: the same machine never goes from one number to another and back.
ROOM = 1.25


class Pace:
    """The number of pixels of oblique planes that are sampled in a frame while they move.

    The number follows the time that sampling took in the last frames: fewer pixels on a slow
    machine, up to all, interpolated along three axes, on a fast one.

    Attributes:
        pixels: Of the three planes of a scan, each interpolated along one axis. The same for all
            panes of a frame.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """Begin with ``FIRST_PIXELS``.

        Args:
            clock: Seconds from any moment on.
        """
        self._clock = clock
        self._size = 0  # in steps of ``GROWTH``
        self._in_time: deque[float] = deque(maxlen=QUICK)  # pixels in ``BUDGET_S``, by frame
        self._seconds, self._sampled = 0.0, 0  # of this frame

    @property
    def pixels(self) -> float:
        """See the class."""
        return FIRST_PIXELS * GROWTH**self._size

    @contextmanager
    def frame(self) -> Iterator[None]:
        """A frame of planes that move; what is sampled meanwhile decides the next ones."""
        self._choose()
        self._seconds, self._sampled = 0.0, 0
        yield
        if self._sampled:
            # A plane alone takes a third of the time and is no finer than three. Several volumes
            # beside each other share the budget.
            share = min(self._sampled, self.pixels)
            self._in_time.append(share * BUDGET_S / max(self._seconds, 1e-6))

    @contextmanager
    def sampling(self, fast: bool) -> Iterator[list[int]]:
        """The sampling of a plane.

        Args:
            fast: Whether it is interpolated along one axis, not three.

        Yields:
            A list for the number of its pixels.
        """
        pixels: list[int] = []
        started = self._clock()
        yield pixels
        self._seconds += self._clock() - started
        self._sampled += sum(pixels) * (1 if fast else EXACT)

    def _choose(self) -> None:
        """Another number of pixels, if the last frames were too slow, or all of them quick."""
        known, size = self._in_time, self._size
        if len(known) < SLOW:
            return
        recent = median(list(known)[-SLOW:])
        if recent * ROOM < self.pixels:
            while self.pixels > recent and self._size > FEWEST:
                self._size -= 1
        elif len(known) == QUICK:
            while median(known) > self.pixels * GROWTH * ROOM and self._size < MOST:
                self._size += 1
        if self._size != size:
            known.clear()
