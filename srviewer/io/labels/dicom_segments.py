"""Segment names of DICOM segmentations."""

from pathlib import Path

from pydicom import dcmread

from srviewer.core.regions.labels import LabelName
from srviewer.io.dicom.headers.header import UNREADABLE
from srviewer.io.dicom.segmentations.segment_names import segment_name

ELEMENTS = ["SegmentSequence"]
MOST_BYTES = 2**28  # of a file whose header is read


def names_in_dicom(path: Path) -> tuple[LabelName, ...]:
    """Read the segments of a DICOM segmentation.

    Args:
        path: A file of any kind.

    Returns:
        The names; empty for files of other kinds.
    """
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            return ()
        header = dcmread(path, stop_before_pixels=True, specific_tags=ELEMENTS)
        return tuple(segment_name(item) for item in header.SegmentSequence if item.SegmentNumber)
    except UNREADABLE:
        return ()
