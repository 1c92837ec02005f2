"""Agreement of two stacks of slices, frequency by frequency within the slices."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from srviewer.core.geometry.grid import Axis
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import Voxels

BANDS = 10
LEAST_PIXELS = 16  # of a slice along each of its axes
MOST_SLICES = 32  # in the middle
EDGE = 4.0  # pixels: the standard deviation of the blur that fades out


@dataclass(frozen=True, eq=False)
class Bands:
    """Correlations of Fourier coefficients.

    Attributes:
        per_mm: (bands,) the middles of the bands, cycles per mm.
        correlations: (bands,) -1..1.
    """

    per_mm: tuple[float, ...]
    correlations: tuple[float, ...]


def coherences(
    measured: Voxels,
    predictions: Sequence[Voxels],
    held: Mask,
    across: Axis,
    pixel_mm: tuple[float, float],
) -> list[Bands]:
    """The correlations of the coefficients of a stack and predictions of it in bands of frequency.

    It is blind to gain and to blur: a blurred prediction that has the right structure keeps it.

    Args:
        measured: (i, j, k).
        predictions: (i, j, k) each.
        held: (i, j, k), the voxels that count; towards their edge, which all images would share,
            they fade out.
        across: The axis across the slices.
        pixel_mm: The spacings along the two other axes, in their order.

    Returns:
        For each prediction the bands, up to the highest frequency along the coarser axis; none of
        tiny slices.
    """
    count = held.shape[across]
    start = max(0, (count - MOST_SLICES) // 2)
    middle = slice(start, start + MOST_SLICES)
    fading = _fading(np.moveaxis(held, across, 0)[middle])
    height, width = fading.shape[1:]
    if min(height, width) < LEAST_PIXELS or not fading.any():
        return [Bands((), ()) for _ in predictions]
    along = np.fft.fftfreq(height, pixel_mm[0])[:, None]
    beside = np.fft.rfftfreq(width, pixel_mm[1])[None]
    highest = 0.5 / max(pixel_mm)
    number = (np.hypot(along, beside) / highest * BANDS).astype(np.intp).ravel()

    def summed(values: np.ndarray) -> np.ndarray:
        return np.bincount(number, values.sum(axis=0).ravel(), minlength=BANDS + 1)[:BANDS]

    def spectrum(voxels: Voxels) -> np.ndarray:
        faded = _faded(np.moveaxis(voxels, across, 0)[middle], fading)
        return np.fft.rfft2(faded, axes=(1, 2))

    first = spectrum(measured)
    power = summed(np.abs(first) ** 2)
    middles = tuple(float(n) for n in (np.arange(BANDS) + 0.5) / BANDS * highest)
    found: list[Bands] = []
    for prediction in predictions:
        second = spectrum(prediction)
        together = summed((first * second.conj()).real)
        product = np.sqrt(power * summed(np.abs(second) ** 2))
        correlations = np.divide(together, product, out=np.zeros(BANDS), where=product > 0)
        found.append(Bands(middles, tuple(map(float, correlations))))
    return found


def _faded(rows: Voxels, fading: Voxels) -> Voxels:
    mean = float((rows * fading).sum(dtype=np.float64) / fading.sum(dtype=np.float64))
    return (rows - np.float32(mean)) * fading


def _fading(held: Mask) -> Voxels:
    """1 inside, and 0 from the edge outwards."""
    from scipy.ndimage import gaussian_filter  # half a second, which no window waits for

    padded = np.pad(held.astype(np.float32), ((0, 0), (1, 1), (1, 1)))
    blurred = gaussian_filter(padded, (0, EDGE, EDGE), mode="constant")[:, 1:-1, 1:-1]
    return np.asarray(np.clip(2 * blurred - 1, 0, 1), np.float32)
