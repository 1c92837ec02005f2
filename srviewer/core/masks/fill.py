"""Filling of a region in a slice: the voxels that are connected with the one that was clicked."""

import numpy as np

from srviewer.core.geometry.grid import Axis
from srviewer.core.masks.brush import Index, Paint
from srviewer.core.masks.editable_mask import Box, EditableMask, Stroke
from srviewer.errors import UserError
from srviewer.job import Job, Progress, aside

FILLING = "Filling"


def filled(mask: EditableMask, at: Index, normal: Axis, paint: Paint) -> Job[Stroke]:
    """Fill the region of one label around a voxel within its slice.

    Args:
        mask: The mask; it is not changed.
        at: The index (i, j, k) of the voxel.
        normal: The array axis across the slice.
        paint: What happens to the voxels.

    Returns:
        A job with the stroke: of voxels that touch by an edge, have the same label as the first and
        lie in the threshold range.

    Raises:
        UserError: The voxel lies outside the mask, has the label already, has one that is not to be
            replaced or lies outside the threshold range; or the region is empty, has no threshold
            range and reaches the edge of the slice.
    """
    yield Progress(0.0, FILLING)
    if not all(0 <= n < count for n, count in zip(at, mask.shape, strict=True)):
        raise UserError("The mask does not reach there. Click inside it.")
    box = _slice_box(mask, at[normal], normal)
    labels = mask.voxels[box]
    here = tuple(0 if axis == normal else n for axis, n in enumerate(at))
    if labels[here] == paint.label:
        raise UserError("That voxel has the label already. Click inside a region to be filled.")
    if paint.replaced is not None and labels[here] != paint.replaced:
        raise UserError(
            "That voxel has another label, and other labels are kept. Click on empty voxels, or "
            "untick Keep other labels."
        )
    region = labels == labels[here]
    allowed = paint.allows(box)
    if allowed is not None:
        region &= allowed
        if not region[here]:
            raise UserError(
                "The grey level there is outside the threshold range. Click elsewhere, or change "
                "the range."
            )
    region = yield from aside(lambda: _connected(region, here), Progress(0.3, FILLING))
    if labels[here] == 0 and allowed is None and _reaches_edge(region, normal):
        raise UserError(
            "The region is not enclosed in this slice: it reaches the edge of the slice. Close its "
            "border with the brush, or set a threshold range."
        )
    index = [n + side.start for n, side in zip(np.nonzero(region), box, strict=True)]
    places = mask.places(*index)
    before = np.full(len(places), int(labels[here]), np.uint16)
    return Stroke(places, before, np.full(len(places), paint.label, np.uint16))


def _slice_box(mask: EditableMask, number: int, normal: Axis) -> Box:
    i, j, k = (
        slice(number, number + 1) if axis == normal else slice(0, count)
        for axis, count in enumerate(mask.shape)
    )
    return i, j, k


def _connected(region: np.ndarray, here: tuple[int, ...]) -> np.ndarray:
    from scipy.ndimage import label  # half a second, which the window does not wait for

    parts, _ = label(region)
    return np.asarray(parts == parts[here])


def _reaches_edge(region: np.ndarray, normal: Axis) -> bool:
    return any(
        bool(region.take(end, axis).any()) for axis in range(3) if axis != normal for end in (0, -1)
    )
