"""The labels of a mask or label map: value, name, colour, volume, a voxel inside."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from srviewer.core.regions.label_colours import Colour, distinct_colours
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress

LONGEST_NAME = 120  # characters
SLAB_VOXELS = 2**20
Index = tuple[int, int, int]
Points = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LabelName:
    """The name of a label in a file beside the label map, or in it.

    Attributes:
        value: The label.
        name: Untrusted text.
        colour: RGB, 0..255; None where the file gives none.
    """

    value: int
    name: str
    colour: Colour | None = None


@dataclass(frozen=True)
class Label:
    """A label of a volume.

    Attributes:
        value: The label, 1 or more.
        name: Untrusted text; "" where no file names it.
        colour: RGB, 0..255.
        voxels: Its number of voxels.
        inside: The index (i, j, k) of its voxel that is nearest to its centre of mass.
    """

    value: int
    name: str
    colour: Colour
    voxels: int
    inside: Index


def labels_of(voxels: Voxels, spacing: tuple[float, float, float]) -> Job[tuple[Label, ...]]:
    """List the labels of a volume.

    Args:
        voxels: (i, j, k) labels, rounded to whole numbers; 0 is no label.
        spacing: mm along (i, j, k).

    Returns:
        A job with the labels by their values, without names and in default colours.
    """
    count = int(np.rint(voxels.max())) + 1 if voxels.size else 1
    counts = np.zeros(count, np.int64)
    sums = np.zeros((3, count))
    for share, values, points in _labelled(voxels):
        yield Progress(0.5 * share, "Counting labels")
        counts += np.bincount(values, minlength=count)
        for axis in range(3):
            sums[axis] += np.bincount(values, weights=points[axis], minlength=count)
    centres = sums / np.maximum(counts, 1)
    inside = np.zeros((3, count), np.int64)
    nearest = np.full(count, np.inf)
    for share, values, points in _labelled(voxels):
        yield Progress(0.5 + 0.5 * share, "Counting labels")
        offsets = (points - centres[:, values]) * np.array(spacing)[:, None]
        squares = (offsets**2).sum(axis=0)
        before = nearest.copy()
        np.minimum.at(nearest, values, squares)
        nearer = (squares == nearest[values]) & (squares < before[values])
        inside[:, values[nearer]] = points[:, nearer]
    present = np.flatnonzero(counts).tolist()
    colours = distinct_colours(present)
    return tuple(
        Label(value, "", colours[value], int(counts[value]), _index(inside[:, value]))
        for value in present
    )


def named(labels: Sequence[Label], names: Iterable[LabelName]) -> tuple[Label, ...]:
    """Give labels the names and colours of a file.

    Args:
        labels: The labels of a volume.
        names: The names of these and of other labels; of one value the last counts.

    Returns:
        The labels in the same order; those that are not among ``names`` keep their names. Those
        without a colour in ``names`` get one that no other label has.
    """
    by_value = {entry.value: entry for entry in names}
    values = [label.value for label in labels]
    known = {v: c for v in values if v in by_value and (c := by_value[v].colour) is not None}
    colours = distinct_colours(values, known)
    return tuple(
        replace(
            label,
            name=_storable(by_value[label.value].name) if label.value in by_value else label.name,
            colour=colours[label.value],
        )
        for label in labels
    )


def _storable(name: str) -> str:
    """A name that is short enough and can be written: JSON allows half characters."""
    return name[:LONGEST_NAME].encode("utf-8", "replace").decode("utf-8")


def _labelled(voxels: Voxels) -> Iterator[tuple[float, npt.NDArray[np.int64], Points]]:
    """Slab by slab: the share that is done, the labels above 0, and their indices (3, n)."""
    axis = int(np.argmax(np.abs(voxels.strides)))
    planes = np.moveaxis(voxels, axis, 0)
    thick = max(1, SLAB_VOXELS * len(planes) // max(1, planes.size))
    rest = [other for other in range(3) if other != axis]
    for start in range(0, len(planes), thick):
        slab = np.rint(planes[start : start + thick]).astype(np.int64)
        plane, first, second = np.nonzero(slab > 0)
        points = np.empty((3, len(plane)), np.int64)
        points[axis], points[rest[0]], points[rest[1]] = plane + start, first, second
        yield start / len(planes), slab[plane, first, second], points


def _index(point: Points) -> Index:
    i, j, k = (int(n) for n in point)
    return i, j, k
