"""The way in which the content of a file is packed: not at all, or by gzip, zlib or bzip2."""

import bz2
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

GZIP_MAGIC, BZIP2_MAGIC = b"\x1f\x8b", b"BZh"
PIECE = 4 << 20  # bytes that are unpacked at a time
# Deflate cannot shrink data further than this, so a header that promises more is false.
DEFLATE_LIMIT = 1032
# Bzip2 can, but only for voxels that are all the same; this much more is then believed.
BZIP2_SPARE = 256 << 20

PackedAs = Literal["plain", "gzip", "zlib", "bzip2"]


@dataclass(frozen=True)
class Packing:
    """The packing of a part of a file, up to its end.

    Attributes:
        kind: The compression.
        start: The byte of the file at which the content begins.
    """

    kind: PackedAs = "plain"
    start: int = 0

    def limit(self, size: int) -> int:
        """The most bytes of content that a file can hold.

        Args:
            size: Bytes of the file.

        Returns:
            Exact where nothing is compressed.
        """
        packed = max(size - self.start, 0)
        if self.kind == "plain":
            return packed
        return packed * DEFLATE_LIMIT + (BZIP2_SPARE if self.kind == "bzip2" else 0)


def packing_of(path: Path) -> Packing:
    """Recognise the packing of a whole file by its first bytes.

    Args:
        path: The file.

    Returns:
        Gzip, bzip2 or none, from the first byte on.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        return Packing(packed_as(file.read(len(BZIP2_MAGIC))))


def packed_as(start: bytes) -> PackedAs:
    """Recognise a packing by its first bytes.

    Args:
        start: At least three bytes.

    Returns:
        Gzip, bzip2 or none.
    """
    if start.startswith(GZIP_MAGIC):
        return "gzip"
    return "bzip2" if start.startswith(BZIP2_MAGIC) else "plain"


class Stream(Protocol):
    """An unpacker of one stream that keeps the packed bytes which it has no room for yet."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    @property
    def unused_data(self) -> bytes:
        """Packed bytes behind the end of the stream."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing can be unpacked without more packed bytes."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Unpack.

        Args:
            data: Packed bytes that follow those of the last call; empty for what was kept.
            max_length: The most bytes to unpack.

        Returns:
            At most that many bytes.
        """


class _Zlib:
    """A zlib stream with the interface of ``bz2.BZ2Decompressor``."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj()

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._stream.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._stream.decompress(self._stream.unconsumed_tail + data, max_length)


STREAMS: dict[PackedAs, Callable[[], Stream]] = {"zlib": _Zlib, "bzip2": bz2.BZ2Decompressor}
