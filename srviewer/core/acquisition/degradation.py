"""Degradation, the acquisition model: thick slices from thin ones (eq. 1, I_LR = D B I_HR + n)."""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from srviewer.core.acquisition.slice_profiles import (
    LEAST_TIME_BANDWIDTH,
    MOST_TIME_BANDWIDTH,
    PROFILES,
    THICKEST,
    TIME_BANDWIDTH,
    Profile,
    profile_taps,
)
from srviewer.core.geometry.grid import AXIS_NAMES, Axis
from srviewer.core.intensity.intensity_range import measured_intensity, volume_intensity
from srviewer.core.intensity.padding import marked
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import Volume, Voxels


@dataclass(frozen=True)
class Degradation:
    """The acquisition of thick slices along one axis; the only place that degrades a volume.

    Attributes:
        axis: The array axis that becomes thick, 0..2.
        factor: Thin voxels per thick spacing, 2 or more.
        profile: The slice profile B, one of ``PROFILES``, whose full width at half maximum is the
            slice thickness.
        thickness: Slice thickness over the spacing between slices, above 0 and up to ``THICKEST``;
            below 1 leaves gaps, above 1 overlaps.
        noise: The standard deviation of Rician noise as a share of the intensity range, 0 for none,
            below 1.
        seed: Makes the noise repeatable, 0 or more.
        time_bandwidth: The time-bandwidth product of the pulse of "slr", from
            ``LEAST_TIME_BANDWIDTH`` to ``MOST_TIME_BANDWIDTH``; unused by the other profiles.

    Raises:
        ValueError: A value is outside these ranges.
    """

    axis: Axis
    factor: int
    profile: Profile = "box"
    thickness: float = 1.0
    noise: float = 0.0
    seed: int = 0
    time_bandwidth: float = TIME_BANDWIDTH

    def __post_init__(self) -> None:
        if self.axis not in (0, 1, 2) or self.profile not in PROFILES:
            raise ValueError(f"no such degradation: {self}")
        if self.factor < 2:
            raise ValueError(f"a factor is 2 or more, not {self.factor}")
        if not 0 < self.thickness <= THICKEST:
            raise ValueError(
                f"slices are above 0 and up to {THICKEST:g} times as thick as their spacing, "
                f"not {self.thickness:g} times"
            )
        if not 0 <= self.noise < 1:
            raise ValueError(f"noise is a share of the range, 0 to below 1, not {self.noise:g}")
        if self.seed < 0:
            raise ValueError(f"a seed is 0 or more, not {self.seed}")
        if not LEAST_TIME_BANDWIDTH <= self.time_bandwidth <= MOST_TIME_BANDWIDTH:
            raise ValueError(
                f"a time-bandwidth product is from {LEAST_TIME_BANDWIDTH:g} to "
                f"{MOST_TIME_BANDWIDTH:g}, not {self.time_bandwidth:g}"
            )

    @property
    def is_block_mean(self) -> bool:
        """Whether each thick voxel is the mean of its own ``factor`` thin ones."""
        return self.profile == "box" and self.thickness == 1.0

    def block_mean(self) -> "Degradation":
        """The acquisition of block means along the same axis by the same factor, without noise."""
        return Degradation(self.axis, self.factor)

    def weights(self) -> tuple[int, np.ndarray]:
        """The slice profile on the thin grid: (first, taps), the taps adding up to 1.

        Thick voxel ``m`` is the sum over ``n`` of ``taps[n] * thin[m * factor + first + n]``.
        """
        return profile_taps(self.profile, self.factor, self.thickness, self.time_bandwidth)

    def apply(self, thin: Voxels) -> Voxels:
        """Degrade an array along ``axis`` without noise: the D B of eq. 1.

        Beyond its ends the array is continued by its last slice.

        Args:
            thin: (i, j, k) voxels; a remainder at the far end of ``axis`` is dropped.

        Returns:
            (i, j, k) float32 in the unit of ``thin``, ``factor`` times fewer along ``axis``.
        """
        rows = np.moveaxis(thin, self.axis, 0)
        count = rows.shape[0] // self.factor
        first, taps = self.weights()
        if self.is_block_mean:
            blocks = rows[: count * self.factor].reshape(count, self.factor, *rows.shape[1:])
            thick = blocks.mean(axis=1, dtype=np.float32)
        else:
            thick = np.zeros((count, *rows.shape[1:]), np.float32)
            for offset, weight in enumerate(taps, start=first):
                thick += np.float32(weight) * rows[self._rows(offset, count, len(rows))]
        return np.moveaxis(thick, 0, self.axis)

    def reached(self, padded: Mask) -> Mask:
        """The thick voxels to which padding contributes.

        Args:
            padded: (i, j, k) thin voxels that are padding.

        Returns:
            (i, j, k) on the thick grid.
        """
        return np.asarray(self.apply(padded.astype(np.float32)) > 0)

    def thick_volume(self, thin: Volume) -> Volume:
        """The thick scan, noise included, of this acquisition.

        A thick voxel into which padding would be averaged is padding.

        Args:
            thin: The thin scan.

        Returns:
            The thick scan, with this step in its history.
        """
        voxels = self.apply(thin.voxels)
        if self.noise:
            intensity = volume_intensity(thin)
            voxels = self.noisy(intensity.above_floor(voxels), intensity.range)
            voxels = voxels + np.float32(intensity.floor) if intensity.floor else voxels
        padded = thin.padded
        if padded is not None and thin.padding is not None:
            marked(voxels, self.reached(padded), thin.padding)
        geometry = thin.geometry.coarsened(self.axis, self.factor)
        return thin.derived(voxels, geometry, f"degraded: {self.describe()}")

    def covered(self, thin: Volume) -> Volume:
        """The part of a thin scan that the thick slices cover.

        Args:
            thin: The thin scan.

        Returns:
            The scan without the remainder at the far end of ``axis``; itself where there is none.
        """
        count = thin.geometry.shape[self.axis] // self.factor * self.factor
        if count == thin.geometry.shape[self.axis]:
            return thin
        voxels = np.moveaxis(np.moveaxis(thin.voxels, self.axis, 0)[:count], 0, self.axis)
        geometry = thin.geometry.cropped(self.axis, 0, count)
        return thin.derived(voxels, geometry, f"cropped to {count} along {AXIS_NAMES[self.axis]}")

    def seeded(self, seed: int) -> "Degradation":
        """The same acquisition with other noise.

        Args:
            seed: Of the noise, 0 or more.

        Returns:
            The acquisition with that seed.
        """
        return replace(self, seed=seed)

    def describe(self) -> str:
        """A line for a history: the acquisition with its numbers."""
        text = f"{self.profile} profile, factor {self.factor} along {AXIS_NAMES[self.axis]}"
        if self.profile == "slr":
            text += f", time-bandwidth product {self.time_bandwidth:g}"
        if self.thickness != 1:
            text += f", thickness {self.thickness:g} of the spacing"
        if self.noise:
            text += f", Rician noise {self.noise:g} of the range, seed {self.seed}"
        return text

    def _rows(self, offset: int, thick_count: int, thin_count: int) -> np.ndarray:
        """The thin row that tap ``offset`` of each thick row reads, kept inside the array."""
        return np.clip(np.arange(thick_count) * self.factor + offset, 0, thin_count - 1)

    def noisy(self, voxels: Voxels, data_range: float) -> Voxels:
        """Voxels with this acquisition's Rician noise: the n of eq. 1.

        Args:
            voxels: Of any shape, their intensity floor 0: the sign of what lies below is lost.
            data_range: The intensity range, of which ``noise`` is a share.

        Returns:
            float32 of the same shape and unit, 0 or more.
        """
        random = np.random.default_rng(self.seed)
        sigma = self.noise * data_range
        real = voxels + random.normal(0, sigma, voxels.shape)
        return np.hypot(real, random.normal(0, sigma, voxels.shape)).astype(np.float32)


@dataclass(frozen=True)
class Consistency:
    """The size of a residual of data consistency.

    Attributes:
        rms: Root mean square, as a share of the intensity range.
        max: Largest magnitude, as a share of the intensity range.
    """

    rms: float
    max: float


def residual(result: Voxels, scan: Voxels, degradation: Degradation) -> Voxels:
    """The residual of data consistency: degrade(result) - scan, 0 where nothing was changed.

    Args:
        result: (i, j, k) thin voxels.
        scan: (i, j, k) thick voxels in the same unit.
        degradation: The acquisition that leads from the grid of the result to that of the scan.

    Returns:
        (i, j, k) on the grid of the scan, in its unit.
    """
    again = degradation.apply(result)
    return np.subtract(again, scan, out=again)


def consistency(result: Voxels, scan: Voxels, degradation: Degradation) -> Consistency:
    """Data consistency: |degrade(result) - scan| / R, R being the scan's intensity range.

    Args:
        result: (i, j, k) thin voxels.
        scan: (i, j, k) thick voxels in the same unit.
        degradation: The acquisition that leads from the grid of the result to that of the scan.

    Returns:
        The size of the residual, as shares of R (section 7 of the paper).
    """
    return consistency_of(residual(result, scan, degradation), measured_intensity(scan).range)


def consistency_of(residual: Voxels, data_range: float) -> Consistency:
    """The size of a residual.

    Args:
        residual: Voxels of any shape, as ``residual`` gives them.
        data_range: The intensity range of the scan, above 0, in the unit of the residual.

    Returns:
        Its root mean square and its largest magnitude, as shares of the range.
    """
    size = ResidualSize(data_range)
    size.add(residual)
    return size.consistency()


class ResidualSize:
    """The size of a residual that comes slab by slab.

    Args:
        data_range: The intensity range of the scan, above 0, in the unit of the residual.
    """

    def __init__(self, data_range: float) -> None:
        self._range = np.float32(data_range)
        self._squares, self._most, self._count = 0.0, 0.0, 0

    def add(self, residual: Voxels) -> None:
        """Add values.

        Args:
            residual: Of any shape.
        """
        relative = np.abs(residual) / self._range
        self._squares += float(np.sum(np.square(relative), dtype=np.float64))
        self._most = max(self._most, float(relative.max(initial=0)))
        self._count += relative.size

    def consistency(self) -> Consistency:
        """Root mean square and largest magnitude of all values so far, as shares of the range."""
        return Consistency(sqrt(self._squares / max(1, self._count)), self._most)
