"""Voxel values as the whole numbers that DICOM stores, and the way back."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from pydicom.valuerep import format_number_as_ds

from srviewer.core.intensity.padding import measured_limits, measured_voxels
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.io.export.image import DataType

HIGHEST = 65535  # of an unsigned pixel
SIGNED = np.iinfo(np.int16)
LEAST_BITS = 12  # what a CT image stores at least, and what scanners write


@dataclass(frozen=True)
class StoredScale:
    """The relation of stored numbers to voxel values: ``stored * slope + intercept``.

    Attributes:
        slope: A decimal string, as the file has it.
        intercept: A decimal string, as the file has it.
        signed: Whether pixels are signed.
        bits: The bits of a pixel that are used, of 16.
        note: The reason why pixels are not the values themselves, for people; "" where they are.
        padding: Voxels of this value, and no others, are stored as ``padding_stored``; None for no
            padding.
        padding_stored: The stored number of padding.
    """

    slope: str = "1"
    intercept: str = "0"
    signed: bool = False
    bits: int = 16
    note: str = ""
    padding: float | None = None
    padding_stored: int = 0

    @property
    def is_identity(self) -> bool:
        """Whether each pixel is the value itself, so that no reader needs the scale."""
        return float(self.slope) == 1 and float(self.intercept) == 0

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """The data type of the pixels in the file."""
        return np.dtype("<i2" if self.signed else "<u2")

    def stored(self, plane: Voxels) -> npt.NDArray[np.generic]:
        """Convert voxel values to stored numbers.

        Measured voxels whose nearest number stands for padding take the next one.

        Args:
            plane: Voxels of any shape, within the range for which the scale was built.

        Returns:
            The nearest numbers that can be stored, of the same shape; the error is half a ``slope``
            at most.
        """
        exact = (plane.astype(np.float64) - float(self.intercept)) / float(self.slope)
        limits = np.iinfo(np.int16 if self.signed else np.uint16)
        # Every value fits; the slope's own rounding may lead past the last number.
        stored = np.clip(np.rint(exact), limits.min, limits.max).astype(self.dtype)
        if self.padding is None:
            return stored
        mark = self.padding_stored
        taken = stored == mark
        stored[taken] = np.where(exact[taken] < mark, mark - 1, mark + 1)
        stored[plane == np.float32(self.padding)] = mark
        return stored

    def described(self) -> dict[str, object]:
        """The scale as plain JSON values."""
        return {
            "slope": float(self.slope),
            "intercept": float(self.intercept),
            "signed": self.signed,
            "bits": self.bits,
            "padding": None if self.padding is None else self.padding_stored,
            "note": self.note,
        }


def scale_of(
    volume: Volume, stored_as: DataType = "original", scan: Volume | None = None
) -> StoredScale:
    """Choose the scale in which the values of a volume are stored.

    Args:
        volume: A volume of finite voxels.
        stored_as: "original": the pixels are the values themselves, rounded to whole numbers, where
            the scan held whole numbers and they fit into 16 bits. "float32": spread over 16 bits
            with a slope. Values that are whole and fit are always kept exactly. Padding keeps its
            value where that fits beside whole numbers, and else lies just outside the others.
        scan: The scan of which ``volume`` is a result; without it, the volume's data type says what
            the scan held.

    Returns:
        A scale that holds all voxels of ``volume``.
    """
    low, high = measured_limits(volume)
    padding = volume.padding
    if stored_as == "original" and _held_whole_numbers(volume, scan):
        because = f"{_kinds(padding)} do not fit into 16 bits"
        return _whole(low, high, padding) or _spread(low, high, padding, because)
    if _all_whole(volume):
        whole = _whole(low, high, padding)
        if whole is not None:
            return whole
    finer = stored_as == "float32"
    because = "finer values were asked for" if finer else "the scan holds fractions"
    return _spread(low, high, padding, because)


def _held_whole_numbers(volume: Volume, scan: Volume | None) -> bool:
    if np.dtype(volume.stored_as).kind in "iu":
        return True
    return scan is not None and _all_whole(scan)


def _whole(low: float, high: float, padding: float | None) -> StoredScale | None:
    """Slope 1 for values from ``low`` to ``high``; None where 16 bits do not hold them.

    Padding takes the first of these numbers for which no offset is needed, else the first that fits
    with one: its own, the number below the values, the number above them.
    """
    least, most = round(low), round(high)
    if padding is None:
        return _plain(least, most) or _with_offset(least, most, padding)
    own = [round(padding)] if padding.is_integer() else []
    spans = []
    for mark in (*own, least - 1, most + 1):
        # Room for values that are not the padding's, but rounded would be.
        span = min(least, mark - (low < mark)), max(most, mark + (high > mark))
        scale = _plain(*span)
        if scale is not None:
            return replace(scale, padding=padding, padding_stored=mark)
        spans.append((mark, span))
    for mark, span in spans:
        scale = _with_offset(*span, padding)
        if scale is not None:
            return replace(scale, padding=padding, padding_stored=mark - span[0])
    return None


def _plain(least: int, most: int) -> StoredScale | None:
    """Pixels that are the values themselves; None where that cannot be."""
    if least >= 0 and most <= HIGHEST:
        return StoredScale(bits=max(LEAST_BITS, most.bit_length()))
    if least >= SIGNED.min and most <= SIGNED.max:
        bits = 1 + max(most.bit_length(), (-least - 1).bit_length())
        return StoredScale(signed=True, bits=max(LEAST_BITS, bits))
    return None


def _with_offset(least: int, most: int, padding: float | None) -> StoredScale | None:
    """Slope 1, with the least value stored as 0; None where 16 bits are too few."""
    if most - least > HIGHEST:
        return None
    range_text = f"{_kinds(padding)}, from {least} to {most},"
    because = f"{range_text} fit into 16 bits only with an offset"
    return _noted("1", format_number_as_ds(float(least)), because)


def _kinds(padding: float | None) -> str:
    return "its values" if padding is None else "its values and its padding"


def _spread(low: float, high: float, padding: float | None, because: str) -> StoredScale:
    """All of 16 bits for values from ``low`` to ``high``; padding, where there is any, is 0.

    Without it 0 is stored as 0 where that costs little, for viewers that ignore the intercept.
    """
    if padding is not None:
        slope = (high - low) / (HIGHEST - 1) or 1.0
        numbers = format_number_as_ds(slope), format_number_as_ds(low - slope)
        return replace(_noted(*numbers, because), padding=padding)
    intercept = low if low < 0 or low > high / 2 else 0.0
    slope = (high - intercept) / HIGHEST or 1.0
    return _noted(format_number_as_ds(slope), format_number_as_ds(intercept), because)


def _noted(slope: str, intercept: str, because: str) -> StoredScale:
    note = (
        f"Pixels are stored with slope {float(slope):.6g} and intercept {float(intercept):.6g}, "
        f"since {because}; some viewers of MR images ignore both."
    )
    return StoredScale(slope, intercept, note=note)


def _all_whole(volume: Volume) -> bool:
    planes = range(volume.geometry.shape[2])
    # Plane by plane, and only until one is not: results are as large as memory allows.
    return all(_is_whole(measured_voxels(volume.voxels[:, :, k], volume.padding)) for k in planes)


def _is_whole(plane: Voxels) -> bool:
    return bool((plane == np.rint(plane)).all())
