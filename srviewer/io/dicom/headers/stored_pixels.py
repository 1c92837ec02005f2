"""The pixel storage of one DICOM file, and the test that its pixels are grey values."""

import struct
from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import FileDataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from srviewer.io.dicom.elements.file_bytes import DicomBytes
from srviewer.io.dicom.elements.padding import padding_limits
from srviewer.io.dicom.elements.tags import text
from srviewer.io.files.packing import DEFLATE_LIMIT

PIXEL_TAGS = {
    (0x7FE0, 0x0010): "PixelData",
    (0x7FE0, 0x0008): "FloatPixelData",
    (0x7FE0, 0x0009): "DoubleFloatPixelData",
}
UNDEFINED = 0xFFFFFFFF  # in the place of a length
# Bright is high, bright is low, and an index into colours.
PHOTOMETRIC = ("MONOCHROME2", "MONOCHROME1", "PALETTE COLOR")


@dataclass(frozen=True)
class PixelFile:
    """The storage of the pixels in one file.

    Attributes:
        path: The file.
        start: The byte at which the value of the pixel data begins, as ``DicomBytes`` reads.
        size: Bytes of the whole file.
        syntax: The transfer syntax.
        keyword: Pydicom's keyword of the element of the pixel data.
        vr: Its value representation, "" in implicit encoding.
        rows: Pixels along a column.
        columns: Pixels along a row.
        frames: The number of 2D images.
        bits_allocated: Bits of a pixel in the file.
        bits_stored: Bits of a pixel that hold its value.
        unused_low: Bits below the stored ones, where old files left some.
        signed: Whether pixels are signed.
        photometric: One of ``PHOTOMETRIC``.
        little_endian: The order of the bytes of pixels that are not compressed.
        padding: Both ends of the range of stored numbers that are no image, or None.
        gzipped: Whether the file is packed with gzip as a whole.
        length: Bytes of the pixel data by the head of their element; None where it leaves that
            open, as it does for compressed ones.
    """

    path: Path
    start: int
    size: int
    syntax: UID
    keyword: str
    vr: str
    rows: int
    columns: int
    frames: int
    bits_allocated: int
    bits_stored: int
    unused_low: int
    signed: bool
    photometric: str
    little_endian: bool
    padding: tuple[float, float] | None = None
    gzipped: bool = False
    length: int | None = None

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame that is not compressed."""
        return self.rows * self.columns * self.bits_allocated // 8

    @property
    def bits_used(self) -> int:
        """The number of allocated bits, from the lowest, up to the highest stored one."""
        return self.bits_stored + self.unused_low

    @property
    def dark_is_high(self) -> bool:
        """Whether high numbers stand for dark, as in MONOCHROME1."""
        return self.photometric == "MONOCHROME1" and self.keyword == "PixelData"

    @property
    def compressed(self) -> bool:
        """Whether the pixels are compressed; False for an unknown transfer syntax."""
        return _is_compressed(self.syntax)

    @property
    def promised(self) -> int:
        """Bytes of all frames, not compressed; single bits of frames follow without gaps."""
        return -(-self.frames * self.rows * self.columns * self.bits_allocated // 8)

    @property
    def surplus(self) -> int:
        """Bytes behind pixels that are not compressed, beyond the one that makes a length even."""
        if self.compressed or self.length is None:
            return 0
        more = self.length - self.promised
        return more if more > 1 else 0

    @property
    def truncated(self) -> bool:
        """Whether there are fewer bytes than promised for pixels that are not compressed."""
        return not self.compressed and self.promised > self.held

    @property
    def held(self) -> int:
        """The largest number of bytes of pixels: further elements may follow them in the file."""
        rest = self.room - self.start
        return rest if self.length is None else min(self.length, rest)

    @property
    def room(self) -> int:
        """The largest number of bytes that ``DicomBytes`` can read; exact unless packed."""
        packed = self.gzipped or self.syntax == DeflatedExplicitVRLittleEndian
        return self.size * DEFLATE_LIMIT if packed else self.size


def is_grey(header: FileDataset) -> bool:
    """Whether the header describes images with one value in a pixel, which palettes may colour.

    Args:
        header: The file's header.

    Returns:
        False for colours, single bits and unknown photometric interpretations.
    """
    return (
        header.get("SamplesPerPixel", 1) == 1
        and text(header, "PhotometricInterpretation") in PHOTOMETRIC
        and header.get("BitsAllocated") in (8, 16, 32, 64)
    )


def pixel_file(path: Path, file: DicomBytes, header: FileDataset) -> PixelFile | None:
    """Read the storage of the pixels of the file whose header has just been read.

    Args:
        path: The file's path.
        file: The open file, at the element of its pixels.
        header: Its header.

    Returns:
        The storage; None when the file has no pixels.
    """
    implicit, little = header.original_encoding
    syntax = header.file_meta.get("TransferSyntaxUID") or (
        (ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian)
        if little
        else ExplicitVRBigEndian
    )
    element = _pixel_element(file, bool(implicit), bool(little))
    if element is None:
        return None
    start, keyword, vr, length = element
    stored = int(header.get("BitsStored", header.BitsAllocated))
    signed = header.get("PixelRepresentation", 0) == 1
    photometric = text(header, "PhotometricInterpretation")
    return PixelFile(
        path=path,
        start=start,
        size=path.stat().st_size,
        syntax=UID(syntax),
        keyword=keyword,
        vr=vr,
        rows=int(header.Rows),
        columns=int(header.Columns),
        frames=frame_count(header),
        bits_allocated=int(header.BitsAllocated),
        bits_stored=stored,
        unused_low=0 if _is_compressed(UID(syntax)) else _unused_low(header, stored),
        signed=signed,
        photometric=photometric,
        little_endian=bool(little),
        padding=None
        if photometric == "PALETTE COLOR"
        else padding_limits(header, keyword, signed, stored),
        gzipped=file.gzipped,
        length=None if length == UNDEFINED else length,
    )


def frame_count(header: FileDataset) -> int:
    """Read the number of frames that the header promises.

    Args:
        header: The file's header.

    Returns:
        NumberOfFrames, 1 where it is absent.

    Raises:
        ValueError: NumberOfFrames is no whole number.
    """
    return int(text(header, "NumberOfFrames") or 1)


def _is_compressed(syntax: UID) -> bool:
    return bool(syntax.is_transfer_syntax and syntax.is_compressed)


def _unused_low(header: FileDataset, stored: int) -> int:
    """Bits below the lowest stored one: none today, but files of the 1980s and 90s may have some.

    Only a plausible header is believed: a highest bit that lies in the allocated ones and leaves
    room for those that are stored.
    """
    highest = int(header.get("HighBit", stored - 1))
    return highest - stored + 1 if stored <= highest < int(header.BitsAllocated) else 0


def _pixel_element(
    file: DicomBytes, implicit: bool, little: bool
) -> tuple[int, str, str, int] | None:
    """The byte at which the pixel data begins, its keyword, its VR, its length in bytes.

    None when a file has none. pydicom has just stopped before that element.
    """
    position = file.tell()
    head = file.read(12)
    if len(head) < 12:
        return None
    order = "<" if little else ">"
    group, element = struct.unpack(f"{order}HH", head[:4])
    keyword = PIXEL_TAGS.get((group, element))
    if keyword is None:
        return None
    (length,) = struct.unpack(f"{order}I", head[4:8] if implicit else head[8:])
    if implicit:
        return position + 8, keyword, "", length
    return position + 12, keyword, head[4:6].decode("ascii", "replace"), length
