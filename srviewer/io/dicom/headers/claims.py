"""Checks of the amount of pixels that a DICOM header promises against the bytes of its file."""

import struct
from pathlib import Path

from pydicom.uid import RLELossless

from srviewer.core.counted import counted
from srviewer.errors import UserError
from srviewer.io.dicom.elements.file_bytes import DicomBytes
from srviewer.io.dicom.headers.stored_pixels import PixelFile

MOST_FRAMES = 100_000  # of one file; 90,000 is a long series of whole volumes over time
# The most bytes of pixels that a byte can hold: in run-length encoding, and in other encodings,
# which reach it only for blank images, as a few dozen megabytes may be.
RLE_LIMIT, PACKED_LIMIT = 64, 1024
BLANK_BYTES = 32 << 20
FRAGMENT_START = b"\xfe\xff\x00\xe0"


def check_frames(path: Path, frames: int, frame_bytes: int, room: int) -> None:
    """Check that a file can hold the frames that its header promises.

    Args:
        path: The file.
        frames: NumberOfFrames.
        frame_bytes: The bytes of a frame, at least.
        room: The bytes that can hold frames.

    Raises:
        UserError: There are more frames than any file has, or than ``room`` bytes can hold.
    """
    most_frames = room // max(frame_bytes, 1)
    if frames > MOST_FRAMES or frames > max(most_frames, 1):
        raise UserError(
            f"'{path.name}' is cut short or damaged: its header promises {frames:,} frames, and "
            f"it holds at most {min(most_frames, MOST_FRAMES):,}. Copy it again."
        )


def check_claims(pixels: PixelFile, file: DicomBytes) -> None:
    """Check that a file can hold the pixels that its header promises.

    A single grey frame that is not compressed may be cut short: it is left out of its series.

    Args:
        pixels: The pixel storage by the header.
        file: The open file, of which fragments of compressed data are counted.

    Raises:
        UserError: Uncompressed frames are longer than the element or the file that holds them, or
            are packed as compressed ones are; or compressed data would have to be smaller than
            their encoding allows, has fewer fragments than frames, or is packed once more.
    """
    if not pixels.compressed:
        _check_plain(pixels)
        return
    if pixels.gzipped:
        raise UserError(
            f"'{pixels.path.name}' holds compressed pixels and is packed with gzip as well. Unpack "
            "it with gunzip and open the folder."
        )
    check_frames(pixels.path, pixels.frames, 8, pixels.size - pixels.start)
    ratio = RLE_LIMIT if pixels.syntax == RLELossless else PACKED_LIMIT
    claimed = pixels.frames * pixels.frame_bytes
    if claimed > ratio * (pixels.size - pixels.start) + BLANK_BYTES:
        raise UserError(
            f"'{pixels.path.name}' is cut short or damaged: its header promises {claimed:,} bytes "
            f"of pixels, more than {pixels.size:,} compressed bytes hold. Copy it again."
        )
    if pixels.frames > 1:
        check_frames(pixels.path, pixels.frames, 1, _fragments(file, pixels))


def _check_plain(pixels: PixelFile) -> None:
    if pixels.length is None and pixels.syntax.is_transfer_syntax:
        raise UserError(
            f"The header of '{pixels.path.name}' says that its pixels are not compressed "
            f"({pixels.syntax.name}), and they are stored as compressed ones are. Export it again."
        )
    single_bits = pixels.bits_allocated == 1
    if pixels.frames > 1:
        check_frames(pixels.path, pixels.frames, pixels.frame_bytes, pixels.held)
    if pixels.truncated and (pixels.frames > 1 or single_bits):
        raise UserError(
            f"'{pixels.path.name}' is cut short or damaged: its header promises "
            f"{counted(pixels.promised, 'byte')} of pixels, and it holds at most {pixels.held:,}. "
            "Copy it again."
        )


def _fragments(file: DicomBytes, pixels: PixelFile) -> int:
    """Count the fragments of compressed data, up to the number of frames."""
    file.seek(pixels.start)
    count = -1  # the first one is a table of the others' offsets
    while count < pixels.frames:
        head = file.read(8)
        if len(head) < 8 or head[:4] != FRAGMENT_START:
            break
        length = struct.unpack("<I", head[4:])[0]
        if file.tell() + length > pixels.size:
            break
        file.seek(length, 1)
        count += 1
    return max(count, 0)
