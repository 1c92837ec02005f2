"""The part of a residual that is more than the noise of its stack."""

import numpy as np

from srviewer.core.acquisition.noise_spectrum import NoiseSpectrum
from srviewer.core.geometry.grid import Axis
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import Voxels

BANDS = 24  # of spatial frequency within the slices
LEAST_VOXELS = 500
# Of the noise power. The residual has structure at every frequency too, so that less than all of
# it is best taken off (docs/several-stacks.md).
COUNTED = 0.35


def beyond_noise(
    residual: Voxels, held: Mask, across: Axis, noise: NoiseSpectrum, share: float
) -> Voxels:
    """Filter a residual within its slices, by how much of each frequency is noise (Wiener).

    The residual of a mean of stacks has the noise N of its own stack, of which the mean holds a
    share w already. Of it 1 - c (1 - w) N / P is added, with P its power and c ``COUNTED``.

    Args:
        residual: (i, j, k) thick voxels, measurement minus prediction.
        held: (i, j, k), the voxels that count; elsewhere the residual becomes 0.
        across: The axis across the slices.
        noise: Of the stack, in the unit of the residual.
        share: w, the weight of this stack in the mean, 0..1.

    Returns:
        (i, j, k) float32.
    """
    rows = np.moveaxis(np.where(held, residual, np.float32(0)), across, 0)
    count = np.count_nonzero(held)
    if noise.density <= 0 or count < LEAST_VOXELS:
        return np.asarray(np.moveaxis(rows, 0, across))
    spectrum = np.fft.rfft2(rows, axes=(1, 2))
    bands = _bands(rows.shape[1], rows.shape[2])
    # As a mean over the voxels that count: white noise has the power noise ** 2 in each band.
    power = (np.abs(spectrum) ** 2).sum(axis=0) / count
    seen = np.maximum(np.bincount(bands.ravel(), minlength=BANDS), 1)
    mean = np.bincount(bands.ravel(), weights=power.ravel(), minlength=BANDS) / seen
    expected = np.full(BANDS, noise.density**2)
    if noise.part is not None:
        left = noise.part.shares_at(*_frequencies(rows.shape[1], rows.shape[2]))
        expected *= np.bincount(bands.ravel(), weights=left.ravel(), minlength=BANDS) / seen
    gain = np.clip(1 - COUNTED * (1 - share) * expected / np.maximum(mean, 1e-12), 0, 1)
    filtered = np.fft.irfft2(spectrum * gain[bands].astype(np.float32), rows.shape[1:], axes=(1, 2))
    return np.asarray(np.moveaxis(filtered, 0, across), np.float32)


def _bands(rows: int, columns: int) -> np.ndarray:
    """The number of the band of each coefficient of a real transform."""
    along, beside = _frequencies(rows, columns)
    radius = np.hypot(along[:, None], beside[None]) / np.hypot(0.5, 0.5)
    return np.asarray(np.minimum((radius * BANDS).astype(np.intp), BANDS - 1))


def _frequencies(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Those of a real transform along both axes, cycles per voxel."""
    return np.fft.fftfreq(rows), np.fft.rfftfreq(columns)
