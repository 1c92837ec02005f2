"""The largest of values that are seen part by part: their upper percentiles, exactly."""

from collections.abc import Callable, Iterable, Iterator
from math import ceil

import numpy as np

from srviewer.core.volumes.volume import Voxels

Parts = Callable[[], Iterable[Voxels]]  # gives the same voxels at each call
PART = 2**22  # values of an array that are looked at together


class Largest:
    """Keeps the ``share`` (0..1) of the largest of at most ``count`` values, and a few more."""

    def __init__(self, share: float, count: int) -> None:
        self._most = ceil(share * count) + 2
        self._kept = np.empty(0, np.float32)
        self._floor = -np.inf
        self._seen = 0

    def add(self, values: Voxels) -> None:
        """Look at more of them."""
        self._seen += values.size
        self._kept = np.concatenate([self._kept, values[values >= self._floor]])
        if self._kept.size > 2 * self._most:
            self._kept = np.partition(self._kept, -self._most)[-self._most :]
            self._floor = float(self._kept[0])

    def percentile(self, percent: float) -> float | None:
        """The percentile of all that were seen, between two values linear; None without any.

        Raises ValueError for one that lies below what is kept.
        """
        if not self._seen:
            return None
        place = (self._seen - 1) * (percent / 100)
        below = int(place)
        from_top = self._seen - below  # 1 for the largest
        if from_top > self._kept.size:
            raise ValueError(f"only the {self._kept.size} largest of {self._seen} values are kept")
        ordered = np.sort(self._kept)[-from_top:].astype(np.float64)
        return float(ordered[0] + (ordered[min(1, from_top - 1)] - ordered[0]) * (place - below))


def parts_of(voxels: Voxels) -> Iterator[Voxels]:
    """An array as flat parts, in whatever order it lies in memory; views where they can be."""
    flat = voxels.ravel(order="K")
    for start in range(0, flat.size, PART):
        yield flat[start : start + PART]
