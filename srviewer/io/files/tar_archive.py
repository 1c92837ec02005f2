"""Tar archives, packed or not: their members, within the limits of an archive."""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from srviewer.core.counted import counted
from srviewer.errors import UserError
from srviewer.io.files.packing import packing_of
from srviewer.io.files.streams import pieces
from srviewer.job import Job, Progress
from srviewer.unwritable import named_file

TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2")
LARGEST_READ = 4 << 20  # bytes of a header of a member, hundreds in real archives
EVERY = 64


@dataclass(frozen=True)
class TarMember:
    """A member of a tar archive, with the names that ``zipfile.ZipInfo`` gives its fields.

    Attributes:
        filename: Its name.
        file_size: Its bytes.
        is_link: Whether it is a link or a device and no file.
        info: Its header.
    """

    filename: str
    file_size: int
    is_link: bool
    info: tarfile.TarInfo


def is_tar(path: Path) -> bool:
    """Whether a file is a tar archive by its name.

    Args:
        path: The file.

    Returns:
        True for .tar, .tar.gz, .tgz and .tar.bz2.
    """
    return path.name.lower().endswith(TAR_SUFFIXES)


def unpacked_tar(path: Path, folder: Path, most: int) -> Job[Path]:
    """Unpack a tar archive that is packed by gzip or bzip2, so that its members can be listed.

    Args:
        path: The archive.
        folder: The folder for the unpacked archive.
        most: The most bytes to write.

    Returns:
        The path of the plain archive: ``path`` itself where it is not packed.

    Raises:
        UserError: It is damaged, or unpacks to more bytes than allowed.
    """
    if packing_of(path).kind == "plain":
        return path
    target = folder / "archive.tar"
    written = 0
    with named_file(target), target.open("wb") as file:
        for piece, fraction in pieces(path, 0):
            written += len(piece)
            if written > most:
                raise UserError(
                    f"'{path.name}' unpacks to more than {most / 2**30:.1f} GiB, for which there "
                    "is no room. Unpack what you need and open the folder."
                )
            file.write(piece)
            yield Progress(fraction, f"Unpacking {path.name}")
    return target


@contextmanager
def opened_tar(path: Path) -> Iterator[tarfile.TarFile]:
    """Open a plain tar archive, of which no header may take all memory.

    Args:
        path: The archive.

    Yields:
        The archive.
    """
    with path.open("rb") as file:
        bounded = cast(IO[bytes], _Bounded(file))
        with tarfile.open(fileobj=bounded, mode="r:") as archive:
            yield archive


def tar_members(archive: tarfile.TarFile, name: str, most: int) -> Job[list[TarMember]]:
    """List the members of a tar archive that are no folders.

    Args:
        archive: The open archive.
        name: The name of its file, for progress.
        most: The most members to list; one more shows that there are too many.

    Returns:
        At most ``most`` + 1 members.

    Raises:
        ReadError: The archive does not end as archives do, so that members may be missing.
    """
    members: list[TarMember] = []
    while len(members) <= most and (info := archive.next()) is not None:
        if not info.isdir():
            members.append(TarMember(info.name, info.size, not info.isreg(), info))
        if len(members) % EVERY == 0:
            yield Progress(0.0, f"Opening {name}: {counted(len(members), 'file')}")
    if len(members) <= most:
        # A file that is cut between two members would look whole otherwise.
        assert archive.fileobj is not None
        archive.fileobj.seek(archive.offset)
        if archive.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
            raise tarfile.ReadError("it is cut short")
    return members


class _Bounded:
    """A file of which no single read is longer than a header may be."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def read(self, count: int = -1) -> bytes:
        """Up to ``count`` bytes; ValueError where more are asked for than any header has."""
        if not 0 <= count <= LARGEST_READ:
            raise ValueError("a header is far too large")
        return self._file.read(count)
