"""The private scale slope of Philips, by which converters divide the values of its images."""

from pydicom.tag import Tag

from srviewer.io.dicom.elements.private_elements import PHILIPS_SCALE, creator_of, private_number
from srviewer.io.dicom.elements.tags import Lookup

CREATOR = "Philips MR Imaging DD"  # and a number
OF_FRAME = Tag(0x2005140F)  # a sequence in the group of a frame


def scale_slope(values: Lookup) -> float | None:
    """Read the private scale slope (2005,100E) of an image.

    Args:
        values: Of the image.

    Returns:
        The slope, above 0; None where the image has none.
    """
    items = (group.get(OF_FRAME) for group in values.groups)
    private = (item.value[0] for item in items if item is not None and item.value)
    for dataset in (values.file, *private):
        if not creator_of(dataset, PHILIPS_SCALE).startswith(CREATOR):
            continue
        try:
            slope = float(private_number(dataset, PHILIPS_SCALE))
        except ValueError:
            continue
        if 0 < slope < float("inf"):
            return slope
    return None
