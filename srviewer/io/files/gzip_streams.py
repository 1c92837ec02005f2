"""Gzip streams, by ISA-L, which takes a third to a fifth of zlib's time, else by zlib."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Protocol, cast

try:
    from isal import igzip, isal_zlib
except ImportError:  # no wheel for this system
    isal_zlib = None  # type: ignore[assignment, unused-ignore]

GZIP, RAW = 31, -zlib.MAX_WBITS  # with header and checksum, and the bare deflated data
FLAGS, UNKNOWN_FLAGS = 3, 0xE0  # the place in the header, and those that RFC 1952 reserves
LONGEST_HEADER = 128 << 10  # its extra field has at most 64 KiB


class Unpacker(Protocol):
    """What ``zlib.decompressobj`` gives."""

    @property
    def eof(self) -> bool:
        """Whether the compressed data have ended."""

    @property
    def unconsumed_tail(self) -> bytes:
        """Bytes that were not used for lack of room."""

    @property
    def unused_data(self) -> bytes:
        """Bytes behind the end."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Unpack a piece.

        Args:
            data: What follows the packed bytes of the last call.
            max_length: The most bytes to unpack.

        Returns:
            At most that many bytes.
        """

    def flush(self) -> bytes:
        """What is left."""


@dataclass(frozen=True)
class GzipLibrary:
    """A library that packs and unpacks gzip.

    Attributes:
        name: Its name.
        unpacker: Makes an unpacker; its argument is ``GZIP`` or ``RAW``.
        packer: Wraps an open file in one that packs what is written.
        crc32: The CRC-32 of bytes, going on from that of the bytes before them.
    """

    name: str
    unpacker: Callable[[int], Unpacker]
    packer: Callable[[BinaryIO], gzip.GzipFile]
    crc32: Callable[[bytes | memoryview, int], int]


# No name and no time inside, so that the same voxels always give the same file. Level 1 takes a
# third of the time of level 3 in zlib, for a file a tenth larger; of ISA-L's, which are all quick,
# level 3 makes the smallest file.
ZLIB = GzipLibrary(
    "zlib",
    lambda wbits: cast(Unpacker, zlib.decompressobj(wbits)),
    lambda plain: gzip.GzipFile("", "wb", 1, plain, mtime=0),
    zlib.crc32,
)
LIBRARY = ZLIB
# Of damaged data. Those of zlib come from nibabel and pydicom too, whatever is used here.
UNPACKING_ERRORS: tuple[type[Exception], type[Exception]] = (zlib.error, zlib.error)
if isal_zlib is not None:
    UNPACKING_ERRORS = (zlib.error, cast(type[Exception], isal_zlib.error))
    LIBRARY = GzipLibrary(
        "ISA-L",
        isal_zlib.decompressobj,
        lambda plain: igzip.IGzipFile("", "wb", 3, plain, mtime=0),
        isal_zlib.crc32,
    )


def member_unpacker(start: bytes) -> Unpacker:
    """Make an unpacker of a member of a gzip file.

    Args:
        start: The first bytes of the member, at least ``LONGEST_HEADER`` where there are as many.
            They are to be unpacked at once: ISA-L refuses headers with a checksum, or with two
            names, that come in pieces.

    Returns:
        The unpacker; it raises one of ``UNPACKING_ERRORS`` for damaged data.

    Raises:
        zlib.error: The header has flags that nobody knows; ISA-L by itself goes on.
    """
    if len(start) > FLAGS and start[FLAGS] & UNKNOWN_FLAGS:
        raise zlib.error("unknown header flags set")
    return LIBRARY.unpacker(GZIP)


def raw_unpacker() -> Unpacker:
    """Make an unpacker of bare deflated data; it raises one of ``UNPACKING_ERRORS``."""
    return LIBRARY.unpacker(RAW)


@contextmanager
def packed_into(plain: BinaryIO) -> Iterator[BinaryIO]:
    """Pack what is written into a file as gzip.

    Args:
        plain: The file, open for writing; it stays open.

    Yields:
        The file to write to.
    """
    with LIBRARY.packer(plain) as packed:
        yield cast(BinaryIO, packed)


def crc32(content: bytes | memoryview, before: int = 0) -> int:
    """Compute the CRC-32 of bytes.

    Args:
        content: The bytes.
        before: That of the bytes before them.

    Returns:
        The checksum, as ``zlib.crc32`` gives it.
    """
    return LIBRARY.crc32(content, before)
