"""The folders of the autosave, one for each running window."""

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from PySide6.QtCore import QLockFile

from srviewer.paths import private_folder, private_tree, user_cache_dir
from srviewer.private import is_private, make_private_file
from srviewer.study.sessions.session_file import SUFFIX

SESSION = f"session{SUFFIX}"
KEPT_DAYS = 7  # until an autosave that nobody opened is deleted
MOST_BYTES = 2 * 10**9  # of all of them together; the oldest give way


@dataclass(frozen=True, eq=False)
class AutosaveFolder:
    """A folder that one process alone writes to, by a lock that ends with the process.

    The lock lies beside the folder and is taken before the folder is made, and given back after it
    is deleted: a window that starts meanwhile never sees a folder without an owner.

    Attributes:
        path: The folder.
        lock: Held by this process.
    """

    path: Path
    lock: QLockFile

    @property
    def session_file(self) -> Path:
        """The path of the session file in the folder; it need not exist."""
        return self.path / SESSION

    @property
    def saved_at(self) -> datetime:
        """When the session file was written, in local time."""
        return datetime.fromtimestamp(self.session_file.stat().st_mtime)

    def discard(self) -> None:
        """Delete the folder and release its lock."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.lock.unlock()

    def empty(self) -> None:
        """Delete what was saved in it."""
        for path in self.path.iterdir():
            path.unlink(missing_ok=True)

    def release(self) -> None:
        """Release the lock and keep the folder, for the next window to offer."""
        self.lock.unlock()


def root() -> Path:
    """The folder that holds all autosave folders; it need not exist."""
    return user_cache_dir() / "sessions"


def outlives_window(path: Path) -> bool:
    """Whether a file exists and outlives the window: the files of an autosave do not.

    Args:
        path: Absolute.

    Returns:
        False for missing files, for those in folders that cannot be read, and for files below
        ``root()``.
    """
    try:
        return path.exists() and not path.is_relative_to(root())
    except OSError:  # in a folder that is closed
        return False


def new_folder() -> AutosaveFolder | None:
    """An empty autosave folder of this process; None where no private folder can be written."""
    path = root() / f"window-{token_hex(6)}"
    try:
        private_folder(root())
        folder = _claimed(path)
        if folder is not None:
            private_folder(path)
    except OSError:
        return None
    return folder


def left_behind() -> Iterator[AutosaveFolder]:
    """Work that earlier windows left, newest first, each folder locked by this process.

    Those older than KEPT_DAYS, beyond MOST_BYTES, or without a session file are deleted first.
    """
    total, kept = 0, list[Path]()
    for path in sorted(_folders(), key=_written, reverse=True):
        total += _folder_size(path)
        too_old = time.time() - _written(path) > KEPT_DAYS * 86400
        if too_old or (kept and total > MOST_BYTES) or not (path / SESSION).is_file():
            _discard(path)
        else:
            kept.append(path)
    for path in kept:
        folder = _claimed(path)
        if folder is not None:  # else its window is running
            yield folder


def size_bytes() -> int:
    """Size of all autosave folders together, in bytes."""
    return sum(map(_folder_size, _folders()))


def clear() -> None:
    """Delete every autosave folder whose window is not running."""
    for path in _folders():
        _discard(path)


def _discard(path: Path) -> None:
    """Delete a folder, unless its window is running."""
    folder = _claimed(path)
    if folder is not None:
        folder.discard()


def _folder_size(folder: Path) -> int:
    # Another window may delete it meanwhile, of which ``Path.rglob`` makes an error.
    files = (Path(top, name) for top, _, names in os.walk(folder) for name in names)
    return sum(_size(path) for path in files if path.is_file() and not path.is_symlink())


def _folders() -> list[Path]:
    """The folders of this user, made private if they were not."""
    try:
        if not root().is_dir():
            return []
        private_tree(root())
        return [path for path in root().glob("window-*") if path.is_dir() and is_private(path)]
    except OSError:  # another user's, or closed
        return []


def _claimed(path: Path) -> AutosaveFolder | None:
    lock = QLockFile(str(path.with_name(f"{path.name}.lock")))
    lock.setStaleLockTime(0)  # a lock is as old as its window; the process's end makes it stale
    if not lock.tryLock(0):
        return None
    make_private_file(Path(lock.fileName()))
    return AutosaveFolder(path, lock)


def _written(path: Path) -> float:
    try:
        return (path / SESSION).stat().st_mtime
    except OSError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # deleted meanwhile
        return 0
