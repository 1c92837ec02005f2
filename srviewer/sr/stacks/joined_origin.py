"""The DICOM images behind a joined volume."""

from collections.abc import Sequence
from dataclasses import replace

from srviewer.core.volumes.dicom_origin import DicomOrigin
from srviewer.core.volumes.volume import ScanHeader


def joined_origin(stacks: Sequence[ScanHeader], reference: int) -> DicomOrigin | None:
    """The header that an export repeats, and the images of all stacks, which it cites.

    Args:
        stacks: The stacks, in the order in which they were given.
        reference: The number of the reference, whose patient, study and frame of reference the
            joined volume has.

    Returns:
        The origin, with the images of the reference first; None where that is no DICOM.
    """
    own = stacks[reference].origin
    if own is None:
        return None
    others = [stack.origin for stack in stacks if stack.origin is not None]
    images = dict.fromkeys(image for origin in (own, *others) for image in origin.images)
    return replace(own, images=tuple(images))
