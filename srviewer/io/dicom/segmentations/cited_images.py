"""The images that a frame of a segmentation names as those it was drawn on."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydicom.dataset import Dataset

from srviewer.core.volumes.dicom_origin import Citation
from srviewer.io.dicom.headers.header import UNREADABLE

MOST = 8  # images of a frame; one that names more names its series, and no place


def cited_images(groups: Sequence[Dataset]) -> tuple[Citation, ...]:
    """The images that a frame cites.

    Args:
        groups: The functional groups of the frame, its own before those that all frames share.

    Returns:
        Each image, or frame of one; empty where it cites none, or too many to say where it lies.
    """
    for group in groups:
        try:
            items = list(_items(group))
            cited = tuple(citation for item in items[:MOST] for citation in _citations(item))
        except UNREADABLE:  # the frame itself may be readable all the same
            return ()
        if items:
            return cited if max(len(items), len(cited)) <= MOST else ()
    return ()


def _items(group: Dataset) -> Iterator[Dataset]:
    derivations: Any = group.get("DerivationImageSequence") or ()
    for derivation in derivations[:MOST]:
        yield from (derivation.get("SourceImageSequence") or ())[: MOST + 1]


def _citations(item: Dataset) -> Iterator[Citation]:
    uid = str(item.get("ReferencedSOPInstanceUID") or "")
    frames: Any = item.get("ReferencedFrameNumber")
    if not uid or item.get("SpatialLocationsPreserved") == "NO":
        return
    if frames is None:
        yield uid, None
        return
    for frame in frames if isinstance(frames, Sequence) else (frames,):
        yield uid, int(frame) - 1
