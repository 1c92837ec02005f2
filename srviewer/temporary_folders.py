"""Folders among the system's temporary files, and the removal of those of killed processes."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from srviewer.temporary_names import MARK, deleted_at_exit, is_over, process_mark, remove

_NAME = re.compile(rf"srviewer-(?P<mark>{MARK})-[a-z0-9_]+")


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A new folder for this user alone, which is deleted with all that is in it after the block."""
    _clear_once(os.getpid())
    with tempfile.TemporaryDirectory(prefix=f"srviewer-{process_mark()}-") as folder:
        yield deleted_at_exit(Path(folder))


def clear_temporary_folders() -> None:
    """Delete the temporary folders that ended processes of this user left.

    Folders of version 0.1.0 stay: their names are such as people give to folders of their own.
    """
    root = Path(tempfile.gettempdir())
    with os.scandir(root) as entries:
        names = [entry.name for entry in entries if entry.name.startswith("srviewer-")]
    for name in names:
        match = _NAME.fullmatch(name)
        if match is not None and _is_ours(root / name) and is_over(match["mark"], root / name):
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
