"""Islands of a label: removed where they are small, all but the largest, and holes filled."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from srviewer.core.masks.editable_mask import EditableMask, Stroke
from srviewer.core.volumes.volume import Voxels
from srviewer.errors import UserError
from srviewer.job import Job, Progress, aside

SEARCHING = "Searching islands"
Region = npt.NDArray[np.bool_]
Choice = Callable[[Region], Region]  # gives the voxels to change, of those of a label


def without_small(mask: EditableMask, label: int, least_voxels: int) -> Job[Stroke]:
    """Remove the islands of a label that are too small.

    Args:
        mask: The mask; it is not changed.
        label: Above 0.
        least_voxels: Islands of fewer voxels are removed.

    Returns:
        A job with the stroke that erases them. Voxels of an island touch by a face.

    Raises:
        UserError: There is no island so small, or the label has no voxel.
    """

    def small(region: Region) -> Region:
        islands, sizes = _islands(region)
        sizes[0] = least_voxels  # what is around them
        return np.asarray((sizes < least_voxels)[islands])

    nothing = "There is no island below that size. Nothing was changed."
    return (yield from _changed(mask, label, small, 0, nothing))


def largest_alone(mask: EditableMask, label: int) -> Job[Stroke]:
    """Keep the largest island of a label.

    Args:
        mask: The mask; it is not changed.
        label: Above 0.

    Returns:
        A job with the stroke that erases all others. Voxels of an island touch by a face.

    Raises:
        UserError: There is one island alone, or the label has no voxel.
    """

    def others(region: Region) -> Region:
        islands, sizes = _islands(region)
        sizes[0] = 0
        return np.asarray(region & (islands != int(np.argmax(sizes))))

    nothing = "The label is one island already. Nothing was changed."
    return (yield from _changed(mask, label, others, 0, nothing))


def without_holes(mask: EditableMask, label: int) -> Job[Stroke]:
    """Fill the holes of a label: empty voxels that it encloses on all sides.

    Args:
        mask: The mask; it is not changed.
        label: Above 0.

    Returns:
        A job with the stroke that fills them; voxels of other labels stay.

    Raises:
        UserError: There is no hole, or the label has no voxel.
    """

    def holes(region: Region) -> Region:
        from scipy.ndimage import binary_fill_holes  # as in _islands

        return np.asarray(binary_fill_holes(region) & ~region)

    nothing = "The label encloses no empty voxel on all sides. Nothing was changed."
    return (yield from _changed(mask, label, holes, label, nothing))


def _changed(
    mask: EditableMask, label: int, choose: Choice, given: int, nothing: str
) -> Job[Stroke]:
    """The stroke of the voxels that are chosen within the box of a label."""
    yield Progress(0.0, SEARCHING)
    region, first = yield from _region(mask.voxels, label)
    chosen = yield from aside(lambda: choose(region), Progress(0.4, SEARCHING))
    index = [n + start for n, start in zip(np.nonzero(chosen), first, strict=True)]
    before = mask.voxels[tuple(index)].astype(np.uint16)
    if given:  # holes of this label that others fill are theirs
        index, before = [n[before == 0] for n in index], before[before == 0]
    if not before.size:
        raise UserError(nothing)
    return Stroke(mask.places(*index), before, np.full(len(before), given, np.uint16))


def _region(voxels: Voxels, label: int) -> Job[tuple[Region, tuple[int, int, int]]]:
    """The voxels of a label within their box, and the index at which that begins."""
    counted = []
    for axis in range(3):
        yield Progress(0.1 * axis, SEARCHING)
        counted.append(np.zeros(voxels.shape[axis], bool))
    for k in range(voxels.shape[2]):
        inside = voxels[:, :, k] == label
        if inside.any():
            counted[0] |= inside.any(axis=1)
            counted[1] |= inside.any(axis=0)
            counted[2][k] = True
        if k % 16 == 0:
            yield Progress(0.4 * k / voxels.shape[2], SEARCHING)
    if not counted[2].any():
        raise UserError("The label has no voxel. Choose another, or paint it first.")
    ends = [np.flatnonzero(row)[[0, -1]] for row in counted]
    first = (int(ends[0][0]), int(ends[1][0]), int(ends[2][0]))
    box = tuple(slice(int(low), int(high) + 1) for low, high in ends)
    return voxels[box] == label, first


def _islands(region: Region) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Numbers of islands from 1, 0 around them, and how many voxels have each number."""
    from scipy.ndimage import label  # half a second, which the window does not wait for

    islands, count = label(region)
    return islands, np.bincount(islands.ravel(), minlength=count + 1)
