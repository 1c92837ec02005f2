"""Volumes interpolated linearly at the pixels of an oblique plane, in blocks of rows."""

import os
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.intensity.padding import measured_limits
from srviewer.core.slices.pace import EXACT, Pace
from srviewer.core.slices.rotated_planes import RotatedGrid, RotatedPlace
from srviewer.core.slices.thinned_voxels import Steps, steps_for, thinned_voxels
from srviewer.core.volumes.volume import Volume, Voxels

STEP = "linear interpolation on an oblique plane"
PIXELS = 40_000  # of a block: its arrays stay in the processor's memory, which halves the time
THREADS = min(4, os.cpu_count() or 1)  # that sample blocks; NumPy lets all of them run at once
BLOCKS = 3  # that are worth another thread, since threads wait for each other
MOST_HELD = 3  # volumes of a pane: A, B, and one before
_EDGE = 0.5 + 1e-4  # voxels from the outer centres to the edge, with room for rounding
Index = npt.NDArray[np.float64]


def sampled_plane(volume: Volume, place: RotatedPlace) -> Volume:
    """A volume at the pixels of an oblique plane.

    Between the last voxel centres and the outer edge of the volume its last values go on. A fast
    plane is interpolated along one axis, the thick one or else that nearest to its normal, and
    takes the nearest voxels along the two others, among every second or fourth voxel where pixels
    are so much larger.

    Args:
        volume: The volume.
        place: The plane.

    Returns:
        A volume of a single slice, on ``place.grid``, in the same unit. It holds padding where
        there is nothing of the volume, and where padding would be mixed in.
    """
    grid = place.grid(volume.geometry)
    _, across, up = place.plane.axes
    columns, rows = grid.shape[across], grid.shape[up]
    first = volume.geometry.index(grid.affine[:3, 3])
    by_row, by_column = volume.geometry.index_step(grid.affine[:3, [up, across]].T)
    empty = _empty(volume)
    lines = _Lines(first, by_row, by_column)
    spans = lines.spans(volume.geometry.shape, (rows, columns))
    if place.fast:
        axes = lines.one_axis(volume.geometry)
        steps = steps_for(volume.geometry, grid.spacing[across])
        source = _Source(thinned_voxels(volume, steps), volume.padding, axes)
        lines = lines.among_every(steps)
    else:
        source = _Source(volume.voxels, volume.padding, range(3))
    pixels = _interpolated(source, lines, spans, (rows, columns), empty)
    voxels = np.expand_dims(pixels.T, place.plane.axes[0])  # across comes before up in each plane
    return replace(volume.derived(voxels, grid, STEP), padding=empty)


class PlaneSampler:
    """Samples the oblique planes of one pane, each once; it keeps no volume alive."""

    def __init__(self, pace: Pace) -> None:
        """Begin without planes.

        Args:
            pace: Told of the time that sampling takes.
        """
        self._pace = pace
        self._held: WeakKeyDictionary[Volume, tuple[tuple[object, ...], Volume]]
        self._held = WeakKeyDictionary()

    def forget(self) -> None:
        """Let go of every plane."""
        self._held.clear()

    def sampled(self, volume: Volume, place: RotatedPlace) -> Volume:
        """A volume at the pixels of an oblique plane, as ``sampled_plane`` gives it.

        Args:
            volume: The volume.
            place: The plane.

        Returns:
            The same object while neither changes.
        """
        key, sampled = self._held.pop(volume, ((), volume))
        if key != place.key:
            with self._pace.computing() as pixels:
                key, sampled = place.key, sampled_plane(volume, place)
                pixels.append(sampled.voxels.size * (1 if place.fast else EXACT))
        for oldest in list(self._held)[: 1 - MOST_HELD]:
            del self._held[oldest]
        self._held[volume] = key, sampled
        return sampled


def empty_of(volume: Volume) -> float | None:
    """The value of the pixels of an oblique plane where there is nothing of the volume.

    Args:
        volume: As ``sampled_plane`` gives it, or any other.

    Returns:
        Its padding; None for a volume that is not sampled on an oblique plane.
    """
    return volume.padding if isinstance(volume.geometry, RotatedGrid) else None


def _empty(volume: Volume) -> float:
    """The value of pixels outside of a volume: its padding, else the next below all its values."""
    if volume.padding is not None:
        return volume.padding
    least = np.float32(measured_limits(volume)[0])
    return float(np.nextafter(least, np.float32(-np.inf)))


@dataclass(frozen=True, eq=False)
class _Lines:
    """The indices of pixels in a volume, (3,): ``first + row * by_row + column * by_column``."""

    first: Index
    by_row: Index
    by_column: Index

    def one_axis(self, grid: Geometry) -> tuple[Axis]:
        """The axis of a volume along which to interpolate, if along one alone."""
        if grid.thick_axis is not None:
            return (grid.thick_axis,)
        (a, b, c), (d, e, f) = self.by_row, self.by_column
        across = (abs(b * f - c * e), abs(c * d - a * f), abs(a * e - b * d))  # to the plane
        return (across.index(max(across)),)

    def among_every(self, steps: Steps) -> "_Lines":
        """The indices among the voxels that are kept, one of so many along each axis."""
        first, by_row, by_column = (x / steps for x in (self.first, self.by_row, self.by_column))
        return _Lines(first, by_row, by_column)

    def spans(self, shape: tuple[int, ...], size: tuple[int, int]) -> npt.NDArray[np.int_]:
        """(rows, 2): the first column inside the volume, and the column after the last one."""
        rows, columns = size
        low, high = np.zeros(rows), np.full(rows, columns - 1.0)
        for axis, count in enumerate(shape):
            start = self.first[axis] + np.arange(rows) * self.by_row[axis]
            ends = np.array([-_EDGE - start, count - 1 + _EDGE - start])
            step = self.by_column[axis]
            if abs(step) * columns < 1e-6:
                high[(ends[0] > 0) | (ends[1] < 0)] = -1.0
                continue
            ends = np.sort(ends / step, axis=0)
            low, high = np.maximum(low, ends[0]), np.minimum(high, ends[1])
        first, last = np.ceil(low).astype(int), np.floor(high).astype(int) + 1
        return np.stack([first, np.maximum(first, last)], axis=1)


def _interpolated(
    source: "_Source",
    lines: _Lines,
    spans: npt.NDArray[np.int_],
    size: tuple[int, int],
    empty: float,
) -> Voxels:
    """(rows, columns) values; ``empty`` outside of ``spans``."""
    pixels = np.full(size, empty, np.float32)
    height = max(1, PIXELS // size[1])
    tops = range(0, size[0], height)
    waiting = iter(tops)  # each block is taken by one thread

    def fill() -> None:
        """Fill blocks of rows while there are any."""
        for top in waiting:
            block = spans[top : top + height]
            filled = block[block[:, 0] < block[:, 1]]
            if not len(filled):
                continue
            start, stop = int(filled[:, 0].min()), int(filled[:, 1].max())
            columns = np.arange(start, stop)
            rows = np.arange(top, top + len(block))
            inside = (columns >= block[:, :1]) & (columns < block[:, 1:])
            np.copyto(
                pixels[top : top + len(block), start:stop],
                source.at(lines, rows, columns),
                where=inside,
            )

    others = [_pool().submit(fill) for _ in range(min(THREADS, len(tops) // BLOCKS) - 1)]
    fill()
    for other in others:
        if not other.cancel():  # one that has not begun has nothing left to do
            other.result()
    return pixels


@cache
def _pool() -> ThreadPoolExecutor:
    """The threads beside the one that asks; they start with the first oblique plane."""
    return ThreadPoolExecutor(max(1, THREADS - 1), thread_name_prefix="oblique planes")


class _Source:
    """The voxels of a volume, read by their places in memory.

    Attributes:
        shape: Of the volume.
    """

    def __init__(self, voxels: Voxels, padding: float | None, axes: Collection[Axis]) -> None:
        # Forward along each axis, so that places are counted from the first voxel in memory.
        self._backward = [step < 0 for step in voxels.strides]
        ahead = voxels[tuple(slice(None, None, -1 if back else 1) for back in self._backward)]
        self._flat = ahead.ravel(order="K")  # a view, of a volume that lies together in memory
        order = sorted(range(3), key=lambda axis: ahead.strides[axis])
        self._steps, step = [0, 0, 0], 1
        for axis in order:
            self._steps[axis], step = step, step * voxels.shape[axis]
        self._order: list[Axis] = order
        self._axes = axes  # along which it is interpolated
        self.shape = voxels.shape
        # Half as long where that holds the place of the last voxel.
        self._number: type[np.signedinteger] = np.int32 if voxels.size < 2**31 else np.int64
        offsets = [0]  # of the neighbours from the lowest
        for axis in order:
            if axis in axes:
                further = self._steps[axis] if voxels.shape[axis] > 1 else 0
                offsets += [offset + further for offset in offsets]
        self._corners = [self._flat[offset:] for offset in offsets]
        self._padding = None if padding is None else np.float32(padding)

    def at(
        self, lines: _Lines, rows: npt.NDArray[np.int_], columns: npt.NDArray[np.int_]
    ) -> Voxels:
        """(rows, columns) values; of the nearest voxels beyond the outer centres."""
        place = np.zeros((len(rows), len(columns)), self._number)
        shares = []
        for axis in self._order:
            index = self._index(lines, axis, rows, columns)
            if axis in self._axes:
                below = np.floor(index)
                np.minimum(below, max(self.shape[axis] - 2, 0), out=below)
                index -= below
                shares.append(index)
            else:
                below = np.rint(index, out=index)
            step = below.astype(self._number)
            step *= self._steps[axis]
            place += step
        where = place.astype(np.intp)
        values = [flat.take(where, mode="clip") for flat in self._corners]
        return self._mixed(values, shares)

    def _index(
        self, lines: _Lines, axis: Axis, rows: npt.NDArray[np.int_], columns: npt.NDArray[np.int_]
    ) -> Voxels:
        """The indices along an axis, within the outer centres."""
        last = self.shape[axis] - 1
        start = lines.first[axis] + rows * lines.by_row[axis]
        along = columns * lines.by_column[axis]
        if self._backward[axis]:
            start, along = last - start, -along
        index = start.astype(np.float32)[:, None] + along.astype(np.float32)
        ends = [start[0] + along[0], start[0] + along[-1], start[-1] + along[0]]
        ends.append(start[-1] + along[-1])
        if min(ends) < _EDGE - 0.5 or max(ends) > last - _EDGE + 0.5:
            np.clip(index, 0, last, out=index)
        return np.asarray(index)

    def _mixed(self, values: list[Voxels], shares: list[Voxels]) -> Voxels:
        """The neighbours, joined along one axis after the other."""
        padded = None
        if self._padding is not None:
            padded = np.logical_or.reduce([corner == self._padding for corner in values])
        for share in shares:
            for low, high in zip(values[::2], values[1::2], strict=True):
                high -= low
                high *= share
                high += low
            values = values[1::2]
        if padded is not None and self._padding is not None:
            values[0][padded] = self._padding
        return values[0]
