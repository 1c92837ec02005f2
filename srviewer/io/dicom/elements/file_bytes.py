"""The bytes of a DICOM file as pydicom reads them, unpacked on the way where they are packed."""

import struct
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from srviewer.errors import UserError
from srviewer.io.files.gzip_streams import GZIP, LIBRARY, LONGEST_HEADER, Unpacker, raw_unpacker
from srviewer.io.files.packing import DEFLATE_LIMIT, GZIP_MAGIC

DEFLATED = str(DeflatedExplicitVRLittleEndian).encode()
PLAIN = str(ExplicitVRLittleEndian).encode().ljust(len(DEFLATED), b"\0")
LARGEST_META = 4096  # bytes in which the file meta information ends, hundreds in real files
LONG_VRS = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT")
PACKED_PIECE = LONGEST_HEADER
WINDOW = 1 << 20  # inflated bytes that are kept before the position of reading
# A header is read in pieces, a few for each of its elements.
MOST_PIECES = 500_000
LARGEST_INFLATED = 64 << 20  # bytes of a deflated header


class DicomBytes:
    """A DICOM file open for reading, with limits on the number of reads and of inflated bytes.

    A deflated file reads as if it were not: its header names explicit little endian as the transfer
    syntax, and what follows is inflated as far as it is read. So does one that is packed with gzip
    as a whole.

    Attributes:
        deflated: Whether its data set is deflated.
        gzipped: Whether the file is packed with gzip as a whole.
        name: The path as text, as pydicom expects it of a file.
        pieces: Reads that are still allowed.
    """

    def __init__(self, path: Path, pieces: int = MOST_PIECES, inflated: int | None = None) -> None:
        self._path = path
        self._file = path.open("rb")
        try:
            self._size = path.stat().st_size
            start = self._file.read(LARGEST_META)
            meta = _meta_end(start) if DEFLATED in start else 0
            self.deflated, self.gzipped = meta > 0, start.startswith(GZIP_MAGIC)
            self._file.seek(0)
            self._bytes: BinaryIO | _Inflating = self._file
            if self.packed:
                head = start[:meta].replace(DEFLATED, PLAIN)
                unpacker = raw_unpacker if self.deflated else _gzip_unpacker
                self._bytes = _Inflating(self._file, head, inflated, unpacker)
        except BaseException:
            self._file.close()
            raise
        self.name = str(path)
        self.pieces = pieces
        self.seek, self.tell = self._bytes.seek, self._bytes.tell

    def read(self, count: int = -1) -> bytes:
        """Read bytes at the current position.

        Args:
            count: The number of bytes; negative for all that follow. Never more than the file has
                is asked for, whatever a damaged header promises.

        Returns:
            At most ``count`` bytes, fewer at the end of the file.

        Raises:
            UserError: More reads were made than are allowed.
        """
        self.pieces -= 1
        if self.pieces < 0:
            raise too_much(self._path)
        if count < 0 or (count > self._size and not self.packed):
            count = self._size if not self.packed else -1
        return self._bytes.read(count)

    @property
    def room(self) -> int:
        """The largest number of bytes that can be read."""
        return self._size * DEFLATE_LIMIT if self.packed else self._size

    @property
    def packed(self) -> bool:
        """Whether bytes are unpacked as they are read."""
        return self.deflated or self.gzipped

    @property
    def exceeded(self) -> bool:
        """Whether more reads or inflated bytes were asked for than are allowed."""
        return self.pieces < 0 or (isinstance(self._bytes, _Inflating) and self._bytes.exceeded)

    def verify_end(self) -> None:
        """Unpack a file that is packed with gzip to its end, where its checksum stands.

        Raises:
            EOFError: It ends too early.
            Exception: Its content is not that of the checksum; one of ``UNPACKING_ERRORS``.
        """
        if self.gzipped and isinstance(self._bytes, _Inflating):
            self._bytes.verify_end()

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
    """Build the error of a header that holds more than that of any image.

    Args:
        path: The file.

    Returns:
        The error, for the caller to raise.
    """
    return UserError(
        f"'{path.name}' is refused: its header holds far more than the header of an image can. It "
        "is damaged, or was made to take all memory. Copy it again."
    )


class _Inflating:
    """``head``, followed by the inflated content of ``file`` from the same byte on."""

    def __init__(
        self, file: BinaryIO, head: bytes, most: int | None, unpacker: Callable[[], Unpacker]
    ) -> None:
        self._file, self._head, self._most, self._new = file, head, most, unpacker
        self._start()

    def _start(self) -> None:
        self._file.seek(len(self._head))
        self._unpacker = self._new()
        self._kept, self._first = bytearray(self._head), 0
        self._position, self.exceeded = 0, False

    def tell(self) -> int:
        return self._position

    def seek(self, position: int, whence: int = 0) -> int:
        """Move to a byte; bytes that are no longer kept are inflated anew."""
        position = max(0, position + (self._position if whence else 0))
        if position < self._first:
            self._start()
        while self._first + len(self._kept) < position and self._more():
            self._forget(position)
        self._position = position
        return position

    def read(self, count: int) -> bytes:
        """Up to ``count`` bytes; all for -1, within the limit."""
        stop = self._position + count if count >= 0 else None
        while (stop is None or self._first + len(self._kept) < stop) and self._more():
            pass
        start = self._position - self._first
        piece = bytes(self._kept[start : None if stop is None else stop - self._first])
        self._position += len(piece)
        self._forget(self._position)
        return piece

    def verify_end(self) -> None:
        """Inflate all that is left; EOFError where the stream does not end."""
        while self._more():
            self._forget(self._first + len(self._kept))
        if not self._unpacker.eof:
            raise EOFError("its compressed data end too early")

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
        """Drop bytes that lie more than a window before ``position``, once they are many."""
        old = min(position - WINDOW - self._first, len(self._kept))
        if old > WINDOW:
            del self._kept[:old]
            self._first += old


def _gzip_unpacker() -> Unpacker:
    return LIBRARY.unpacker(GZIP)


def _meta_end(start: bytes) -> int:
    """The end of the file meta information of a deflated file, in bytes; 0 for any other file."""
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
