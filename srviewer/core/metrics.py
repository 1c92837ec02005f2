"""Image quality against a reference: PSNR, SSIM and mean absolute error."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srviewer.core.volume import Voxels

Mask = npt.NDArray[np.bool_]

# A slice with less foreground than this share of its pixels has no score.
LEAST_FOREGROUND = 0.01
SSIM_SIGMA = 1.5  # voxels (Wang et al. 2004)
SSIM_TRUNCATE = 3.5  # window radius in sigmas: 11 voxels across
SSIM_RADIUS = int(SSIM_TRUNCATE * SSIM_SIGMA + 0.5)  # voxels, as scipy rounds it


def psnr(reference: Voxels, candidate: Voxels, data_range: float, mask: Mask) -> float | None:
    """Peak signal-to-noise ratio in dB over the masked voxels; infinite for equal ones.

    None when the mask holds less than 1 % of the voxels.
    """
    if not _enough(mask):
        return None
    error = np.subtract(candidate, reference, dtype=np.float64)[mask]
    square = float(np.mean(error**2))
    return 10 * np.log10(data_range**2 / square) if square > 0 else float("inf")


def mae(reference: Voxels, candidate: Voxels, data_range: float, mask: Mask) -> float | None:
    """Mean absolute error over the masked voxels, in the unit of the reference; None as in psnr."""
    if not _enough(mask):
        return None
    return float(np.mean(np.abs(np.subtract(candidate, reference, dtype=np.float64)[mask])))


def ssim(reference: Voxels, candidate: Voxels, data_range: float, mask: Mask) -> float | None:
    """Structural similarity of one slice, averaged over the masked pixels; None as in psnr."""
    if not _enough(mask):
        return None
    return float(ssim_map(reference, candidate, data_range)[mask].mean())


def ssim_map(reference: Voxels, candidate: Voxels, data_range: float) -> Voxels:
    """SSIM at each pixel of a 2D slice (Wang et al. 2004, eq. 13; K1 = 0.01, K2 = 0.03).

    Gaussian window of 1.5 pixels. Values lie in -1..1. The intensity floor must be 0: brightness
    is counted from there.
    """
    x, y = reference / np.float32(data_range), candidate / np.float32(data_range)
    mean_x, mean_y = _blurred(x), _blurred(y)
    variance_x = _blurred(x * x) - mean_x * mean_x
    variance_y = _blurred(y * y) - mean_y * mean_y
    covariance = _blurred(x * y) - mean_x * mean_y
    c1, c2 = 0.01**2, 0.03**2
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    structure = (2 * covariance + c2) / (variance_x + variance_y + c2)
    return np.asarray(luminance * structure, np.float32)


def _blurred(image: Voxels) -> Voxels:
    from scipy.ndimage import gaussian_filter  # half a second, which the window does not wait for

    return np.asarray(gaussian_filter(image, SSIM_SIGMA, truncate=SSIM_TRUNCATE))


def _enough(mask: Mask) -> bool:
    return bool(np.count_nonzero(mask) >= max(1, LEAST_FOREGROUND * mask.size))


@dataclass(frozen=True)
class Metric:
    """A score of a slice or, where ``whole_volume``, of any array at once.

    ``score``: (reference, candidate, data range, mask) -> value or None, of images whose intensity
    floor is 0. The whole-volume value
    of a metric that works on slices is its mean over the scored slices, weighted by foreground.
    """

    id: str
    title: str
    unit: str
    decimals: int
    score: Callable[[Voxels, Voxels, float, Mask], float | None]
    whole_volume: bool


METRICS = (
    Metric("psnr", "PSNR", "dB", 2, psnr, whole_volume=True),
    Metric("ssim", "SSIM", "", 4, ssim, whole_volume=False),
    Metric("mae", "MAE", "", 4, mae, whole_volume=True),
)
