"""Segment names of a DICOM label map (Label Map Segmentation Storage)."""

from pathlib import Path
from typing import Any

from pydicom import dcmread

from srviewer.core.regions.label_colours import Colour
from srviewer.core.regions.labels import LabelName
from srviewer.io.dicom.headers.header import UNREADABLE

ELEMENTS = ["SegmentSequence", "SegmentationType"]
MOST_BYTES = 2**28  # of a file whose header is read
WHITE = (0.3127 / 0.3290, 1.0, (1 - 0.3127 - 0.3290) / 0.3290)  # D65, of sRGB
TO_SRGB = (
    (3.2404542, -1.5371385, -0.4985314),
    (-0.9692660, 1.8760108, 0.0415560),
    (0.0556434, -0.2040259, 1.0572252),
)


def names_in_dicom(path: Path) -> tuple[LabelName, ...]:
    """Read the segments of a DICOM label map.

    Args:
        path: A file of any kind.

    Returns:
        The names; empty for files of other kinds, whose voxels are no segment numbers.
    """
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            return ()
        header = dcmread(path, stop_before_pixels=True, specific_tags=ELEMENTS)
        if str(header.get("SegmentationType", "")) != "LABELMAP":
            return ()
        return tuple(_name(item) for item in header.SegmentSequence if item.SegmentNumber)
    except UNREADABLE:
        return ()


def _name(item: Any) -> LabelName:
    lab = item.get("RecommendedDisplayCIELabValue")
    colour = _rgb([int(value) for value in lab]) if lab is not None and len(lab) == 3 else None
    return LabelName(int(item.SegmentNumber), str(item.SegmentLabel), colour)


def _rgb(stored: list[int]) -> Colour:
    """RGB of a colour in PCS-Values (PS3.3 C.10.7.1.1): 16 bits for L*, a* and b*."""
    light = 100 * stored[0] / 65535
    a, b = (255 * value / 65535 - 128 for value in stored[1:])
    y = (light + 16) / 116
    curve = (y + a / 500, y, y - b / 200)
    xyz = [
        white * (v**3 if v > 6 / 29 else 3 * (6 / 29) ** 2 * (v - 4 / 29))
        for v, white in zip(curve, WHITE, strict=True)
    ]
    linear = [sum(m * v for m, v in zip(row, xyz, strict=True)) for row in TO_SRGB]
    red, green, blue = (
        round(255 * (12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055))
        for v in (min(max(value, 0.0), 1.0) for value in linear)
    )
    return red, green, blue
