"""Exact upper percentiles of values that are read part by part."""

from collections.abc import Callable, Iterable
from math import ceil

import numpy as np

from srviewer.core.volumes.volume import Voxels

Parts = Callable[[], Iterable[Voxels]]  # gives the same voxels at each call
SAMPLED = 16  # one of so many values is enough to sieve the others


class Largest:
    """Keeps the largest of many values, enough of them for upper percentiles.

    Args:
        share: The share of the values that is kept, 0..1.
        count: The most values that will be added.
    """

    def __init__(self, share: float, count: int) -> None:
        self._most = ceil(share * count) + 2
        self._kept = np.empty(0, np.float32)
        self._floor = -np.inf
        self._seen = 0

    def add(self, values: Voxels) -> None:
        """Add values.

        Args:
            values: Of any shape, of which those that cannot be among the largest are dropped.
        """
        values = values.ravel(order="K")
        self._seen += values.size
        self._floor = max(self._floor, self._bound(values))
        kept = values if self._floor == -np.inf else values[values >= self._floor]
        self._kept = np.concatenate([self._kept, kept])
        if self._kept.size > 2 * self._most:
            self._kept = np.partition(self._kept, -self._most)[-self._most :]
            self._floor = float(self._kept[0])

    def _bound(self, values: Voxels) -> float:
        """A value that enough of many values reach, from a sample of them: a quick first sieve."""
        some = values[::SAMPLED]
        rank = 2 * self._most // SAMPLED + SAMPLED
        if some.size < 4 * rank:
            return -np.inf
        bound = np.partition(some, -rank)[-rank]
        return float(bound) if np.count_nonzero(values >= bound) >= self._most else -np.inf

    def percentile(self, percent: float) -> float | None:
        """The percentile of all values that were added, linear between two values.

        Args:
            percent: 0..100.

        Returns:
            A value; None without any.

        Raises:
            ValueError: The percentile lies below the values that are kept.
        """
        if not self._seen:
            return None
        rank = (self._seen - 1) * (percent / 100)
        below = int(rank)
        from_top = self._seen - below  # 1 for the largest
        if from_top > self._kept.size:
            raise ValueError(f"only the {self._kept.size} largest of {self._seen} values are kept")
        ordered = np.sort(self._kept)[-from_top:].astype(np.float64)
        return float(ordered[0] + (ordered[min(1, from_top - 1)] - ordered[0]) * (rank - below))
