"""Folders in the system's folder for temporary files; what killed processes left there goes."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from srviewer.temporary_names import MARK, is_over, mark, remembered, remove

_NAME = re.compile(rf"srviewer-(?P<mark>{MARK})-[a-z0-9_]+")


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A new folder for this user alone, which is gone with all that is in it after the block."""
    _clear_once(os.getpid())
    with tempfile.TemporaryDirectory(prefix=f"srviewer-{mark()}-") as folder:
        yield remembered(Path(folder))


def clear_temporary_folders() -> None:
    """Delete what ended processes of this user left.

    Folders of version 0.1.0 stay: their names are such as people give to folders of their own.
    """
    root = Path(tempfile.gettempdir())
    with os.scandir(root) as entries:
        names = [entry.name for entry in entries if entry.name.startswith("srviewer-")]
    for name in names:
        found = _NAME.fullmatch(name)
        if found is not None and _is_ours(root / name) and is_over(found["mark"], root / name):
            remove(root / name)


@cache
def _clear_once(_pid: int) -> None:
    clear_temporary_folders()


def _is_ours(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:  # gone meanwhile
        return False
    return os.name != "posix" or status.st_uid == os.geteuid()
