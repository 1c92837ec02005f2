"""The lower bound of a result: no voxel below a value, with data consistency kept."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.slabwise import SLAB_VOXELS, slabwise
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job

Rows = npt.NDArray[np.float64]  # (thin or thick voxels along one axis, lines)

# Where slices overlap or leave gaps: the largest change of a thick voxel that is accepted, as a
# share of the intensity range, and the most rounds to reach it.
TOLERANCE = 1e-4
MOST_ROUNDS = 200
ROUNDS_VOXELS = SLAB_VOXELS // 16  # in a slab that takes so many rounds


def raised(
    result: Voxels, degradation: Degradation, lowest: float, data_range: float
) -> Job[Voxels]:
    """Apply ``raised_slab`` to a volume, slab by slab beside the thick axis.

    Args:
        result: (i, j, k) thin voxels.
        degradation: The acquisition of the thick slices from the thin ones.
        lowest: The lower bound, in the unit of the voxels.
        data_range: The scan's intensity range, in the same unit.

    Returns:
        A job with the voxels, (i, j, k).
    """

    def of_slab(slab: Voxels) -> Voxels:
        return raised_slab(slab, degradation, lowest, data_range)

    slab_voxels = None if degradation.is_block_mean else ROUNDS_VOXELS
    message = "Applying the lower bound"
    return slabwise(of_slab, result, message=message, along=degradation.axis, voxels=slab_voxels)


def raised_slab(slab: Voxels, degradation: Degradation, lowest: float, data_range: float) -> Voxels:
    """Raise voxels to a lower bound so that the slab still degrades to the same thick voxels.

    Where each thick voxel is the mean of its own thin ones that is exact, but for rounding: they
    become the nearest values (least squares) of the same mean, none below ``lowest``. For another
    profile or thickness it is approached until ``TOLERANCE`` or for ``MOST_ROUNDS``; it may not
    exist. A thick voxel below ``lowest`` is raised to it. Voxels without one below the bound nearby
    are left bit for bit. Lines along the axis do not depend on each other.

    Args:
        slab: (i, j, k), all of the axis of ``degradation``.
        degradation: The acquisition of the thick slices from the thin ones.
        lowest: The lower bound, in the unit of the voxels; rounded to single precision.
        data_range: The scan's intensity range, in the same unit.

    Returns:
        (i, j, k) float32; ``slab`` itself where no voxel is below the bound.
    """
    least = float(np.float32(lowest))
    rows = np.moveaxis(slab, degradation.axis, 0)
    flat = rows.reshape(rows.shape[0], -1)
    if not (flat < least).any():
        return slab
    flat = flat.copy() if np.may_share_memory(flat, slab) else flat
    if degradation.is_block_mean:
        _raise_blocks(flat, degradation.factor, least)
    else:
        _raise_lines(flat, degradation, least, TOLERANCE * data_range)
    return np.moveaxis(flat.reshape(rows.shape), 0, degradation.axis)


def _raise_blocks(flat: Voxels, factor: int, least: float) -> None:
    """Change ``flat`` (thin voxels, lines) in place; a remainder at the far end has no mean."""
    count = flat.shape[0] // factor
    blocks = flat[: count * factor].reshape(count, factor, -1)
    block, line = np.nonzero((blocks < least).any(axis=1))
    blocks[block, :, line] = _nearest_of_mean(blocks[block, :, line].astype(np.float64), least)
    np.maximum(flat, np.float32(least), out=flat)


def _nearest_of_mean(values: Rows, least: float) -> Rows:
    """The nearest row of the same mean without a value below ``least``, for each row.

    All that stay above it are lowered by the same number (projection onto a simplex).
    """
    above = values - least
    total = np.maximum(above.sum(axis=1, keepdims=True), 0)
    largest = -np.sort(-above, axis=1)
    number = np.arange(1, values.shape[1] + 1)
    lowered = (np.cumsum(largest, axis=1) - total) / number
    kept = np.maximum((largest > lowered).sum(axis=1, keepdims=True), 1)
    by = np.take_along_axis(lowered, kept - 1, axis=1)
    return np.asarray(np.maximum(above - by, 0) + least)


def _raise_lines(flat: Voxels, degradation: Degradation, least: float, allowed: float) -> None:
    """Change the lines of ``flat`` that hold a voxel below ``least``, in place.

    Each round spreads what a thick voxel has too much over its thin ones by the slice profile and
    raises again what fell below (projected simultaneous algebraic reconstruction).
    """
    profile = replace(degradation, axis=0)
    open_lines = np.flatnonzero((flat < least).any(axis=0))
    values = flat[:, open_lines]
    wanted = np.maximum(profile.apply(values), np.float32(least))
    share = _spread(np.ones((wanted.shape[0], 1), np.float32), profile, len(flat))
    share = np.where(share > 0, 1 / np.where(share > 0, share, 1), 0).astype(np.float32)
    values = np.maximum(values, np.float32(least))
    for _ in range(MOST_ROUNDS):
        residual = profile.apply(values) - wanted
        ended = np.abs(residual).max(axis=0) <= allowed
        flat[:, open_lines[ended]] = values[:, ended]
        going = ~ended
        open_lines, wanted = open_lines[going], wanted[:, going]
        if not open_lines.size:
            return
        step = _spread(residual[:, going], profile, len(flat)) * share
        values = np.maximum(values[:, going] - step, np.float32(least))
    flat[:, open_lines] = values


def _spread(thick: Voxels, profile: Degradation, thin_count: int) -> Voxels:
    """The transpose of the degradation: thick rows onto the thin ones they come from."""
    first, taps = profile.weights()
    before = max(0, -first)
    span = (len(thick) - 1) * profile.factor + 1
    room = max(thin_count, span + first + len(taps)) + before
    wide = np.zeros((room, thick.shape[1]), np.float32)
    for offset, weight in enumerate(taps, start=first + before):
        wide[offset : offset + span : profile.factor] += np.float32(weight) * thick
    thin = wide[before : before + thin_count]
    # Beyond its ends the array is continued by its last slice.
    thin[0] += wide[:before].sum(axis=0)
    thin[-1] += wide[before + thin_count :].sum(axis=0)
    return thin
