"""The listing of files and folders, with everything below them."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from srviewer.core.counted import counted
from srviewer.errors import UserError
from srviewer.job import Job, Progress


@dataclass(frozen=True)
class Listing:
    """The files below some paths.

    Attributes:
        files: Each regular file once, in a stable order.
        closed: Folders that cannot be listed or entered.
    """

    files: tuple[Path, ...]
    closed: tuple[Path, ...]


def files_under(paths: Sequence[Path]) -> Job[Listing]:
    """List every regular file; links that loop are followed once.

    Args:
        paths: Files and folders.

    Returns:
        The files, and the folders that are not accessible.

    Raises:
        UserError: One of ``paths`` does not exist, cannot be reached, or is a device.
    """
    files: dict[Path, None] = {}
    closed: dict[Path, None] = {}
    for path in paths:
        for number, file in enumerate(_walk(path, closed) if _is_folder(path) else (path,)):
            # A pipe or a device would wait for ever.
            if file is not None and _is_regular(file, closed):
                files[file] = None
            if file is None or number % 64 == 0:
                yield Progress(0.0, f"Looking through {path.name}: {counted(len(files), 'file')}")
    return Listing(tuple(files), tuple(closed))


def _is_folder(path: Path) -> bool:
    try:
        if path.is_dir() or path.is_file():
            return path.is_dir()
        if path.exists():
            raise UserError(
                f"'{path}' is a pipe, a socket or a device, and no file. It is not read, since "
                "that might never end. Give the file that holds the scan."
            )
    except OSError as error:
        raise UserError(f"'{path}' cannot be reached: {error.strerror}.") from error
    raise UserError(f"'{path}' does not exist. Check the name, or mount its drive.")


def _is_regular(file: Path, closed: dict[Path, None]) -> bool:
    try:
        return file.is_file()
    except OSError:  # its folder may be listed and not entered
        closed[file.parent] = None
        return False


def _walk(folder: Path, closed: dict[Path, None]) -> Iterator[Path | None]:
    """The files of each folder, after a None for the folder itself."""

    def note(error: OSError) -> None:
        closed[Path(str(error.filename))] = None

    visited: set[str] = set()
    for root, folders, names in os.walk(folder, onerror=note, followlinks=True):
        real = os.path.realpath(root)
        if real in visited:
            folders.clear()
            continue
        visited.add(real)
        folders.sort()
        yield None
        yield from (Path(root, name) for name in sorted(names))
