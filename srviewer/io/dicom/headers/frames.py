"""The frames of a DICOM file: the values that its header gives for each of them."""

from pathlib import Path

from pydicom.dataset import FileDataset

from srviewer.errors import UserError
from srviewer.io.dicom.elements.bounded_reading import PIXELS, items_of, read_dicom_header
from srviewer.io.dicom.elements.file_bytes import MOST_PIECES, DicomBytes
from srviewer.io.dicom.elements.tags import HEADER_TAGS, Lookup, text
from srviewer.io.dicom.headers.claims import check_frames
from srviewer.io.dicom.headers.stored_pixels import frame_count
from srviewer.job import Job

SHARED, PER_FRAME = 0x52009229, 0x52009230
# Reads of the description of a frame, of which scanners need a few hundred.
PIECES_OF_FRAME = 2_000
# Their frames follow each other in time and are no slices.
CINE_MODALITIES = ("US", "IVUS", "XA", "RF", "ES", "GM")


def image_header(path: Path, file: DicomBytes) -> Job[FileDataset]:
    """Read the elements of a header that describe images, and stop at the pixels.

    The description of each frame is read only after the number of frames was checked against the
    size of the file.

    Args:
        path: The file's path.
        file: The open file; afterwards it is at its pixels.

    Returns:
        The header with the elements of ``HEADER_TAGS``.

    Raises:
        UserError: The header holds more than those of images do, or promises more frames than a
            file of this size can hold.
    """
    header = yield from read_dicom_header(path, file, HEADER_TAGS, PIXELS | {SHARED, PER_FRAME})
    position = file.tell()
    little = bool(header.original_encoding[1])
    group = int.from_bytes(file.read(2), "little" if little else "big")
    file.seek(position)
    if group != SHARED >> 16:
        return header
    frames = frame_count(header)
    check_frames(path, frames, 1, file.room)
    file.pieces = MOST_PIECES + PIECES_OF_FRAME * frames
    return (yield from read_dicom_header(path, file, HEADER_TAGS))


def frames_of(path: Path, header: FileDataset, frames: int) -> Job[tuple[Lookup, ...]]:
    """Look up the values of each 2D image of a file.

    Args:
        path: The file, for messages.
        header: Its header.
        frames: The number of 2D images.

    Returns:
        One ``Lookup`` for each frame, in their order.

    Raises:
        UserError: There are several frames, and the header does not give a position for each.
    """
    described = yield from items_of(path, header, PER_FRAME, frames)
    shared = (yield from items_of(path, header, SHARED, 0))[:1]
    if not described and frames == 1:
        return (Lookup((), header),)
    if len(described) == frames:
        return tuple(Lookup((frame, *shared), header) for frame in described)
    if len(described) > 1 or text(header, "Modality") in CINE_MODALITIES:
        raise UserError(
            f"'{path.name}' holds {frames:,} frames without saying where each one lies in the "
            "patient. Export it as an MR or CT series."
        )
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient"):
        header.pop(keyword, None)
    return (Lookup((), header),) * frames
