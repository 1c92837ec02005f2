"""The pace of planes that move: the pixels that this machine computes in time."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

# The least of the three planes of a scan, which still shows the anatomy, is about 33,000.
FIRST_PIXELS, FEWEST_PIXELS = 110_000, 32_000
EXACT = 3  # pixels interpolated along one axis take the time of one along three
SLOW, QUICK = 3, 8  # frames after which fewer pixels are computed, or more
# More pixels only where even they would leave a quarter of the budget, fewer only a quarter beyond
# it: the same machine never goes from one number to another and back.
ROOM = 1.25


@dataclass(frozen=True)
class Sizes:
    """The numbers of pixels that a pace chooses from, each of the three planes of a scan.

    Attributes:
        budget_s: Of a frame, for all its panes; sixty frames a second have 0.016.
        first: Before anything is measured; None for all pixels of the scan.
        growth: From one number to the next.
        fewest, most: Steps of ``growth`` from the first.
        at_once: Steps towards the fewest after the same slow frames.
    """

    budget_s: float
    first: float | None
    growth: float
    fewest: int
    most: int
    at_once: int


# Pixels interpolated along one axis: about 33,000 at the least, 3e7, beyond any scan, at the most.
OBLIQUE = Sizes(0.004, FIRST_PIXELS, 1.5, -3, 14, at_once=17)
# Pixels of every row, every second or every fourth one. Half as many rows take half the time, with
# half as many pixels in each: memory is read by runs of voxels.
SLAB = Sizes(0.002, None, 2.0, -2, 0, at_once=1)


class Pace:
    """The number of pixels of planes that are computed in a frame while they move.

    The number follows the time that the last frames took: fewer pixels on a slow machine, up to all
    on a fast one.

    Attributes:
        clock: Seconds from any moment on.
    """

    def __init__(self, sizes: Sizes, clock: Callable[[], float] = time.perf_counter) -> None:
        """Begin with the first number.

        Args:
            sizes: The numbers.
            clock: See the class.
        """
        self._sizes, self.clock = sizes, clock
        self._first = float("inf") if sizes.first is None else sizes.first
        self._size = 0  # in steps of growth
        self._in_time: deque[float] = deque(maxlen=QUICK)  # pixels in the budget, by frame
        self._seconds, self._computed = 0.0, 0  # of this frame

    @property
    def pixels(self) -> float:
        """Of the three planes of a scan, the same for all panes of a frame; infinite for all."""
        return self._first * self._sizes.growth**self._size

    @contextmanager
    def frame(self, every: float) -> Iterator[None]:
        """A frame of planes that move; what is computed meanwhile decides the next ones.

        Args:
            every: All pixels of the three planes of the scan.

        Yields:
            Nothing.
        """
        if self._sizes.first is None:
            self._first = every
        self._choose()
        self._seconds, self._computed = 0.0, 0
        yield
        if self._computed:
            # A plane alone takes a third of the time and is no finer than three. Several volumes
            # beside each other share the budget.
            share = min(self._computed, self.pixels)
            self._in_time.append(share * self._sizes.budget_s / max(self._seconds, 1e-6))

    @contextmanager
    def computing(self) -> Iterator[list[int]]:
        """The computation of a plane.

        Yields:
            A list for the number of its pixels, as ``pixels`` counts them.
        """
        pixels: list[int] = []
        started = self.clock()
        yield pixels
        self._seconds += self.clock() - started
        self._computed += sum(pixels)

    def _choose(self) -> None:
        """Another number of pixels, if the last frames were too slow, or all of them quick."""
        known, size, sizes = self._in_time, self._size, self._sizes
        if len(known) < SLOW:
            return
        recent = median(list(known)[-SLOW:])
        if recent * ROOM < self.pixels:
            least = max(sizes.fewest, size - sizes.at_once)
            while self.pixels > recent and self._size > least:
                self._size -= 1
        elif len(known) == QUICK:
            enough = median(known)
            while enough > self.pixels * sizes.growth * ROOM and self._size < sizes.most:
                self._size += 1
        if self._size != size:
            known.clear()


@dataclass(frozen=True)
class Paces:
    """The paces of a study.

    Attributes:
        oblique: Of oblique planes.
        slab: Of thick slabs on plain planes.
    """

    oblique: Pace = field(default_factory=lambda: Pace(OBLIQUE))
    slab: Pace = field(default_factory=lambda: Pace(SLAB))

    @contextmanager
    def frame(self, every: float) -> Iterator[None]:
        """A frame of planes that move, of either kind.

        Args:
            every: All pixels of the three planes of the scan.

        Yields:
            Nothing.
        """
        with self.oblique.frame(every), self.slab.frame(every):
            yield
