"""The part of a residual that is more than the noise of its stack."""

import numpy as np

from srviewer.core.geometry.grid import Axis
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import Voxels

BANDS = 24  # of spatial frequency within the slices
LEAST_VOXELS = 500
# Of the noise power. The residual has structure at every frequency too, so that less than all of
# it is best taken off (docs/several-stacks.md).
COUNTED = 0.35

CORNER = 0.4  # cycles per voxel along both axes: beyond it there is hardly anything but noise
MOST_SLICES = 8


def white_noise(voxels: Voxels, across: Axis) -> float:
    """The standard deviation of white noise in a stack, from the corners of its spectrum.

    Unlike an estimate from flat parts it takes no detail for noise; of a scan that was filtered or
    filled with zeros it finds none.

    Args:
        voxels: (i, j, k) thick voxels.
        across: The axis across the slices.

    Returns:
        In the unit of the voxels.
    """
    rows = np.moveaxis(voxels, across, 0)
    start = max(0, (len(rows) - MOST_SLICES) // 2)
    power = np.abs(np.fft.rfft2(rows[start : start + MOST_SLICES], axes=(1, 2))) ** 2
    along = np.abs(np.fft.fftfreq(rows.shape[1])) >= CORNER
    beside = np.fft.rfftfreq(rows.shape[2]) >= CORNER
    corner = power[:, along][:, :, beside]
    if not corner.size:
        return 0.0
    # Of the powers of noise the median is ln 2 of the mean.
    return float(np.sqrt(np.median(corner) / np.log(2) / (rows.shape[1] * rows.shape[2])))


def beyond_noise(residual: Voxels, held: Mask, across: Axis, noise: float, share: float) -> Voxels:
    """Filter a residual within its slices, by how much of each frequency is noise (Wiener).

    The residual of a mean of stacks has the noise N of its own stack, of which the mean holds a
    share w already. Of it 1 - c (1 - w) N / P is added, with P its power and c ``COUNTED``.

    Args:
        residual: (i, j, k) thick voxels, measurement minus prediction.
        held: (i, j, k), the voxels that count; elsewhere the residual becomes 0.
        across: The axis across the slices.
        noise: The standard deviation of the noise, in the unit of the residual.
        share: w, the weight of this stack in the mean, 0..1.

    Returns:
        (i, j, k) float32.
    """
    rows = np.moveaxis(np.where(held, residual, np.float32(0)), across, 0)
    count = np.count_nonzero(held)
    if noise <= 0 or count < LEAST_VOXELS:
        return np.asarray(np.moveaxis(rows, 0, across))
    spectrum = np.fft.rfft2(rows, axes=(1, 2))
    bands = _bands(rows.shape[1], rows.shape[2])
    # As a mean over the voxels that count: white noise has the power noise ** 2 in each band.
    power = (np.abs(spectrum) ** 2).sum(axis=0) / count
    seen = np.maximum(np.bincount(bands.ravel(), minlength=BANDS), 1)
    mean = np.bincount(bands.ravel(), weights=power.ravel(), minlength=BANDS) / seen
    gain = np.clip(1 - COUNTED * (1 - share) * noise**2 / np.maximum(mean, 1e-12), 0, 1)
    filtered = np.fft.irfft2(spectrum * gain[bands].astype(np.float32), rows.shape[1:], axes=(1, 2))
    return np.asarray(np.moveaxis(filtered, 0, across), np.float32)


def _bands(rows: int, columns: int) -> np.ndarray:
    """The number of the band of each coefficient of a real transform."""
    along, beside = np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None]
    radius = np.hypot(along, beside) / np.hypot(0.5, 0.5)
    return np.asarray(np.minimum((radius * BANDS).astype(np.intp), BANDS - 1))
