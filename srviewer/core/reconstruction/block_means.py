"""Block means from thick slices of any slice profile: the linear least-squares filter."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Voxels

NEIGHBOURS = 3  # thick slices on each side
# Spacings over which the correlation of an image falls to 1 / e, a first-order Markov process. The
# scan's own correlation in the plane gave the same to 0.01 dB.
CORRELATED = 4.0
LEAST_NOISE = 1e-3  # variance, over that of the image: of rounding and of what no profile explains
# Squares of the intensity range for each variance of an image, which deviates by a third of it.
RANGE_SQUARED = 10.0


class BlockMeanFilter:
    """Estimates the mean of each block of ``factor`` thin voxels from slices of another profile.

    A network that reproduces block means exactly is so given the profile through its input.

    Args:
        degradation: The acquisition of the slices.
        noise: Of the scan, its standard deviation as a share of the intensity range.
    """

    def __init__(self, degradation: Degradation, noise: float) -> None:
        self._degradation = degradation
        first, taps = degradation.weights()
        taps_of = tuple(map(float, taps))
        self.weights = _least_squares(first, taps_of, degradation.factor, float(noise))

    def apply(self, thick: Voxels) -> Voxels:
        """Filter slices along the thick axis.

        Args:
            thick: (i, j, k) thick voxels.

        Returns:
            (i, j, k) float32 of the same shape; beyond the ends the last slice is repeated.
        """
        rows = np.moveaxis(thick, self._degradation.axis, 0)
        means, count = np.zeros(rows.shape, np.float32), len(rows)
        for offset, weight in enumerate(self.weights, start=-NEIGHBOURS):
            numbers = np.clip(np.arange(count) + offset, 0, count - 1)
            means += np.float32(weight) * rows[numbers]
        return np.moveaxis(means, 0, self._degradation.axis)

    def corrected(self, means: Voxels, estimate: Voxels, thick: Voxels) -> Voxels:
        """Add to block means what an estimate lacks of the scan.

        Args:
            means: (i, j, k) block means, of which a network made the estimate.
            estimate: (i, j, k) thin voxels.
            thick: (i, j, k) the scan.

        Returns:
            (i, j, k) block means of which the network makes an estimate that agrees better.
        """
        return means + self.apply(thick - self._degradation.apply(estimate))


@lru_cache(maxsize=16)
def _least_squares(
    first: int, taps: tuple[float, ...], factor: int, noise: float
) -> npt.NDArray[np.float64]:
    """(2 ``NEIGHBOURS`` + 1,) weights of neighbouring slices, adding up to 1."""
    profile = np.array(taps)
    blocks = factor * np.arange(-NEIGHBOURS, NEIGHBOURS + 1)
    thin = np.arange(first, first + len(profile))
    positions = (blocks[:, None] + thin).ravel()
    mixing = np.kron(np.eye(len(blocks)), profile)  # thin voxels to slices

    def correlation(others: npt.NDArray[np.int_]) -> npt.NDArray[np.float64]:
        distances = np.abs(positions[:, None] - others)
        return np.asarray(mixing @ np.exp(-distances / (CORRELATED * factor)))

    among = correlation(positions) @ mixing.T
    variance = LEAST_NOISE + RANGE_SQUARED * noise**2
    among += np.eye(len(blocks)) * variance * among[NEIGHBOURS, NEIGHBOURS]
    with_mean = correlation(np.arange(factor)).mean(axis=1)
    weights = np.linalg.solve(among, with_mean)
    return np.asarray(weights / weights.sum())
