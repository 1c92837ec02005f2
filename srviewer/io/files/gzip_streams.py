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


def unpacker(wbits: int = GZIP) -> Unpacker:
    """Make an unpacker of one stream.

    Args:
        wbits: ``GZIP`` or ``RAW``.

    Returns:
        The unpacker; it raises one of ``UNPACKING_ERRORS`` for damaged data.
    """
    return LIBRARY.unpacker(wbits)


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
