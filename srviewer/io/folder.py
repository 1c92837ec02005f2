"""The files under what a user names: files, and folders with everything below them."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from srviewer.errors import UserError
from srviewer.job import Job, Progress


def files_under(paths: Sequence[Path]) -> Job[list[Path]]:
    """Every regular file, each once, in a stable order; links that loop are followed once.

    Raises UserError when one of ``paths`` does not exist.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise UserError(f"'{path}' does not exist. Check the name, or mount its drive.")
        for number, file in enumerate(_walk(path) if path.is_dir() else (path,)):
            # A pipe or a device would wait for ever.
            if file is not None and file.is_file():
                found[file] = None
            if file is None or number % 64 == 0:
                yield Progress(0.0, f"Looking through {path.name}: {len(found):,} files")
    return list(found)


def _walk(folder: Path) -> Iterator[Path | None]:
    """The files of each folder, after a None for the folder itself."""
    visited: set[str] = set()
    for root, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(root)
        if real in visited:
            folders.clear()
            continue
        visited.add(real)
        folders.sort()
        yield None
        yield from (Path(root, name) for name in sorted(names))
