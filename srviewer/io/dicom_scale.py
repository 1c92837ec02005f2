"""Voxel values as the whole numbers that DICOM stores, and the way back."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydicom.valuerep import format_number_as_ds

from srviewer.core.padding import measured_limits
from srviewer.core.volume import Volume, Voxels

HIGHEST = 65535
PADDING_STORED = 0


@dataclass(frozen=True)
class Scale:
    """A voxel is ``stored * slope + intercept``; both are decimal strings as the file has them.

    ``padding``: the voxels of this value are stored as PADDING_STORED, and no others are.
    """

    slope: str
    intercept: str
    padding: float | None = None

    def stored(self, plane: Voxels) -> npt.NDArray[np.uint16]:
        """The nearest numbers that can be stored; at most half a ``slope`` off."""
        exact = (plane.astype(np.float64) - float(self.intercept)) / float(self.slope)
        if self.padding is None:
            return np.clip(np.rint(exact), 0, HIGHEST).astype(np.uint16)
        stored = np.clip(np.rint(exact), PADDING_STORED + 1, HIGHEST).astype(np.uint16)
        stored[plane == np.float32(self.padding)] = PADDING_STORED
        return stored


def scale_of(volume: Volume) -> Scale:
    """Whole numbers that fit are kept as they are; anything else is spread over 16 bits.

    Where it costs little, 0 is stored as 0, for viewers that ignore the intercept.
    """
    if volume.padding is not None:
        return _beside_padding(volume, volume.padding)
    low, high = float(volume.voxels.min()), float(volume.voxels.max())
    intercept = low if low < 0 or low > high / 2 else 0.0
    if _whole(volume) and high - intercept <= HIGHEST:
        return Scale("1", format_number_as_ds(intercept))
    slope = (high - intercept) / HIGHEST or 1.0
    return Scale(format_number_as_ds(slope), format_number_as_ds(intercept))


def _beside_padding(volume: Volume, padding: float) -> Scale:
    """Padding keeps its value where whole numbers have room for it; else it lies just below."""
    low, high = measured_limits(volume)
    whole = _whole(volume)
    if whole and padding < low and high - padding <= HIGHEST:
        return Scale("1", format_number_as_ds(padding), padding)
    slope = 1.0 if whole and high - low < HIGHEST else (high - low) / (HIGHEST - 1) or 1.0
    return Scale(format_number_as_ds(slope), format_number_as_ds(low - slope), padding)


def _whole(volume: Volume) -> bool:
    planes = range(volume.geometry.shape[2])
    # Plane by plane, and only until one is not: results are as large as memory allows.
    return all(_is_whole(volume.voxels[:, :, k]) for k in planes)


def _is_whole(plane: Voxels) -> bool:
    return bool((plane == np.rint(plane)).all())
