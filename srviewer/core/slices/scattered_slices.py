"""Slices across the axis that runs fastest in memory, gathered several at a time."""

import numpy as np

from srviewer.core.geometry.grid import Axis
from srviewer.core.volumes.volume import Voxels

# Slices. The processor reads 16 neighbours at once, whether they are used or not; but they must all
# be written, so that more would be seen as a frame that takes longer.
TOGETHER = 4
MOST_BYTES = 5 * 2**20  # of slices that are held together
NEAR = 2  # slices from the last ones that were read: who goes on so will need their neighbours
TILE = 2**17  # bytes: what is turned at once stays in the processor's memory


class ScatteredSlices:
    """Reads the slices of voxels that do not change, across the axis that runs fastest in memory.

    One slice lies scattered over all of the memory; four neighbours take twice as long to gather.
    """

    def __init__(self, voxels: Voxels, axis: Axis, blocks: int = 1) -> None:
        """Take voxels.

        Args:
            voxels: (i, j, k).
            axis: Across the slices; ``is_scattered`` holds.
            blocks: The neighbours that are held at most: one more for each run of slices.
        """
        self.voxels, self.axis = voxels, axis
        ahead = np.flip(voxels, axis) if voxels.strides[axis] < 0 else voxels
        others = sorted((a for a in range(3) if a != axis), key=lambda a: -abs(voxels.strides[a]))
        self._turned = others != sorted(others)
        self._backward = ahead is not voxels
        self._lines = ahead.transpose(*others, axis)  # (slow, fast, slice), slices contiguous
        slow, fast, count = self._lines.shape
        self._together = min(TOGETHER, count, MOST_BYTES // max(1, slow * fast * voxels.itemsize))
        self._most = blocks
        self._blocks: dict[int, Voxels] = {}  # by number, the one that was gathered last at the end
        self._read: list[int] = []  # the numbers that were read last

    def read(self, number: int) -> Voxels:
        """A slice.

        Args:
            number: Of the slice, 0 or more.

        Returns:
            Its values by the two other axes, in their order; not to be written to. They are
            contiguous in the order of the voxels.
        """
        at = self._lines.shape[2] - 1 - number if self._backward else number
        near = any(abs(at - last) <= NEAR for last in self._read)
        self._read = [at, *self._read][: 2 * self._most]
        first = at // max(1, self._together) * self._together
        if first not in self._blocks:
            if not near or self._together < 2:
                return self._oriented(np.ascontiguousarray(self._lines[:, :, at]))
            for oldest in list(self._blocks)[: max(0, len(self._blocks) - self._most + 1)]:
                del self._blocks[oldest]
            self._blocks[first] = self._gathered(first)
        return self._oriented(self._blocks[first][at - first])

    def _oriented(self, pixels: Voxels) -> Voxels:
        return pixels.T if self._turned else pixels

    def _gathered(self, first: int) -> Voxels:
        """(slice, slow, fast): neighbours, in two steps. The first moves all of a place at once."""
        lines = self._lines[:, :, first : first + self._together]
        slow, fast, count = lines.shape
        word = np.dtype((np.void, count * lines.itemsize))
        words = lines.view(word)[..., 0]
        height = max(1, TILE // (fast * word.itemsize))
        tile = np.empty((height, fast), word)
        block = np.empty((count, slow, fast), lines.dtype)
        for top in range(0, slow, height):
            rows = words[top : top + height]
            tile[: len(rows)] = rows
            values = tile[: len(rows)].view(lines.dtype).reshape(len(rows), fast, count)
            block[:, top : top + height] = values.transpose(2, 0, 1)
        return block


def is_scattered(voxels: Voxels, axis: Axis) -> bool:
    """Whether an axis runs fastest in memory, so that a slice across it is read voxel by voxel.

    Args:
        voxels: (i, j, k).
        axis: Across the slices.

    Returns:
        True where neighbours along the axis are neighbours in memory.
    """
    return voxels.shape[axis] > 1 and abs(voxels.strides[axis]) == voxels.itemsize
