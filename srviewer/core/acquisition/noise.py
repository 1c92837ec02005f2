"""Estimation of the noise of a scan from its flattest parts."""

from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from srviewer.core.acquisition.measured_part import MeasuredPart, Power, measured_part
from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import Intensity, measured_intensity
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.core.volumes.voxel_sources import KeptVolume

MOST_SLICES = 5  # around the middle: enough pixels, quick enough to ask at every change
BLOCK = 6  # pixels
FLATTEST = 25  # percentile of the blocks: detail is in the others
OF_FLATTEST = 0.9  # of pure noise, that percentile over its standard deviation
LEAST_BLOCKS = 12
LEAST_FOREGROUND = 0.9  # of a block


# A scan never changes, and its noise is asked for at every change of a setting.
_KNOWN: WeakKeyDictionary[Volume, dict[Axis, float]] = WeakKeyDictionary()


def scan_noise(scan: Volume, axis: Axis) -> float:
    """The noise of a scan, as ``noise_level`` gives it, computed once.

    Args:
        scan: The scan.
        axis: The axis across the slices, 0..2.

    Returns:
        The standard deviation as a share of the intensity range, 0 or more.
    """
    known = _KNOWN.setdefault(scan, {})
    if axis not in known:
        known[axis] = noise_level(scan.voxels, axis, scan.padding)
    return known[axis]


def kept_noise(scan: KeptVolume, axis: Axis) -> float:
    """The noise of a scan, as ``noise_level`` gives it, by the slices that it is measured on.

    Args:
        scan: The scan.
        axis: The axis across the slices, 0..2.

    Returns:
        The standard deviation as a share of the intensity range, 0 or more.
    """
    count = scan.voxels.shape[axis]
    start = max(0, (count - MOST_SLICES) // 2)
    slices = scan.voxels.read(axis, start, min(start + MOST_SLICES, count))
    return noise_level(slices, axis, scan.header.padding)


def noise_level(voxels: Voxels, axis: Axis, padding: float | None = None) -> float:
    """The standard deviation of the noise in the foreground, as a share of the intensity range.

    Of slices that were filled with zeros or filtered, what ``white_noise_level`` finds is corrected
    by what is left of noise in its differences, and in the image.

    Args:
        voxels: (i, j, k), of any unit.
        axis: The axis across the slices, 0..2.
        padding: Blocks with a voxel of this value do not count; None for none.

    Returns:
        0 or more; 0 with too little foreground.
    """
    rows = np.moveaxis(voxels, axis, 0)
    start = max(0, (len(rows) - MOST_SLICES) // 2)
    slices = np.asarray(rows[start : start + MOST_SLICES], np.float32)
    found = measured_intensity(slices, padding)
    part = measured_part(without_padding(slices, padding, found))
    level = white_noise_level(slices, found, padding)
    return level if part is None else level * float(np.sqrt(part.share / kept_detail(part)))


def white_noise_level(slices: Voxels, intensity: Intensity, padding: float | None) -> float:
    """The standard deviation of white noise in the foreground, by the flattest blocks.

    It is estimated from the second differences along both axes (Immerkaer 1996), which slopes do
    not reach, in the flattest quarter of blocks: where detail is in all of them, the estimate is
    too high.

    Args:
        slices: (n, h, w) float32.
        intensity: Of the slices.
        padding: Blocks with a voxel of this value do not count; None for none.

    Returns:
        A share of the intensity range, 0 or more; 0 with too little foreground.
    """
    seen = intensity.foreground(slices)
    if padding is not None:
        seen &= slices != np.float32(padding)
    if min(slices.shape[1:]) < BLOCK + 2:
        return 0.0
    # As shares of the range first: squares of any unit fit into float32.
    across = _second(slices / np.float32(intensity.range)).swapaxes(1, 2)
    detail = _second(across).swapaxes(1, 2)
    # The squares of the weights of both differences add up to 36.
    energy = _blocks((detail / 6) ** 2)
    held = _blocks(seen[:, 1:-1, 1:-1]) >= LEAST_FOREGROUND
    if padding is not None:
        held &= _blocks(slices[:, 1:-1, 1:-1] == np.float32(padding)) == 0
    if held.sum() < LEAST_BLOCKS:
        return 0.0
    return float(np.sqrt(np.percentile(energy[held], FLATTEST)) / OF_FLATTEST)


def kept_detail(part: MeasuredPart) -> float:
    """The share of the power of white noise that is left in second differences along both axes.

    Args:
        part: Of the slices, what was measured whole.

    Returns:
        0..1.
    """

    def response(frequencies: Power) -> Power:
        return np.asarray((2 - 2 * np.cos(2 * np.pi * frequencies)) ** 2)

    return part.kept(response, response)


def without_padding(slices: Voxels, padding: float | None, intensity: Intensity) -> Voxels:
    """Slices whose padding is as dark as air.

    Args:
        slices: (n, h, w).
        padding: The value of voxels that were not measured; None for none.
        intensity: Of the slices.

    Returns:
        (n, h, w); the same array without any padding.
    """
    if padding is None or not (empty := slices == np.float32(padding)).any():
        return slices
    return np.asarray(np.where(empty, np.float32(intensity.floor), slices))


def _second(slices: Voxels) -> Voxels:
    """Second differences along the last axis."""
    return slices[..., :-2] - 2 * slices[..., 1:-1] + slices[..., 2:]


def _blocks(pixels: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    """(n, h, w) as the means of square blocks, (m,)."""
    count, height, width = pixels.shape[0], pixels.shape[1] // BLOCK, pixels.shape[2] // BLOCK
    whole = pixels[:, : height * BLOCK, : width * BLOCK]
    blocks = whole.reshape(count, height, BLOCK, width, BLOCK)
    return np.asarray(blocks.mean(axis=(2, 4), dtype=np.float64)).ravel()
