"""The bytes inside a file, packed or not, read as a job and checked to the end."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from srviewer.errors import Unreadable, UserError
from srviewer.io.files.gzip_streams import (
    LONGEST_HEADER,
    UNPACKING_ERRORS,
    Unpacker,
    member_unpacker,
)
from srviewer.io.files.packing import (
    GZIP_MAGIC,
    PIECE,
    STREAMS,
    Packing,
    packed_as,
    packing_of,
)
from srviewer.job import Job, Progress

PACKED_PIECE = 256 << 10
LONGEST_START = 4 << 20  # bytes of a gzip file in which its content begins
LONGEST_PADDING = 64 << 20  # zeros behind a gzip file
CUT = "it ends in the middle of the compressed data"


@dataclass
class GzipEnd:
    """The end of a packed file.

    Attributes:
        trailing: Whether bytes follow that are no part of the compressed data.
        content: Bytes of the unpacked content, counted while it is read.
    """

    trailing: bool = False
    content: int = 0


def beginning(path: Path, count: int) -> bytes:
    """Read the first bytes of a file's content, unpacked if it is gzip or bzip2.

    Args:
        path: The file.
        count: The number of bytes.

    Returns:
        At most ``count`` bytes.

    Raises:
        OSError: The file cannot be read.
        Exception: The compressed data are damaged; it is one of ``UNPACKING_ERRORS``.
    """
    with path.open("rb") as file:
        content = file.read(count)
        kind = packed_as(content)
        if kind == "plain":
            return content
        if kind != "gzip":
            return STREAMS[kind]().decompress(content + file.read(LONGEST_START), count)
        content += file.read(LONGEST_HEADER)
        stream = member_unpacker(content)
        unpacked = stream.decompress(content, count)
        while len(unpacked) < count and not stream.eof:
            packed = stream.unconsumed_tail or file.read(PACKED_PIECE)
            if not packed or file.tell() > LONGEST_START:
                break
            unpacked += stream.decompress(packed, count - len(unpacked))
        return unpacked


def read_range(
    path: Path,
    start: int,
    count: int,
    end: GzipEnd | None = None,
    packing: Packing | None = None,
) -> Job[bytearray]:
    """Read a range of a file's content, unpacked if it is packed.

    A packed file is read to its end, so that its checksum is verified even for a part of it.

    Args:
        path: The file.
        start: The first byte of the content.
        count: The number of bytes.
        end: Set to the state of the end of a packed file.
        packing: The packing of the content; None for that of the whole file by its first bytes.

    Returns:
        Exactly ``count`` bytes.

    Raises:
        Unreadable: The file is cut short.
        UserError: The compressed data are damaged.
    """
    size = path.stat().st_size
    packing = packing or packing_of(path)
    if start + count > packing.limit(size):
        raise truncated(path, packing.start + start + count, size)
    wanted = memoryview(content := bytearray(count))
    position = 0
    for piece, fraction in pieces(path, start + count, end, packing):
        first = max(start, position)
        stop = min(start + count, position + len(piece))
        if first < stop:
            wanted[first - start : stop - start] = memoryview(piece)[
                first - position : stop - position
            ]
        position += len(piece)
        yield Progress(fraction, f"Reading {path.name}")
    if position < start + count:
        raise truncated(path, start + count, position)
    return content


def pieces(
    path: Path, stop: int, end: GzipEnd | None = None, packing: Packing | None = None
) -> Generator[tuple[bytes, float], None, None]:
    """Read a file's content in pieces, unpacked if it is packed.

    Args:
        path: The file.
        stop: The byte at which plain content ends; packed content is read to its end.
        end: Set to the state of the end of a packed file.
        packing: As in ``read_range``.

    Returns:
        A generator of pieces, each with the share (0..1) of the file that was read.

    Raises:
        UserError: While pieces are taken: the file is damaged, or packed content ends too early.
    """
    packing = packing or packing_of(path)
    if packing.kind == "plain":
        return _plain_pieces(path, stop, packing.start)
    end = end or GzipEnd()
    if packing.kind == "gzip":
        return _counted(_gzip_pieces(path, end, packing.start), end)
    return _counted(_stream_pieces(path, end, packing), end)


def _counted(
    unpacked: Generator[tuple[bytes, float], None, None], end: GzipEnd
) -> Generator[tuple[bytes, float], None, None]:
    end.content = 0
    for piece, share in unpacked:
        end.content += len(piece)
        yield piece, share


def not_read(path: Path, error: OSError) -> Unreadable:
    """Build the error of a file that is gone, or that the system does not let us read.

    Args:
        path: The file.
        error: The system's error.

    Returns:
        The error, for the caller to raise.
    """
    return Unreadable(
        f"'{path.name}' cannot be read: {error.strerror or error}. Check that it is still there "
        "and that you may read it."
    )


def truncated(path: Path, expected: int, actual: int) -> Unreadable:
    """Build the error of a file that holds fewer bytes than its header promises.

    Args:
        path: The file.
        expected: Bytes by the header.
        actual: Bytes in the file.

    Returns:
        The error, for the caller to raise.
    """
    return Unreadable(
        f"'{path.name}' is cut short: its header promises {expected:,} bytes and it holds "
        f"{actual:,}. Copy or download it again."
    )


def _plain_pieces(path: Path, stop: int, start: int) -> Generator[tuple[bytes, float], None, None]:
    with path.open("rb") as file:
        file.seek(start)
        while (position := file.tell() - start) < stop:
            piece = file.read(min(PIECE, stop - position))
            if not piece:
                return
            yield piece, (position + len(piece)) / stop


def _gzip_pieces(
    path: Path, end: GzipEnd, start: int
) -> Generator[tuple[bytes, float], None, None]:
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(start)
        packed = file.read(PACKED_PIECE)
        stream = _member(path, packed)
        while packed:
            try:
                piece = stream.decompress(packed, PIECE)
            except UNPACKING_ERRORS as error:
                raise _damaged(path, str(error)) from error
            yield piece, file.tell() / size
            packed = stream.unconsumed_tail or stream.unused_data
            if stream.eof:
                packed = _next_member(file, packed)
                if packed and not packed.startswith(GZIP_MAGIC):
                    end.trailing = True
                    break
                if packed:
                    stream = _member(path, packed)
            elif not packed:
                packed = file.read(PACKED_PIECE)
    if rest := stream.flush():
        yield rest, 1.0
    if not stream.eof:
        raise _damaged(path, CUT)


def _stream_pieces(
    path: Path, end: GzipEnd, packing: Packing
) -> Generator[tuple[bytes, float], None, None]:
    """The content of a zlib stream, or of bzip2 streams that follow each other."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(packing.start)
        stream, packed, ended = STREAMS[packing.kind](), file.read(PACKED_PIECE), False
        while not ended:
            if stream.needs_input and not packed:
                raise _damaged(path, CUT)
            try:
                piece = stream.decompress(packed, PIECE)
            except (OSError, ValueError, *UNPACKING_ERRORS) as error:
                raise _damaged(path, str(error)) from error
            yield piece, file.tell() / size
            ended = stream.eof
            packed = file.read(PACKED_PIECE) if ended or stream.needs_input else b""
            if ended:
                packed = stream.unused_data + packed
                if packed_as(packed) == packing.kind:
                    stream, ended = STREAMS[packing.kind](), False
        end.trailing = bool(packed.strip(b"\0\r\n"))


def _member(path: Path, packed: bytes) -> Unpacker:
    try:
        return member_unpacker(packed)
    except UNPACKING_ERRORS as error:
        raise _damaged(path, str(error)) from error


def _next_member(file: BinaryIO, packed: bytes) -> bytes:
    """The bytes after a member: a gzip file may be several ones in a row, padded with zeros.

    They hold the whole header of the next one.
    """
    behind = file.tell() + LONGEST_PADDING
    while len(packed := packed.lstrip(b"\0")) < LONGEST_HEADER and file.tell() < behind:
        if not (more := file.read(PACKED_PIECE)):
            break
        packed += more
    return packed


def _damaged(path: Path, reason: str) -> UserError:
    return UserError(
        f"'{path.name}' is damaged or cut short: its compressed data cannot be unpacked and "
        f"checked ({reason}). Copy or download it again."
    )
