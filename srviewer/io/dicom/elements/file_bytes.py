"""The bytes of a DICOM file as pydicom reads them: as they lie in it, or inflated while read."""

import struct
import zlib
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from srviewer.errors import UserError
from srviewer.io.files.streams import DEFLATE_LIMIT

DEFLATED = str(DeflatedExplicitVRLittleEndian).encode()
PLAIN = str(ExplicitVRLittleEndian).encode().ljust(len(DEFLATED), b"\0")
LARGEST_META = 4096  # bytes in which the file meta information ends, hundreds in real files
LONG_VRS = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT")
PACKED_PIECE = 64 << 10
WINDOW = 1 << 20  # inflated bytes that are kept behind the place of reading
# A header is read in pieces, a few for each of its elements.
MOST_PIECES = 500_000
LARGEST_INFLATED = 64 << 20  # bytes of a deflated header


class DicomBytes:
    """A file for reading, of which no more is taken than is there, nor in more than some pieces.

    A deflated file reads as if it were not deflated: its header says so, and what follows is
    inflated as far as it is read. ``pieces``: how many reads are still allowed. ``inflated``: how
    many bytes a deflated file may hold up to where it is read, None for any number.
    """

    def __init__(self, path: Path, pieces: int = MOST_PIECES, inflated: int | None = None) -> None:
        self._path = path
        self._file = path.open("rb")
        try:
            self._size = path.stat().st_size
            start = self._file.read(LARGEST_META)
            meta = _meta_end(start) if DEFLATED in start else 0
            self.deflated = meta > 0
            self._file.seek(0)
            self._bytes: BinaryIO | _Inflating = self._file
            if self.deflated:
                head = start[:meta].replace(DEFLATED, PLAIN)
                self._bytes = _Inflating(self._file, head, inflated)
        except BaseException:
            self._file.close()
            raise
        self.name = str(path)
        self.pieces = pieces
        self.seek, self.tell = self._bytes.seek, self._bytes.tell

    def read(self, count: int = -1) -> bytes:
        """As of any file; UserError once too many pieces were read."""
        self.pieces -= 1
        if self.pieces < 0:
            raise too_much(self._path)
        if count < 0 or (count > self._size and not self.deflated):
            count = self._size if not self.deflated else -1
        return self._bytes.read(count)

    @property
    def room(self) -> int:
        """How many bytes may be read at most."""
        return self._size * DEFLATE_LIMIT if self.deflated else self._size

    @property
    def exceeded(self) -> bool:
        """Whether more was asked for than is allowed."""
        return self.pieces < 0 or (isinstance(self._bytes, _Inflating) and self._bytes.exceeded)

    def __enter__(self) -> "DicomBytes":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def too_much(path: Path) -> UserError:
    """The error of a header that holds more than that of any image."""
    return UserError(
        f"'{path.name}' is refused: its header holds far more than the header of an image can. It "
        "is damaged, or was made to take all memory. Copy it again."
    )


class _Inflating:
    """``head`` and, behind it, what is deflated in ``file`` from the same byte on."""

    def __init__(self, file: BinaryIO, head: bytes, most: int | None) -> None:
        self._file, self._head, self._most = file, head, most
        self._start()

    def _start(self) -> None:
        self._file.seek(len(self._head))
        self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        self._kept, self._first = bytearray(self._head), 0
        self._place, self.exceeded = 0, False

    def tell(self) -> int:
        return self._place

    def seek(self, position: int, whence: int = 0) -> int:
        """Go there; bytes that are no longer kept are inflated anew."""
        position = max(0, position + (self._place if whence else 0))
        if position < self._first:
            self._start()
        while self._first + len(self._kept) < position and self._more():
            self._forget(position)
        self._place = position
        return position

    def read(self, count: int) -> bytes:
        """Up to ``count`` bytes; all for -1, as far as that is allowed."""
        stop = self._place + count if count >= 0 else None
        while (stop is None or self._first + len(self._kept) < stop) and self._more():
            pass
        start = self._place - self._first
        piece = bytes(self._kept[start : None if stop is None else stop - self._first])
        self._place += len(piece)
        self._forget(self._place)
        return piece

    def _more(self) -> bool:
        """Inflate another piece; False at the end."""
        if self._most is not None and self._first + len(self._kept) > self._most:
            self.exceeded = True
            return False
        packed = self._unpacker.unconsumed_tail or self._file.read(PACKED_PIECE)
        if not packed or self._unpacker.eof:
            return False
        self._kept += self._unpacker.decompress(packed, WINDOW)
        return True

    def _forget(self, position: int) -> None:
        """Keep what lies less than a window before ``place``, now and then."""
        old = min(position - WINDOW - self._first, len(self._kept))
        if old > WINDOW:
            del self._kept[:old]
            self._first += old


def _meta_end(start: bytes) -> int:
    """The byte behind the file meta information, which says deflated; 0 where it does not."""
    position = 132 if start[128:132] == b"DICM" else 0
    deflated = False
    while len(start) >= position + 12 and start[position : position + 2] == b"\x02\0":
        vr = start[position + 4 : position + 6]
        if vr in LONG_VRS:
            length, head = struct.unpack_from("<I", start, position + 8)[0], 12
        else:
            length, head = struct.unpack_from("<H", start, position + 6)[0], 8
        value = start[position + head : position + head + length]
        deflated |= (
            start[position + 2 : position + 4] == b"\x10\0" and value.strip(b"\0 ") == DEFLATED
        )
        position += head + length
    return position if deflated and position <= len(start) else 0
