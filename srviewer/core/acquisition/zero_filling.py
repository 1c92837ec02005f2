"""In-plane zero-filling: detection of a matrix that the scanner interpolated, by its spectrum.

A scanner measures spatial frequencies up to some limit. When it pads them with zeros before the
Fourier transform, the image has more and smaller pixels but nothing beyond that limit: its spectrum
falls off a cliff there, down to what rounding and later processing leave.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import AXIS_NAMES, Axis, Geometry
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.volumes.volume import ScanWarning, Voxels

# The share of measured frequencies above which a band without signal proves little: a filter, or
# partial Fourier in one corner, looks the same.
LARGEST_SHARE = 0.9
SMALLEST_SHARE = 0.25
# How far the power falls at the cliff, from the band just inside to everything outside.
CLIFF = 8.0
# Of the axis's frequencies: what is left out around the cliff, whose edge is never quite sharp.
EDGE = 0.03
MOST_SLICES = 8
LEAST_VOXELS = 48


@dataclass(frozen=True)
class ZeroFilling:
    """Zero-filling along an axis.

    Attributes:
        axis: An in-plane array axis.
        share: The share of its frequencies that were measured, 0..1.
        measured_mm: The voxel size that these frequencies amount to.
    """

    axis: Axis
    share: float
    measured_mm: float


def zero_filling(voxels: Voxels, geometry: Geometry, across: Axis) -> tuple[ZeroFilling, ...]:
    """Detect the in-plane axes that the scanner interpolated by zero-filling.

    Args:
        voxels: (i, j, k); all slices or those of ``middle_slices``.
        geometry: The grid of the whole scan.
        across: The axis across the slices, 0..2.

    Returns:
        One entry for each such axis.
    """
    axes = [a for a in range(3) if a != across and voxels.shape[a] >= LEAST_VOXELS]
    if not axes:
        return ()
    slices = np.moveaxis(voxels, across, 0)
    if len(slices) == geometry.shape[across]:
        # Not by np.take, which copies the whole of a volume that lies in memory as files have it.
        slices = slices[middle_slices(len(slices))]
    # A constant that was added is no signal, beside which all others would seem to be nothing.
    slices = np.moveaxis(measured_intensity(slices).above_floor(slices), 0, across)
    fillings = []
    for axis in axes:
        share = _measured_share(_spectrum(slices, axis))
        if share is not None:
            fillings.append(ZeroFilling(axis, share, geometry.spacing[axis] / share))
    return tuple(fillings)


def middle_slices(count: int) -> list[int]:
    """The slices whose spectrum is examined.

    Args:
        count: The number of slices, 1 or more.

    Returns:
        At most ``MOST_SLICES`` different numbers, rising.
    """
    middle = np.linspace(0.2, 0.8, min(count, MOST_SLICES)) * (count - 1)
    return [int(n) for n in np.unique(middle.astype(int))]


def zero_fill_warnings(voxels: Voxels, geometry: Geometry) -> tuple[ScanWarning, ...]:
    """The warning ``zero_filled`` where the scanner interpolated the matrix.

    Args:
        voxels: (i, j, k); all slices or those of ``middle_slices``.
        geometry: The grid of the whole scan.

    Returns:
        One warning or none.
    """
    fillings = zero_filling(voxels, geometry, geometry.slice_axis)
    if not fillings:
        return ()
    axes = ", ".join(
        f"{AXIS_NAMES[filling.axis]} {geometry.spacing[filling.axis]:.3g} mm stored, about "
        f"{filling.measured_mm:.2g} mm measured"
        for filling in fillings
    )
    message = (
        f"The scanner interpolated the in-plane matrix (zero-filling): {axes}. The pixels are "
        "finer than what was measured, so a smaller factor along the thick axis may be enough."
    )
    return (ScanWarning("zero_filled", message),)


def _spectrum(slices: Voxels, axis: Axis) -> npt.NDArray[np.float64]:
    """Mean power at each frequency along ``axis``, from 0 to Nyquist, over all lines."""
    lines = np.moveaxis(slices, axis, -1).astype(np.float64)
    # Not windowed: a scanner's image is periodic, and a window would smear the cliff.
    power = np.abs(np.fft.rfft(lines, axis=-1)) ** 2
    return np.asarray(power.reshape(-1, power.shape[-1]).mean(axis=0))


def _measured_share(power: npt.NDArray[np.float64]) -> float | None:
    """The frequency of the spectrum's cliff, as a share of Nyquist; None without one."""
    count = len(power) - 1
    if not power.max():
        return None
    logs = np.log(np.maximum(power, power.max() * 1e-15))
    edge = max(1, round(EDGE * count))
    best, cliff = 0.0, 0
    for cut in range(max(2 * edge, round(SMALLEST_SHARE * count)), count - 2 * edge):
        # Just inside against just outside: a smooth fall of the spectrum is no cliff.
        inside = logs[cut - 2 * edge : cut - edge].mean()
        outside = logs[cut + edge : cut + 2 * edge].mean()
        if inside - outside > best:
            best, cliff = inside - outside, cut
    if best < np.log(CLIFF) or cliff / count > LARGEST_SHARE:
        return None
    # Nothing may come back beyond it.
    beyond = logs[cliff + edge :]
    inside = logs[cliff - 2 * edge : cliff - edge].mean()
    if beyond.max() > inside - np.log(CLIFF) / 2:
        return None
    return _steepest(logs, cliff - 2 * edge, cliff + 2 * edge) / count


def _steepest(logs: npt.NDArray[np.float64], start: int, stop: int) -> int:
    """The first frequency beyond the largest fall between ``start`` and ``stop``."""
    inside = range(max(2, start), min(stop, len(logs) - 2))
    return max(inside, key=lambda cut: logs[cut - 2 : cut].sum() - logs[cut : cut + 2].sum())
