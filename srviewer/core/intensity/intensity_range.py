"""Intensity floor and intensity range of an image, on which shares and scores are based."""

from dataclasses import dataclass

import numpy as np

from srviewer.core.intensity.padding import measured_voxels
from srviewer.core.intensity.percentiles import Largest, Parts
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.slabwise import parts_of
from srviewer.core.volumes.volume import Volume, Voxels

FLOOR_PERCENT = 0.1  # of the voxels
RANGE_PERCENT = 99.9  # of the voxels brighter than the mean
# A floor that is closer to 0 than this share of the range is 0.
FLOOR_SHARE = 0.05
# Foreground: voxels above the floor by this share of the range (section 7 of the method).
FOREGROUND_SHARE = 0.05


@dataclass(frozen=True)
class Intensity:
    """The intensity floor and range of an image.

    A constant that is added to an image is added to its floor and leaves its range as it is.

    Attributes:
        floor: The value from which intensities count, 0 in an ordinary MR scan; in the unit of the
            image.
        range: R, above 0, in the unit of the image.
    """

    floor: float
    range: float

    def foreground(self, voxels: Voxels) -> Mask:
        """The mask of the foreground.

        Args:
            voxels: Of any shape, in the unit of the image.

        Returns:
            Of the same shape: voxels above the floor by more than 5 % of the range.
        """
        return np.asarray(voxels > self.floor + FOREGROUND_SHARE * self.range)

    def is_air(self, value: float) -> bool:
        """Whether a value is too close to the floor for foreground.

        Args:
            value: In the unit of the image.

        Returns:
            True within 5 % of the range, on either side of the floor.
        """
        return abs(value - self.floor) <= FOREGROUND_SHARE * self.range

    def above_floor(self, voxels: Voxels) -> Voxels:
        """Voxels less the floor.

        Args:
            voxels: Of any shape, in the unit of the image.

        Returns:
            Of the same shape; the same array where the floor is 0.
        """
        return voxels - np.float32(self.floor) if self.floor else voxels

    def shares(self, voxels: Voxels) -> Voxels:
        """Voxels as shares of the range.

        Args:
            voxels: Of any shape, in the unit of the image.

        Returns:
            Of the same shape, with the floor as 0 and the range as 1.
        """
        return self.above_floor(voxels) / np.float32(self.range)


# Of voxels that are shares of the range already.
OF_SHARES = Intensity(0.0, 1.0)


def measured_intensity(voxels: Voxels, padding: float | None = None) -> Intensity:
    """The intensity floor and range of an image.

    With p the 0.1th percentile of the voxels and t the 99.9th percentile of those brighter than
    their mean, the floor is p where it lies more than 5 % of t - p from 0, otherwise 0; the range
    is t less the floor. So no constant that is added changes what 5 % stands for. Where t is no
    larger than the floor, the floor is the smallest value and the range reaches to the largest. An
    image of one value has the range 1.

    Args:
        voxels: Of any shape and unit.
        padding: Voxels of this value do not count; None for none.

    Returns:
        Floor and range; 0 and 1 where nothing but padding is there.
    """
    return intensity_of_parts(lambda: parts_of(voxels), padding)


def volume_intensity(volume: Volume) -> Intensity:
    """The intensity floor and range of a volume without its padding.

    Args:
        volume: The volume.

    Returns:
        As ``measured_intensity``.
    """
    return measured_intensity(volume.voxels, volume.padding)


def intensity_of_parts(parts: Parts, padding: float | None = None) -> Intensity:
    """The intensity floor and range of an image that is read part by part, twice.

    Args:
        parts: Gives the same voxels at each call, in parts of any shape.
        padding: Voxels of this value do not count; None for none.

    Returns:
        As ``measured_intensity``.
    """
    total, count = 0.0, 0
    low, high = np.inf, -np.inf
    for part in (measured_voxels(part, padding) for part in parts()):
        if not part.size:
            continue
        total += float(part.sum(dtype=np.float64))
        count += part.size
        low, high = min(low, float(part.min())), max(high, float(part.max()))
    if not count:
        return OF_SHARES
    brightest = Largest(1 - RANGE_PERCENT / 100, count)
    darkest = Largest(FLOOR_PERCENT / 100, count)
    above = _rounded_down(total / count)
    for part in (measured_voxels(part, padding) for part in parts()):
        brightest.add(part[part > above])
        darkest.add(-part)
    top, negative = brightest.percentile(RANGE_PERCENT), darkest.percentile(100 - FLOOR_PERCENT)
    if top is None or negative is None or high == low:
        return Intensity(low, 1.0)
    bottom = float(np.float32(-negative))
    floor = bottom if abs(bottom) > FLOOR_SHARE * (top - bottom) else 0.0
    return Intensity(floor, top - floor) if top > floor else Intensity(low, high - low)


def _rounded_down(value: float) -> np.float32:
    """The largest float32 up to ``value``: above it lie the same voxels, known sooner."""
    rounded = np.float32(value)
    return np.nextafter(rounded, np.float32(-np.inf)) if rounded > value else rounded


def shares_of(volume: Volume) -> Voxels:
    """The voxels of a volume as shares of its intensity range.

    Args:
        volume: The volume.

    Returns:
        (i, j, k) with the floor, and all padding, as 0 and the range as 1.
    """
    shares = volume_intensity(volume).shares(volume.voxels)
    padded = volume.padded
    if padded is not None:
        shares[padded] = 0
    return shares
