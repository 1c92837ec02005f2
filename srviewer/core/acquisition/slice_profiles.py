"""Slice profiles: the sensitivity of a slice across its thickness, on the grid of thin voxels."""

from functools import lru_cache
from math import ceil, erf, log, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

Profile = Literal["box", "gaussian", "slr"]
PROFILES: tuple[Profile, ...] = ("box", "gaussian", "slr")
THICKEST = 4.0  # slices, over their spacing
TIME_BANDWIDTH = 4.0  # of the pulse of "slr" where nothing else is stated
LEAST_TIME_BANDWIDTH, MOST_TIME_BANDWIDTH = 2.0, 20.0
FINE = 32  # thin voxels of a spacing that are as good as a continuum
MOMENTS = 64  # of the pulse, for each unit of its time-bandwidth product

Values = npt.NDArray[np.float64]


def profile_taps(
    profile: Profile, factor: int, thickness: float, time_bandwidth: float
) -> tuple[int, Values]:
    """A slice profile on the thin grid.

    "box" is 1 within the slice, "gaussian" a normal distribution cut at three standard deviations.
    "slr" is that of a pulse whose time-bandwidth product T is given, as the Shinnar-Le Roux
    transform designs it (Pauly et al. 1991, IEEE TMI 10:53): flat, with edges about 1 / T of the
    thickness wide. It is computed as the Fourier transform of a sinc of T / 2 lobes on each side
    under a Hamming window, the small-tip-angle approximation (Pauly et al. 1989, JMR 81:43), and
    cut where the main lobe of the window ends.

    Args:
        profile: The shape.
        factor: Thin voxels per thick spacing, 1 or more.
        thickness: Full width at half maximum over the spacing, above 0.
        time_bandwidth: T of "slr", ``LEAST_TIME_BANDWIDTH`` or more; unused by the others.

    Returns:
        (first, taps): the thick voxel ``m`` is the sum over ``n`` of
        ``taps[n] * thin[m * factor + first + n]``; the taps add up to 1.
    """
    half = thickness * factor / 2
    reach = half if profile == "box" else 3 * _sigma(2 * half)
    if profile == "slr":
        reach = half * _slr_reach(time_bandwidth)
    middle = factor / 2  # the thick voxel's centre, in thin voxels from its own edge
    first = -ceil(reach - middle - 1e-9)
    edges = np.arange(first, factor - first + 1) - middle
    if profile == "box":
        cumulative = np.clip(edges, -half, half)
    elif profile == "gaussian":
        scale = _sigma(2 * half) * sqrt(2)
        cumulative = np.array([erf(edge / scale) for edge in edges])
    else:
        cumulative = _slr_cumulative(np.clip(edges, -reach, reach) / (2 * half), time_bandwidth)
    taps = np.diff(cumulative)
    if profile == "slr":
        taps = np.maximum(taps, 0)  # its ripples beside the slice are of no account
    return first, taps / taps.sum()


def profile_variance(profile: Profile, thickness: float, time_bandwidth: float) -> float:
    """The variance of a slice profile, of which its effect on an image mostly depends.

    Args:
        profile: The shape.
        thickness: Full width at half maximum over the spacing, above 0.
        time_bandwidth: Of the pulse of "slr".

    Returns:
        In squares of the spacing.
    """
    first, taps = profile_taps(profile, FINE, thickness, time_bandwidth)
    distances = np.arange(first, first + len(taps)) - (FINE - 1) / 2
    return float(taps @ distances**2) / FINE**2


def _sigma(full_width_half_maximum: float) -> float:
    return full_width_half_maximum / (2 * sqrt(2 * log(2)))


def _slr_reach(time_bandwidth: float) -> float:
    """Where the profile is cut, in halves of its full width at half maximum."""
    return (0.5 + 2 / time_bandwidth) / _half_width(time_bandwidth)


def _slr_cumulative(positions: Values, time_bandwidth: float) -> Values:
    """The integral of the profile from the middle of the slice, in an arbitrary unit.

    Args:
        positions: Distances from the middle, in full widths at half maximum.
        time_bandwidth: T.

    Returns:
        Of the same shape.
    """
    time, pulse = _pulse(time_bandwidth)
    # In bandwidths, whose nominal slice is not quite as wide as its half maximum.
    bandwidths = 2 * _half_width(time_bandwidth) * positions[:, None]
    waves = bandwidths * np.sinc(2 * time_bandwidth * bandwidths * time)
    return np.asarray(waves @ pulse)


@lru_cache(maxsize=8)
def _pulse(time_bandwidth: float) -> tuple[Values, Values]:
    """Moments of the pulse within its duration, -0.5 to 0.5, and its amplitude there."""
    count = ceil(MOMENTS * time_bandwidth)
    time = (np.arange(count) + 0.5) / count - 0.5
    return time, np.sinc(time_bandwidth * time) * (0.54 + 0.46 * np.cos(2 * np.pi * time))


@lru_cache(maxsize=8)
def _half_width(time_bandwidth: float) -> float:
    """Half the full width at half maximum, in bandwidths of the pulse."""
    time, pulse = _pulse(time_bandwidth)
    bandwidths = np.linspace(0, 1, 1001)
    profile = np.cos(2 * np.pi * time_bandwidth * bandwidths[:, None] * time) @ pulse
    below = int(np.argmax(profile < profile[0] / 2))
    outer, inner = profile[below], profile[below - 1]
    share = (inner - profile[0] / 2) / (inner - outer)
    return float(bandwidths[below - 1] + share * (bandwidths[1] - bandwidths[0]))
