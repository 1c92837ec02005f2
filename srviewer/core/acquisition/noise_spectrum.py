"""The noise of thick slices at each spatial frequency."""

from dataclasses import dataclass, replace

import numpy as np

from srviewer.core.acquisition.measured_part import MeasuredPart, measured_part
from srviewer.core.acquisition.noise import kept_detail, white_noise_level, without_padding
from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.volumes.volume import Voxels

# Of the frequencies along both axes: beyond it there is hardly anything but noise.
CORNER = 0.8
MOST_SLICES = 8


@dataclass(frozen=True, eq=False)
class NoiseSpectrum:
    """The noise within slices at each spatial frequency.

    Attributes:
        density: The standard deviation of white noise that is as strong at every frequency as this
            noise is where it was measured whole, in the unit of the voxels.
        part: Where it was measured whole, and how much is left elsewhere; None for white noise.
    """

    density: float
    part: MeasuredPart | None = None

    @property
    def deviation(self) -> float:
        """The standard deviation of the noise in the image, in the unit of the voxels."""
        return self.density * (1.0 if self.part is None else float(np.sqrt(self.part.share)))

    def scaled(self, gain: float) -> "NoiseSpectrum":
        """The noise of the same slices in another unit.

        Args:
            gain: The factor of the intensities, above 0.

        Returns:
            With another density.
        """
        return replace(self, density=gain * self.density)


def noise_spectrum(voxels: Voxels, across: Axis, padding: float | None = None) -> NoiseSpectrum:
    """Estimate the noise of a stack from the corners of the spectrum of its slices.

    Where the corners are empty, those of the part of k-space that was measured whole are taken.
    There is more of the image in them, so that the noise of the flattest parts of the slices is
    taken where it is less. It is a mean over whole slices: noise that is absent or weaker in air
    counts there as it is.

    Args:
        voxels: (i, j, k) thick voxels.
        across: The axis across the slices.
        padding: The value of voxels that were not measured; None for none.

    Returns:
        The noise, in the unit of the voxels.
    """
    rows = np.moveaxis(voxels, across, 0)
    start = max(0, (len(rows) - MOST_SLICES) // 2)
    slices = rows[start : start + MOST_SLICES]
    intensity = measured_intensity(slices, padding)
    slices = without_padding(slices, padding, intensity)
    part = measured_part(slices)
    if part is None:
        return NoiseSpectrum(corner_noise(slices, 0.5, 0.5))
    noise = corner_noise(slices, part.along, part.beside)
    flattest = intensity.range * white_noise_level(slices, intensity, padding=None)
    flattest /= float(np.sqrt(kept_detail(part)))
    return NoiseSpectrum(flattest if 0 < flattest < noise else noise, part)


def corner_noise(slices: Voxels, along: float, beside: float) -> float:
    """The standard deviation of white noise in slices, from the corners of a part of k-space.

    Args:
        slices: (n, h, w).
        along: The part reaches up to this frequency along the first axis, cycles per voxel, 0..0.5.
        beside: The same along the second axis.

    Returns:
        In the unit of the slices.
    """
    power = np.abs(np.fft.rfft2(slices, axes=(1, 2))) ** 2
    rows = np.abs(np.fft.fftfreq(slices.shape[1]))
    columns = np.fft.rfftfreq(slices.shape[2])
    corner = power[:, (rows >= CORNER * along) & (rows <= along)]
    corner = corner[:, :, (columns >= CORNER * beside) & (columns <= beside)]
    if not corner.size:
        return 0.0
    # Of the powers of noise the median is ln 2 of the mean.
    return float(np.sqrt(np.median(corner) / np.log(2) / (slices.shape[1] * slices.shape[2])))
