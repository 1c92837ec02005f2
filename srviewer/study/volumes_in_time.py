"""The volumes of a series in time, kept in memory as the file stores them, within a bound."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event, Lock
from time import monotonic, sleep
from typing import Any

import numpy as np
import numpy.typing as npt

from srviewer.core.intensity.padding import measured_voxels
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.io.scans.series import Series
from srviewer.job import Job, Partial, Progress, mapped, within
from srviewer.study.opening import prepared
from srviewer.study.state.study_state import StudyState

MOST_BYTES = 2**30
LOOK_EVERY, SHORTEST = 0.03, 0.003  # seconds between two checks whether playing was cancelled
Curve = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Stored:
    """A volume in the data type of its file where that loses nothing, else in float32."""

    header: ScanHeader
    numbers: npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class AtTime:
    """A volume with its number in the series, from 0."""

    frame: int
    volume: Volume


class VolumesInTime:
    """Reads the volumes of a series; those read last stay in memory. Threads may share it.

    Attributes:
        series: The series.
    """

    def __init__(self, series: Series, most_bytes: int = MOST_BYTES) -> None:
        self.series = series
        self._most_bytes = most_bytes
        self._stored: OrderedDict[int, Stored] = OrderedDict()  # the one used last at the end
        self._lock = Lock()
        self._passed = False  # one pass is enough: what found no room then would find none now

    @property
    def kept(self) -> tuple[int, ...]:
        """The numbers of the volumes in memory, from 0, in ascending order."""
        with self._lock:
            return tuple(sorted(self._stored))

    def read(self, frame: int) -> Job[Volume]:
        """Read a volume, from memory where it is there.

        Args:
            frame: Its number, from 0.

        Returns:
            A job with the volume, as ``prepared`` gives it.
        """
        with self._lock:
            stored = self._stored.get(frame)
            if stored is not None:
                self._stored.move_to_end(frame)
        if stored is not None:
            return (yield from prepared(_in_memory(stored)))
        volume = yield from prepared(self.series.read(frame))
        self._keep(frame, _stored(volume))
        return volume

    def read_all(self) -> Job[None]:
        """Read the volumes that are not in memory, as far as they find room there.

        A volume is a step: ``Partial`` with nothing in it, since ``means`` has it then.
        """
        yield from self.read_ahead()
        frames = self.series.frames
        for frame in range(frames):
            if frame in self.kept:
                continue
            if self._is_full():
                return
            job = self.series.read(frame)
            volume = yield from within(job, frame / frames, (frame + 1) / frames)
            self._keep(frame, _stored(volume))
            yield Partial((frame + 1) / frames, f"Reading {volume.name}", None)

    def read_ahead(self) -> Job[None]:
        """Read as many volumes as find room, where one pass through the file is the fastest way.

        They are kept once the whole file was checked.
        """
        if self.series.read_each is None or len(self.kept) == self.series.frames or self._passed:
            return
        read: list[Stored] = []

        def take(step: Progress) -> Progress:
            if isinstance(step, Partial) and isinstance(step.piece, Volume):
                row = _stored(step.piece)
                if (len(read) + 1) * row.numbers.nbytes <= self._most_bytes:
                    read.append(row)
            return Progress(step.fraction, step.message)

        late = yield from mapped(self.series.read_each(), take)
        self._passed = True
        for frame, row in enumerate(read):
            header = replace(row.header, warnings=(*row.header.warnings, *late))
            self._keep(frame, replace(row, header=header))

    def play(
        self, start: int, rate: Callable[[], float], loop: Callable[[], bool], shown: Event
    ) -> Job[None]:
        """Bring the volumes one after another, each as a ``Partial`` with an ``AtTime``.

        The job ends after the last volume, unless it loops.

        Args:
            start: The number of the first volume, from 0.
            rate: Gives the volumes per second.
            loop: Gives whether the first volume follows the last.
            shown: Is set when the volume that was brought is shown; the next one waits for that.
        """
        yield from self.read_ahead()
        frames = self.series.frames
        frame, due = start, monotonic()
        while frame < frames or loop():
            frame %= frames
            volume = yield from within(self.read(frame), frame / frames, frame / frames)
            while (early := due - monotonic()) > 0 or not shown.is_set():
                yield Progress(frame / frames, volume.name)
                sleep(min(max(early, SHORTEST), LOOK_EVERY))
            shown.clear()
            due = max(due, monotonic() - 1 / rate()) + 1 / rate()
            yield Partial(frame / frames, volume.name, AtTime(frame, volume))
            frame += 1

    def means(self, indices: npt.NDArray[np.int_]) -> Curve:
        """The mean of some voxels in each volume.

        Args:
            indices: (n, 3), inside the grid.

        Returns:
            (frames,) in the unit of the series; NaN for a volume that is not in memory, and where
            all of the voxels are padding.
        """
        curve = np.full(self.series.frames, np.nan)
        with self._lock:
            stored = tuple(self._stored.items())
        for frame, row in stored:
            values = measured_voxels(row.numbers[tuple(indices.T)], row.header.padding)
            if values.size:
                curve[frame] = values.astype(np.float64).mean()
        return curve

    def _keep(self, frame: int, stored: Stored) -> None:
        """Keep a volume that was read; those that were used longest ago make way."""
        with self._lock:
            self._stored[frame] = stored
            self._stored.move_to_end(frame)
            while len(self._stored) > 1 and self._bytes() > self._most_bytes:
                self._stored.popitem(last=False)

    def _is_full(self) -> bool:
        with self._lock:
            largest = max((row.numbers.nbytes for row in self._stored.values()), default=0)
            return self._bytes() + largest > self._most_bytes

    def _bytes(self) -> int:
        return sum(row.numbers.nbytes for row in self._stored.values())


def in_time(state: StudyState) -> bool:
    """Whether the scan is one of several volumes of a series.

    Args:
        state: The study.

    Returns:
        True where another volume can be shown.
    """
    return state.origin is not None and state.origin.series.frames > 1


def _stored(volume: Volume) -> Stored:
    """A volume with the whole numbers of its file, which are half as large as float32."""
    dtype = np.dtype(volume.stored_as)
    if dtype.kind in "iu" and dtype.itemsize < volume.voxels.itemsize:
        with np.errstate(invalid="ignore"):
            numbers = volume.voxels.astype(dtype)
        if np.array_equal(numbers, volume.voxels):
            return Stored(volume.header, numbers)
    return Stored(volume.header, volume.voxels)


def _in_memory(stored: Stored) -> Job[Volume]:
    yield Progress(0.0, f"Reading {stored.header.name}")
    return stored.header.with_voxels(np.asarray(stored.numbers, np.float32))
