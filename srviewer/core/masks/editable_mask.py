"""The voxels of a mask that is corrected: changed in place, stroke by stroke."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt

from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress

MOST_LABELS = 65535  # the largest label of an overlay: strokes hold 16 bits a voxel
COUNTED = 2**22  # voxels counted at a time
Places = npt.NDArray[np.int64]
Values = npt.NDArray[np.uint16]
Box = tuple[slice, slice, slice]
Selection = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Stroke:
    """The voxels that one stroke changed, each once.

    Attributes:
        places: (n,) their numbers in memory, with i fastest.
        before: (n,) their labels before.
        after: (n,) their labels after.
    """

    places: Places
    before: Values
    after: Values

    @property
    def nbytes(self) -> int:
        """The memory that it takes, in bytes."""
        return self.places.nbytes + self.before.nbytes + self.after.nbytes


class EditableMask:
    """One array of labels that strokes change, so that no volume is copied.

    It has a version, which undo and redo lead back and on. ``snapshot`` may be called in any
    thread; all else belongs to one.

    Attributes:
        voxels: (i, j, k) labels as float32, not writable, which show every change.
        version: The number of strokes from the mask as it was loaded.
    """

    def __init__(self, voxels: Voxels, counts: npt.NDArray[np.int64]) -> None:
        """Take an array.

        Args:
            voxels: (i, j, k) whole numbers from 0 to ``MOST_LABELS``, with i fastest in memory,
                that nobody else holds.
            counts: (``MOST_LABELS`` + 1,) the number of voxels of each label.
        """
        self._array = voxels
        self._flat = voxels.reshape(-1, order="F")
        self._counts = counts
        self._open: list[tuple[Places, Values]] = []  # of the unfinished stroke: before
        self._copying: list[list[tuple[Places, Values]]] = []
        self._lock = Lock()
        self.version = 0
        self.voxels: Voxels = voxels.view()
        self.voxels.flags.writeable = False

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels along (i, j, k)."""
        i, j, k = self._array.shape
        return i, j, k

    @property
    def is_open(self) -> bool:
        """Whether a stroke has begun and has changed something."""
        return bool(self._open)

    @property
    def counts(self) -> Mapping[int, int]:
        """Label -> its number of voxels, without 0 and without labels that have none."""
        return {int(n): int(self._counts[n]) for n in np.flatnonzero(self._counts) if n}

    def paint(self, box: Box, chosen: Selection, label: int, replaced: int | None) -> bool:
        """Give voxels a label, as a part of the present stroke.

        Args:
            box: A part of the grid.
            chosen: (i, j, k) within the box: the voxels to change.
            label: The new label; 0 erases.
            replaced: Voxels of this label alone are changed; None for those of any.

        Returns:
            Whether any voxel changed.
        """
        part = self._array[box]
        chosen = chosen & ((part != label) if replaced is None else (part == replaced))
        found = np.nonzero(chosen)
        if not found[0].size:
            return False
        places = self.places(*(n + side.start for n, side in zip(found, box, strict=True)))
        self._change(places, np.uint16(label))
        return True

    def places(self, *index: npt.NDArray[np.int_]) -> Places:
        """The numbers in memory of voxels.

        Args:
            *index: Arrays of i, of j, of k.

        Returns:
            An array of their shape.
        """
        (ni, nj, _), (i, j, k) = self._array.shape, index
        return np.asarray(i + ni * (j + nj * k), np.int64)

    def finish(self, label: int) -> Stroke | None:
        """End the present stroke.

        Args:
            label: The label that all its parts gave.

        Returns:
            What it changed, which leads to the next version; None where it changed nothing.
        """
        if not self._open:
            return None
        places = np.concatenate([places for places, _ in self._open])
        before = np.concatenate([values for _, values in self._open])
        with self._lock:
            self._open = []
            self.version += 1
        return Stroke(places, before, np.full(len(places), label, np.uint16))

    def apply(self, stroke: Stroke) -> None:
        """Make a stroke: a new one, or again the one that was taken back last.

        Args:
            stroke: Its ``before`` are the present labels.
        """
        self._change(stroke.places, stroke.after)
        with self._lock:
            self._open = []
            self.version += 1

    def take_back(self, stroke: Stroke) -> None:
        """Take the last stroke back.

        Args:
            stroke: The one that led to the present version.
        """
        self._change(stroke.places, stroke.before)
        with self._lock:
            self._open = []
            self.version -= 1

    def any_voxel(self, label: int, near: int) -> tuple[int, int, int] | None:
        """Find a voxel of a label.

        Args:
            label: The label.
            near: The index k of the slice to look in first.

        Returns:
            The index (i, j, k) of one; None where there is none.
        """
        if not self._counts[label]:
            return None
        for k in sorted(range(self.shape[2]), key=lambda k: abs(k - near)):
            rows = np.flatnonzero(self._array[:, :, k].reshape(-1, order="F") == label)
            if rows.size:
                middle = int(rows[rows.size // 2])
                return middle % self.shape[0], middle // self.shape[0], k
        return None

    def snapshot(self) -> tuple[int, Voxels]:
        """Copy the mask as it was after the last finished stroke, whatever is painted meanwhile.

        Returns:
            The version, and (i, j, k) labels that nothing changes any more.
        """
        with self._lock:
            log, version = list(self._open), self.version
            self._copying.append(log)
        copy = self._array.copy(order="F")
        with self._lock:
            self._copying = [other for other in self._copying if other is not log]
        flat = copy.reshape(-1, order="F")
        for places, before in reversed(log):
            flat[places] = before
        copy.flags.writeable = False
        return version, copy

    def _change(self, places: Places, labels: Values | np.uint16) -> None:
        before = self._flat[places].astype(np.uint16)
        with self._lock:
            self._open.append((places, before))
            for log in self._copying:
                log.append((places, before))
            self._flat[places] = labels
        replaced = np.bincount(before)
        self._counts[: len(replaced)] -= replaced
        given = np.bincount(np.broadcast_to(labels, places.shape))
        self._counts[: len(given)] += given


def editable(voxels: Voxels) -> Job[EditableMask]:
    """Copy a mask in order to correct it.

    Args:
        voxels: (i, j, k) labels, rounded to whole numbers.

    Returns:
        A job with the mask.

    Raises:
        ValueError: A value is below 0 or above ``MOST_LABELS``.
    """
    copy = np.empty(voxels.shape, np.float32, order="F")
    counts = np.zeros(MOST_LABELS + 1, np.int64)
    for share, part in _slabs(voxels):
        yield Progress(share, "Copying the mask")
        labels = np.rint(voxels[:, :, part])
        if labels.size and (labels.min() < 0 or labels.max() > MOST_LABELS):
            raise ValueError(f"labels run from 0 to {MOST_LABELS}")
        copy[:, :, part] = labels
        counts += np.bincount(labels.astype(np.uint16).ravel(order="K"), minlength=len(counts))
    return EditableMask(copy, counts)


def _slabs(voxels: Voxels) -> Iterator[tuple[float, slice]]:
    """Slabs along k, each with the share that is done before it."""
    ni, nj, nk = voxels.shape
    thick = max(1, COUNTED // max(1, ni * nj))
    for start in range(0, nk, thick):
        yield start / nk, slice(start, min(start + thick, nk))
