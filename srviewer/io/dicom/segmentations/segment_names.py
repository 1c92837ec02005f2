"""Number, label and colour of a segment of a DICOM segmentation."""

from typing import Any

from srviewer.core.regions.label_colours import Colour
from srviewer.core.regions.labels import LabelName

WHITE = (0.3127 / 0.3290, 1.0, (1 - 0.3127 - 0.3290) / 0.3290)  # D65, of sRGB
TO_SRGB = (
    (3.2404542, -1.5371385, -0.4985314),
    (-0.9692660, 1.8760108, 0.0415560),
    (0.0556434, -0.2040259, 1.0572252),
)


def segment_name(item: Any) -> LabelName:
    """Read number, label and colour of a segment.

    Args:
        item: The item of the segment sequence, which has a number.

    Returns:
        The name; the colour is None where the file gives none.

    Raises:
        ValueError: And other errors of ``UNREADABLE``, for items that break the standard.
    """
    lab = item.get("RecommendedDisplayCIELabValue")
    colour = _rgb([int(value) for value in lab]) if lab is not None and len(lab) == 3 else None
    return LabelName(
        int(item.SegmentNumber),
        str(item.get("SegmentLabel") or f"segment {item.SegmentNumber}"),
        colour,
    )


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
