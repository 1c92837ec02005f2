"""Removal of noise from thick slices, as far as it can be distinguished from fine anatomy.

Overlapping blocks go through the discrete cosine transform, in which noise is spread over all
coefficients and anatomy lies in few of them. Small ones are left out (Yaroslavsky 1996); what is
left sets the Wiener gain of a second round (the pilot of Dabov et al. 2007, without its grouping).
"""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from srviewer.core.geometry.grid import Axis
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, within

# Of the range. Up to here fine anatomy of scans without added noise measures as noise (the flattest
# parts of a FLAIR of 1 mm: 1.8 %), so nothing is removed, and above it the square of this is left.
INDISTINGUISHABLE = 0.018
LARGEST_CHANGE = 3.0  # of a voxel, in standard deviations of the noise
BLOCK = (4, 8, 8)  # slices, rows, columns
STEP = (1, 4, 4)  # from block to block
THRESHOLD = 2.2  # standard deviations, below which a coefficient counts as noise
MOST_BLOCKS = 4096  # in one step of the job
REMOVING = "Removing noise"

Blocks = tuple[int, slice, slice]
Covered = tuple[slice, slice]


def removable(noise: float) -> float:
    """The part of the noise of a scan that can be removed.

    Args:
        noise: Of the scan, as ``noise_level`` gives it.

    Returns:
        A standard deviation as a share of the range; 0 up to ``INDISTINGUISHABLE``.
    """
    return float(np.sqrt(max(0.0, noise**2 - INDISTINGUISHABLE**2)))


def without_noise(voxels: Voxels, axis: Axis, noise: float, data_range: float) -> Job[Voxels]:
    """Remove noise from thick slices.

    Args:
        voxels: (i, j, k), without padding.
        axis: The axis across the slices, 0..2.
        noise: Of the scan, as ``noise_level`` gives it, a share of the range.
        data_range: The intensity range, in the unit of ``voxels``.

    Returns:
        A job with float32 voxels of the same shape and unit. None differs by more than
        ``LARGEST_CHANGE`` times the noise, nor all of them by more than the noise at the root mean
        square. ``voxels`` itself where nothing can be removed.
    """
    sigma = np.float32(removable(noise))
    if not sigma:
        return voxels
    measured = np.ascontiguousarray(np.moveaxis(voxels, axis, 0), dtype=np.float32)
    slices = measured / np.float32(data_range)  # squares of any unit fit into float32
    pilot = yield from within(_filtered(slices, None, sigma), 0.0, 0.45)
    cleaned = yield from within(_filtered(slices, pilot, sigma), 0.45, 1.0)
    most = np.float32(LARGEST_CHANGE * noise)
    change = np.clip(cleaned - slices, -most, most)
    size = float(np.sqrt(np.mean(np.square(change), dtype=np.float64)))
    change *= np.float32(min(1.0, noise / max(size, 1e-30)) * data_range)
    return np.moveaxis(measured + change, 0, axis)


def _filtered(slices: Voxels, pilot: Voxels | None, sigma: np.float32) -> Job[Voxels]:
    """One round over all blocks: a threshold, or with a pilot its Wiener gain."""
    # Loaded late: half a second that no other reconstruction waits for.
    from scipy.fft import dctn, idctn

    shape = tuple(map(min, BLOCK, slices.shape))
    noisy = _extended(slices, shape)
    clean = None if pilot is None else sliding_window_view(_extended(pilot, shape), shape)
    blocks = sliding_window_view(noisy, shape)
    total, weights = np.zeros_like(noisy), np.zeros_like(noisy)
    spans = tuple(_spans(blocks.shape))
    for number, (where, into) in enumerate(spans):
        yield Progress(number / len(spans), REMOVING)
        found = dctn(blocks[where], axes=(2, 3, 4), norm="ortho")
        if clean is None:
            gain = (np.abs(found) > THRESHOLD * sigma).astype(np.float32)
        else:
            power = dctn(clean[where], axes=(2, 3, 4), norm="ortho") ** 2
            gain = power / (power + sigma**2)
        gain[:, :, 0, 0, 0] = 1  # the mean of a block is no noise
        found *= gain
        weight = 1 / np.square(gain, out=gain).sum(axis=(2, 3, 4))
        parts = idctn(found, axes=(2, 3, 4), norm="ortho") * weight[..., None, None, None]
        _add(total[into], parts)
        _add(weights[into], np.broadcast_to(weight[..., None, None, None], parts.shape))
    total /= weights
    return total[tuple(map(slice, slices.shape))]


def _extended(slices: Voxels, block: tuple[int, ...]) -> Voxels:
    """Slices mirrored beyond their far ends, so that blocks at every step reach each voxel."""
    lengths = zip(slices.shape, block, STEP, strict=True)
    more = [(0, -(count - size) % step) for count, size, step in lengths]
    return np.pad(slices, more, mode="symmetric")


def _spans(
    counts: tuple[int, ...],
) -> Iterator[tuple[tuple[int, slice, slice], tuple[slice, slice]]]:
    """The blocks of each step of the job, and the slices and rows that they cover."""
    columns = -(-counts[2] // STEP[2])
    rows = max(1, MOST_BLOCKS // columns) * STEP[1]
    for first in range(0, counts[0], STEP[0]):
        for start in range(0, counts[1], rows):
            stop = min(start + rows, counts[1])
            where = first, slice(start, stop, STEP[1]), slice(None, None, STEP[2])
            yield where, (slice(first, None), slice(start, None))


def _add(total: Voxels, parts: Voxels) -> None:
    """Add blocks, (rows, columns, *block), where they lie."""
    rows, columns, depth, height, width = parts.shape
    for down in range(height):
        for right in range(width):
            into = total[
                :depth,
                down : down + rows * STEP[1] : STEP[1],
                right : right + columns * STEP[2] : STEP[2],
            ]
            into += parts[:, :, :, down, right].transpose(2, 0, 1)
