"""Files that claim more than they hold, for the table of bad input and tests of their own."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import DeflatedExplicitVRLittleEndian, JPEG2000Lossless, RLELossless

ITEM, PIXELS = b"\xfe\xff\x00\xe0", b"\xe0\x7f\x10\x00"


def stored(dataset: Dataset) -> bytes:
    """The bytes of a DICOM file."""
    file = io.BytesIO()
    dataset.save_as(file, implicit_vr=False, little_endian=True)
    return file.getvalue()


def many_frames(dataset: Dataset, count: int = 2_000_000) -> bytes:
    """One frame, and as many promised."""
    dataset.NumberOfFrames = count
    return stored(dataset)


def many_compressed_frames(dataset: Dataset) -> bytes:
    """Four compressed frames, and nine promised."""
    dataset.NumberOfFrames = 9
    dataset.file_meta.TransferSyntaxUID = RLELossless
    dataset.PixelData = encapsulate([b"abcdefghijkl"] * 4)
    dataset["PixelData"].is_undefined_length = True
    return stored(dataset)


def vast_frame(dataset: Dataset) -> bytes:
    """A few compressed bytes of an image of 65535 x 65535."""
    dataset.Rows = dataset.Columns = 65535
    dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
    dataset.PixelData = encapsulate([b"abcd"])
    dataset["PixelData"].is_undefined_length = True
    return stored(dataset)


def deflated(dataset: Dataset, before: int) -> bytes:
    """A deflated file with an element of ``before`` zeros at its start."""
    plain = stored(dataset)
    inner = plain[plain.index(b"\x08\0\x16\0") :]  # from the SOP class on
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    end = len(plain) - len(inner) + 2  # whose UID is longer by two
    content = stored(dataset)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = struct.pack("<HH2sHI", 8, 1, b"UN", 0, before) if before else b""
    packed = packer.compress(head) + packer.compress(bytes(before)) + packer.compress(inner)
    return content[:end] + packed + packer.flush()


def many_items(dataset: Dataset, count: int, tag: tuple[int, int] = (0x5200, 0x9230)) -> bytes:
    """Two frames, and ``count`` empty items that describe them."""
    dataset.NumberOfFrames = 2
    dataset.PixelData = dataset.PixelData * 2
    content, items = stored(dataset), (ITEM + bytes(4)) * count
    place = content.index(PIXELS)
    head = struct.pack("<HH2sHI", *tag, b"SQ", 0, len(items))
    return content[:place] + head + items + content[place:]


def zipped(members: list[tuple[str, bytes]], flags: int = 0, method: int = 0) -> bytes:
    """A zip; ``flags`` and ``method``, where they are not 0, are written over what it says."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, (name, content) in enumerate(members):
            archive.writestr(f"{number}".ljust(len(name.encode()), "#"), content)
    made = bytearray(file.getvalue())
    for number, (name, _) in enumerate(members):
        stand_in = f"{number}".ljust(len(name.encode()), "#").encode()
        made = bytearray(made.replace(stand_in, name.encode()))
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = made.find(mark)
        while place >= 0:
            made[place + at] |= flags
            made[place + at + 2] |= method
            place = made.find(mark, place + 4)
    return bytes(made)


def zips_in_zips(content: bytes, levels: int) -> bytes:
    """``scan.nii`` with this content inside so many zips."""
    name = "scan.nii"
    for _ in range(levels):
        name, content = "in.zip", zipped([(name, content)])
    return content


def pipe(name: str) -> Callable[[Path], Path]:
    """Makes a named pipe in a folder."""

    def make(folder: Path) -> Path:
        os.mkfifo(folder / name)
        return folder / name

    return make
