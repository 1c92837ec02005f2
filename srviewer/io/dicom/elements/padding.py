"""Pixel padding: the stored numbers that are no image (PS3.3 C.7.5.1.1.2)."""

import struct
from typing import Literal

from pydicom.dataset import Dataset
from pydicom.tag import Tag

# The value and the other end of the range, by the element that holds the pixels.
KEYWORDS = {
    "PixelData": ("PixelPaddingValue", "PixelPaddingRangeLimit"),
    "FloatPixelData": ("FloatPixelPaddingValue", "FloatPixelPaddingRangeLimit"),
    "DoubleFloatPixelData": ("DoubleFloatPixelPaddingValue", "DoubleFloatPixelPaddingRangeLimit"),
}


def padding_limits(
    header: Dataset, pixels: str, signed: bool, bits_stored: int
) -> tuple[float, float] | None:
    """Read both ends of the range of stored numbers that are padding (PS3.3 C.7.5.1.1.2).

    Files state either VR for them, and files in implicit encoding none, so whole numbers are read
    as the pixels are.

    Args:
        header: The file's header.
        pixels: The keyword of the pixel data, a key of ``KEYWORDS``.
        signed: Whether pixels are signed (PixelRepresentation).
        bits_stored: The bits of a pixel that are used, 1 or more.

    Returns:
        (PixelPaddingValue, PixelPaddingRangeLimit) as stored numbers, in either order; twice the
        value where there is no limit, None where there is no value.
    """
    value, limit = (_number(header, keyword, signed, bits_stored) for keyword in KEYWORDS[pixels])
    if value is None:
        return None
    return value, value if limit is None else limit


def _number(header: Dataset, keyword: str, signed: bool, bits_stored: int) -> float | None:
    element = header.get_item(Tag(keyword))
    if element is None or element.value is None:
        return None
    value = element.value
    if keyword[0] != "P":
        return _float(header[keyword].value)
    if isinstance(value, bytes):
        if len(value) not in (2, 4):
            return None
        little = getattr(element, "is_little_endian", True)
        order: Literal["<", ">"] = "<" if little else ">"
        value = struct.unpack(order + ("H" if len(value) == 2 else "I"), value)[0]
        bits = 8 * len(element.value)
    elif isinstance(value, int):
        bits = 16
    else:
        return None
    return float(_signed(value, bits, bits_stored) if signed else value % (1 << bits))


def _signed(value: int, bits: int, bits_stored: int) -> int:
    """Two's complement; of the stored bits alone where those above them are empty."""
    value %= 1 << bits
    if value >= 1 << (bits - 1):
        return value - (1 << bits)
    if 1 << (bits_stored - 1) <= value < 1 << bits_stored:
        return value - (1 << bits_stored)
    return value


def _float(value: object) -> float | None:
    return value if isinstance(value, float) and abs(value) < float("inf") else None
