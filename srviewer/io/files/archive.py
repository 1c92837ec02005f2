"""Zip and tar archives unpacked into a folder, bounded in size, without leaving the folder."""

import lzma
import os
import shutil
import stat
import struct
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, TypeVar

from srviewer.errors import NoSpace, Unreadable, UserError, is_full
from srviewer.io.files.tar_archive import TarMember, is_tar, opened_tar, tar_members, unpacked_tar
from srviewer.job import Job, Progress, aside, within
from srviewer.temporary_folders import temporary_folder

Member = zipfile.ZipInfo | TarMember
M = TypeVar("M", zipfile.ZipInfo, TarMember)

# Errors of zipfile and tarfile for damaged archives.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    LookupError,
    OSError,
    tarfile.TarError,
)

LARGEST_BYTES = 64 << 30
MOST_RATIO = 1032  # bytes that deflate makes of one; a real scan takes two or three
SPARE_BYTES = 256 << 20
MOST_FILES = 200_000
MOST_LEVELS = 4  # of zips inside zips
LARGEST_LIST = 32 << 20  # bytes of the list of members, 160 for each of as many as there may be
LIST_END, LIST_END_BYTES, LONGEST_COMMENT = b"PK\x05\x06", 22, 0xFFFF
PIECE = 1 << 20


@dataclass
class Room:
    """The limits that an archive shares with all archives inside it, as far as they remain.

    Attributes:
        levels: Archives within archives.
        files: The number of files.
        size: Bytes when unpacked.
    """

    levels: int = MOST_LEVELS
    files: int = MOST_FILES
    size: int = LARGEST_BYTES

    @contextmanager
    def level(self, path: Path) -> Iterator[None]:
        """Use one level of archives within archives in the block.

        Args:
            path: The archive, for messages.

        Raises:
            UserError: No level remains.

        Yields:
            Nothing.
        """
        if not self.levels:
            raise UserError(
                f"'{path.name}' is refused: it is a zip inside more than {MOST_LEVELS - 1} others. "
                "Unpack them and open the folder."
            )
        self.levels -= 1
        try:
            yield
        finally:
            self.levels += 1


def room_of(path: Path) -> Room:
    """The limits of an archive and all archives inside it, which grow with its own size.

    Args:
        path: The archive.

    Returns:
        Limits that nothing has used yet.
    """
    try:
        packed = path.stat().st_size
    except OSError:  # reported where it is opened
        packed = 0
    return Room(size=min(LARGEST_BYTES, MOST_RATIO * packed + SPARE_BYTES))


def extract(
    path: Path, folder: Path, members: Collection[str] | None, room: Room
) -> Job[list[Path]]:
    """Unpack the files of an archive below a folder.

    Nothing is written before every name and the total size were checked.

    Args:
        path: The archive.
        folder: The folder to unpack to.
        members: The names of the files to unpack; None for all.
        room: The limits, which are less afterwards.

    Returns:
        The paths of the files, in the order of the archive.

    Raises:
        UserError: A name leads out of the folder or occurs twice, the archive is encrypted, or
            exceeds ``room``. Unreadable for a damaged one, NoSpace for a full disk.
    """
    unpack = _extract_tar if is_tar(path) else _extract_zip
    try:
        return (yield from unpack(path, folder, members, room))
    except UNREADABLE as error:
        # The system's message is clear without its number and the whole path.
        message = (isinstance(error, OSError) and error.strerror) or error
        kind: type[UserError] = Unreadable
        hint = "Copy it again"
        if is_full(error):
            kind, hint = NoSpace, "The disk of temporary files is full: free some space"
        raise kind(
            f"'{path.name}' cannot be unpacked: {message}. {hint}, or unpack it yourself and open "
            "the folder."
        ) from error


def _extract_zip(
    path: Path, folder: Path, members: Collection[str] | None, room: Room
) -> Job[list[Path]]:
    _check_list(path)
    opened = aside(partial(zipfile.ZipFile, path), Progress(0.0, f"Opening {path.name}"))
    with (yield from opened) as archive:
        wanted = [
            info
            for info in archive.infolist()
            if not info.is_dir() and (members is None or info.filename in members)
        ]
        for info in wanted:
            if info.flag_bits & 1:
                raise UserError(
                    f"'{path.name}' is encrypted. Unpack it with its password and open the folder."
                )
        _check(path, wanted, folder, room)
        return (yield from _copied(path, folder, wanted, archive.open))


def _extract_tar(
    path: Path, folder: Path, members: Collection[str] | None, room: Room
) -> Job[list[Path]]:
    with temporary_folder() as scratch:
        most = min(room.size, shutil.disk_usage(scratch).free)
        plain = yield from within(unpacked_tar(path, scratch, most), 0.0, 0.5)
        with opened_tar(plain) as archive:
            listed = yield from tar_members(archive, path.name, room.files)
            wanted = [entry for entry in listed if members is None or entry.filename in members]
            _check(path, wanted, folder, room)

            def opened(entry: TarMember) -> IO[bytes]:
                file = archive.extractfile(entry.info)
                assert file is not None  # it is a regular file
                return file

            return (yield from within(_copied(path, folder, wanted, opened), 0.5, 1.0))


def _copied(
    path: Path, folder: Path, wanted: Sequence[M], opened: Callable[[M], IO[bytes]]
) -> Job[list[Path]]:
    """Write members, whose names were checked, below a folder."""
    total = max(1, sum(entry.file_size for entry in wanted))
    unpacked: list[Path] = []
    done = 0
    for entry in wanted:
        target = folder / entry.filename
        target.parent.mkdir(parents=True, exist_ok=True)
        with opened(entry) as packed, target.open("wb") as file:
            while piece := packed.read(PIECE):
                file.write(piece)
                done += len(piece)
                yield Progress(min(1.0, done / total), f"Unpacking {path.name}")
        unpacked.append(target)
    return unpacked


def _check_list(path: Path) -> None:
    """Raise UserError where the list of members is longer than that of any archive of scans."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - LIST_END_BYTES - LONGEST_COMMENT))
        tail = file.read()
    position = tail.rfind(LIST_END)
    if position < 0 or len(tail) < position + LIST_END_BYTES:
        return
    stated = int.from_bytes(tail[position + 12 : position + 16], "little")
    # A list of 4 GB or more has its size elsewhere; it is no longer than the file.
    if min(stated, size) > LARGEST_LIST:
        raise UserError(
            f"'{path.name}' is refused: it lists far more than {MOST_FILES:,} files. Unpack what "
            "you need and open the folder."
        )


def _check(path: Path, wanted: Sequence[Member], folder: Path, room: Room) -> None:
    names = Counter(os.path.normcase(PurePosixPath(info.filename)) for info in wanted)
    twice = next((name for name, count in names.items() if count > 1), None)
    if twice is not None:
        raise UserError(
            f"'{path.name}' is refused: it holds two files of the name '{twice}', of which one "
            "would be lost. Unpack it yourself and open the folder."
        )
    for info in wanted:
        if not _stays_inside(info):
            raise UserError(
                f"'{path.name}' is refused: its entry '{info.filename}' points outside the "
                "archive's own folder. Unpack it with care and open the folder."
            )
    total = sum(info.file_size for info in wanted)
    on_disk = shutil.disk_usage(folder).free
    free = min(room.size, on_disk)
    if total > free or len(wanted) > room.files:
        kind = NoSpace if total > on_disk else UserError
        raise kind(
            f"'{path.name}' unpacks to {len(wanted):,} files of {total / 2**30:.1f} GiB together; "
            f"there is room for {free / 2**30:.1f} GiB and {room.files:,} files. Unpack what you "
            "need and open the folder."
        )
    room.size -= total
    room.files -= len(wanted)


def _stays_inside(entry: Member) -> bool:
    windows, posix = PureWindowsPath(entry.filename), PurePosixPath(entry.filename)
    rooted = bool(windows.drive or windows.root) or posix.is_absolute()
    link = entry.is_link if isinstance(entry, TarMember) else _is_link(entry)
    return not rooted and ".." not in windows.parts and not link


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)
