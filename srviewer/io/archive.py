"""A zip archive unpacked into a folder, bounded and without leaving it."""

import errno
import shutil
import stat
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path, PurePosixPath, PureWindowsPath

from srviewer.errors import UserError
from srviewer.job import Job, Progress

LARGEST_BYTES = 64 << 30
MOST_FILES = 200_000
PIECE = 1 << 20


def extract(path: Path, folder: Path, members: Collection[str] | None) -> Job[list[Path]]:
    """Unpack the files of a zip below ``folder``, or only those named in ``members``.

    Nothing is written before every name and the total size are found to be safe. Raises UserError
    for names that lead out of the folder, for more than fits, for a damaged or encrypted archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = [
                info
                for info in archive.infolist()
                if not info.is_dir() and (members is None or info.filename in members)
            ]
            _check(path, wanted, folder)
            total = max(1, sum(info.file_size for info in wanted))
            unpacked: list[Path] = []
            done = 0
            for info in wanted:
                target = folder / info.filename
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as packed, target.open("wb") as file:
                    while piece := packed.read(PIECE):
                        file.write(piece)
                        done += len(piece)
                        yield Progress(min(1.0, done / total), f"Unpacking {path.name}")
                unpacked.append(target)
            return unpacked
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        # What the system says is plain without its number and the whole path.
        said = (isinstance(error, OSError) and error.strerror) or error
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        hint = "The disk of temporary files is full: free some space" if full else "Copy it again"
        raise UserError(
            f"'{path.name}' cannot be unpacked: {said}. {hint}, or unpack it yourself and open the "
            "folder."
        ) from error


def _check(path: Path, wanted: list[zipfile.ZipInfo], folder: Path) -> None:
    for info in wanted:
        if not _stays_inside(info):
            raise UserError(
                f"'{path.name}' is refused: its entry '{info.filename}' points outside the "
                "archive's own folder. Unpack it with care and open the folder."
            )
        if info.flag_bits & 1:
            raise UserError(
                f"'{path.name}' is encrypted. Unpack it with its password and open the folder."
            )
    total = sum(info.file_size for info in wanted)
    room = min(LARGEST_BYTES, shutil.disk_usage(folder).free)
    if total > room or len(wanted) > MOST_FILES:
        raise UserError(
            f"'{path.name}' unpacks to {len(wanted):,} files of {total / 2**30:.1f} GiB together; "
            f"there is room for {room / 2**30:.1f} GiB and {MOST_FILES:,} files. Unpack what you "
            "need and open the folder."
        )


def _stays_inside(info: zipfile.ZipInfo) -> bool:
    windows, posix = PureWindowsPath(info.filename), PurePosixPath(info.filename)
    rooted = bool(windows.drive or windows.root) or posix.is_absolute()
    return not rooted and ".." not in windows.parts and not stat.S_ISLNK(info.external_attr >> 16)
