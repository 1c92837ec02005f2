"""Estimation of the slice profile of a scan from how much neighbouring slices have in common.

Fine detail is uncorrelated between positions a slice apart. What two neighbouring slices share of
it is what their profiles overlap, and an in-plane axis on which the same detail is degraded by the
right profile shares as much. ECLARE's authors compare in-plane and through-plane patches for it
(Han et al. 2021, "MR slice profile estimation by learning to match internal patch distributions").
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from math import erf, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from srviewer.core.acquisition.slice_profiles import (
    FINE,
    THICKEST,
    TIME_BANDWIDTH,
    Profile,
    profile_taps,
    profile_variance,
)
from srviewer.core.geometry.grid import Axis
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import VoxelSource
from srviewer.job import Job, Progress

ESTIMATING = "Estimating the slice profile"
MOST_PAIRS = 48  # of neighbouring slices, evenly spaced
FEWEST_PAIRS = 7
LEAST_RATIO = 2.5  # slice spacing over pixels: below it too little detail is finer than a slice
LEAST_PIXELS = 48  # along each axis of a slice
SMOOTHED = 0.3  # of the spacing: detail is what such a Gaussian removes
REACH = 5.0  # spacings, as far as two profiles of the widest slices and one spacing go
WIDTHS = tuple(np.round(np.arange(0.3, 1.61, 0.1), 1))  # spacings, of the Gaussians compared
# Standard deviation of the estimated variance between 18 people on 3 axes at ``MEASURED_RATIO``, in
# squares of the spacing (docs/slice-profiles.md): anatomy differs between the axes.
BETWEEN_PEOPLE, MEASURED_RATIO = 0.027, 4.0
LEAST_CONFIDENCE = 0.95
WIDEST = 1.5  # spacings, that is used

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ProfileEstimate:
    """The slice profile that was estimated, and what is used of it.

    Attributes:
        profile: The shape that is used; "box" where nothing wider is certain enough.
        thickness: The full width at half maximum that is used, over the spacing.
        time_bandwidth: Of the pulse of "slr".
        variance: Of the profile as it was estimated, in squares of the spacing; a box as thick as
            the spacing has 0.083. None where it could not be estimated.
        error: Its standard error. None where it could not be estimated.
        confidence: The probability that the profile is wider than a box, 0 to 1.
        reason: Why a box is used, for the user; "" where the estimate is.

    Raises:
        ValueError: A value is outside its range.
    """

    profile: Profile
    thickness: float
    time_bandwidth: float
    variance: float | None
    error: float | None
    confidence: float
    reason: str

    def __post_init__(self) -> None:
        if not (0 < self.thickness <= THICKEST and 0 <= self.confidence <= 1):
            raise ValueError(f"no such estimate: {self}")

    @property
    def text(self) -> str:
        """One line for the user."""
        if self.variance is None or self.error is None:
            return f"box, not estimated: {self.reason}"
        found = (
            f"estimated variance {self.variance:.3f} \u00b1 {self.error:.3f} of the squared "
            f"spacing, wider than a box with {100 * self.confidence:.0f} % confidence"
        )
        if self.reason:
            return f"box: {self.reason} ({found})"
        return f"{self.profile}, {self.thickness:.2f} times as wide as the spacing ({found})"

    def values(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def estimated_profile(
    scan: VoxelSource,
    axis: Axis,
    spacing: Sequence[float],
    padding: float | None = None,
    thickness: float | None = None,
) -> Job[ProfileEstimate]:
    """Estimate the slice profile of a scan.

    Profiles of one variance have nearly the same effect, and a Gaussian is the shape that costs
    least where the variance is wrong. So it is used where the thickness is not known, and a box
    unless the profile is wider with ``LEAST_CONFIDENCE``.

    Args:
        scan: (i, j, k) thick voxels of regular slices.
        axis: The thick axis.
        spacing: In mm along (i, j, k).
        padding: The value of voxels that are no image; None for none.
        thickness: The slice thickness over the spacing where it is known, so that only the shape
            is estimated; None to estimate both.

    Returns:
        A job with the estimate.
    """
    known = 1.0 if thickness is None else thickness
    reason = _unsuited(scan.shape, axis, spacing)
    if reason:
        return ProfileEstimate("box", known, TIME_BANDWIDTH, None, None, 0.0, reason)
    count = scan.shape[axis] - 1
    numbers = np.unique(np.linspace(0, count - 1, min(count, MOST_PAIRS)).round().astype(int))
    sharp = [other for other in range(3) if other != axis]
    shared = {other: _Shared(scan.shape[other]) for other in sharp}
    for done, number in enumerate(numbers):
        yield Progress(done / len(numbers), ESTIMATING)
        pair = np.moveaxis(scan.read(axis, number, number + 2), axis, 0)
        if padding is not None:
            padded = pair == np.float32(padding)
            pair = np.where(padded, pair[~padded].min(initial=pair.max()), pair)
        for along, across in (sharp, sharp[::-1]):
            turned = pair if along > across else pair.swapaxes(1, 2)
            shared[along].add(_detail(turned, SMOOTHED * spacing[axis] / spacing[across]))
    found = [shared[other].variance(spacing[axis] / spacing[other]) for other in sharp]
    if not np.isfinite(found).all():
        reason = "there is no detail in the slices"
        return ProfileEstimate("box", known, TIME_BANDWIDTH, None, None, 0.0, reason)
    ratio = spacing[axis] / max(spacing[other] for other in sharp)
    error = max(BETWEEN_PEOPLE * max(1.0, MEASURED_RATIO / ratio), float(np.ptp(found)) / 2)
    return _used(float(np.mean(found)), error, thickness)


def _unsuited(shape: Sequence[int], axis: Axis, spacing: Sequence[float]) -> str:
    """The reason for which a scan cannot say its profile; "" where it can."""
    sharp = [other for other in range(3) if other != axis]
    if shape[axis] - 1 < FEWEST_PAIRS:
        return f"there are only {shape[axis]} slices"
    if min(shape[other] for other in sharp) < LEAST_PIXELS:
        return "the slices are too small"
    if spacing[axis] / max(spacing[other] for other in sharp) < LEAST_RATIO:
        return f"the slices are less than {LEAST_RATIO:g} times as far apart as their pixels"
    return ""


def _used(variance: float, error: float, thickness: float | None) -> ProfileEstimate:
    """What is used of an estimated variance with its standard error."""
    known = 1.0 if thickness is None else thickness
    box = profile_variance("box", known, TIME_BANDWIDTH)
    confidence = (1 + erf((variance - box) / error / sqrt(2))) / 2
    profile: Profile = "box"
    width, reason = known, ""
    if confidence < LEAST_CONFIDENCE:
        reason = "it is not certain that the slices are wider than a box"
    elif thickness is None:
        of_one = profile_variance("gaussian", 1.0, TIME_BANDWIDTH)
        profile, width = "gaussian", min(sqrt(variance / of_one), WIDEST)
    else:
        slr, gaussian = (profile_variance(p, known, TIME_BANDWIDTH) for p in ("slr", "gaussian"))
        profile = "gaussian" if variance > (slr + gaussian) / 2 else "slr"
    return ProfileEstimate(
        profile, round(width, 3), TIME_BANDWIDTH, variance, error, confidence, reason
    )


def _detail(pair: Voxels, smoothed: float) -> Voxels:
    """What a Gaussian of ``smoothed`` pixels along the second axis removes, of (2, n, m)."""
    from scipy.ndimage import gaussian_filter1d  # half a second, which no start waits for

    values = np.asarray(pair, np.float32)
    return np.asarray(values - gaussian_filter1d(values, smoothed, axis=1))


class _Shared:
    """What the slices of pairs share at each distance along one in-plane axis.

    Args:
        length: Pixels along it.
    """

    def __init__(self, length: int) -> None:
        self._length = length
        self._same, self._next = (np.zeros(length + 1, np.complex128) for _ in range(2))

    def add(self, detail: Voxels) -> None:
        """Add a pair.

        Args:
            detail: (2, m, length) of both slices.
        """
        # In double precision, into which the squares of any unit fit.
        spectra = np.fft.rfft(detail.astype(np.float64), 2 * self._length, axis=2)
        self._same += (np.abs(spectra) ** 2).sum(axis=(0, 1)) / 2
        self._next += (spectra[1] * np.conj(spectra[0])).sum(axis=0)

    def variance(self, ratio: float) -> float:
        """The variance of the profile, in squares of the spacing.

        Degraded along the in-plane axis by profile p, positions a slice apart share the in-plane
        correlation at the distances by which p overlaps itself a slice on; neighbouring slices,
        degraded likewise, share the correlation between them at those of p with itself. The wanted
        p is that for which both are the same.

        Args:
            ratio: The spacing over the pixels.

        Returns:
            Between the variances of the compared profiles; not a number without detail.
        """
        reach = int(min(self._length - 1, REACH * ratio))
        distances = np.arange(-reach, reach + 1)
        same, following = (np.fft.irfft(s)[distances] for s in (self._same, self._next))
        following = (following + following[::-1]) / 2
        excess, variances = np.empty(len(WIDTHS)), np.empty(len(WIDTHS))
        for number, width in enumerate(WIDTHS):
            offsets, overlap = _overlap(width)
            here = np.interp(distances / ratio, offsets, overlap, 0, 0)
            next_one = np.interp(distances / ratio - 1, offsets, overlap, 0, 0)
            whole = same @ here
            shared = (same @ next_one - following @ here) / whole if whole > 0 else np.nan
            excess[number] = shared
            variances[number] = profile_variance("gaussian", width, TIME_BANDWIDTH)
        if not np.isfinite(excess).all():
            return float("nan")
        order = np.argsort(excess)
        return float(np.interp(0, excess[order], variances[order]))


@lru_cache(maxsize=len(WIDTHS))
def _overlap(width: float) -> tuple[Values, Values]:
    """The overlap of a profile of a width in spacings with itself, by the distance in spacings."""
    _, taps = profile_taps("gaussian", FINE, width, TIME_BANDWIDTH)
    reach = len(taps) - 1
    return np.arange(-reach, reach + 1) / FINE, np.convolve(taps, taps[::-1])
