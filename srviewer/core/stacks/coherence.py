"""Agreement of two stacks of slices, frequency by frequency within the slices."""

from dataclasses import dataclass

import numpy as np

from srviewer.core.geometry.grid import Axis
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import Voxels

BANDS = 10
LEAST_PIXELS = 16  # of a slice along each of its axes


@dataclass(frozen=True, eq=False)
class Bands:
    """Correlations of Fourier coefficients.

    Attributes:
        per_mm: (bands,) the middles of the bands, cycles per mm.
        correlations: (bands,) -1..1.
    """

    per_mm: tuple[float, ...]
    correlations: tuple[float, ...]


def coherence(
    measured: Voxels, predicted: Voxels, held: Mask, across: Axis, pixel_mm: tuple[float, float]
) -> Bands:
    """The correlation of the coefficients of two stacks in bands of spatial frequency.

    It is blind to gain and to blur: a blurred prediction that has the right structure keeps it.

    Args:
        measured: (i, j, k).
        predicted: (i, j, k).
        held: (i, j, k), the voxels that count; the others are set to the mean of these.
        across: The axis across the slices.
        pixel_mm: The spacings along the two other axes, in their order.

    Returns:
        The bands, up to the highest frequency along the coarser axis; none of tiny slices.
    """
    rows = [np.moveaxis(_masked(v, held), across, 0) for v in (measured, predicted)]
    height, width = rows[0].shape[1:]
    if min(height, width) < LEAST_PIXELS or not held.any():
        return Bands((), ())
    first, second = (np.fft.rfft2(row, axes=(1, 2)) for row in rows)
    along = np.fft.fftfreq(height, pixel_mm[0])[:, None]
    beside = np.fft.rfftfreq(width, pixel_mm[1])[None]
    highest = 0.5 / max(pixel_mm)
    number = (np.hypot(along, beside) / highest * BANDS).astype(np.intp).ravel()

    def summed(values: np.ndarray) -> np.ndarray:
        return np.bincount(number, values.sum(axis=0).ravel(), minlength=BANDS + 1)[:BANDS]

    together = summed((first * second.conj()).real)
    product = np.sqrt(summed(np.abs(first) ** 2) * summed(np.abs(second) ** 2))
    correlations = np.divide(together, product, out=np.zeros(BANDS), where=product > 0)
    middles = (np.arange(BANDS) + 0.5) / BANDS * highest
    return Bands(tuple(map(float, middles)), tuple(map(float, correlations)))


def _masked(voxels: Voxels, held: Mask) -> Voxels:
    mean = voxels[held].mean() if held.any() else np.float32(0)
    return np.where(held, voxels - mean, np.float32(0))
