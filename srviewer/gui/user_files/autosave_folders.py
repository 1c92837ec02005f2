"""The folders in which running windows keep what a crash must not take."""

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
KEPT_DAYS = 14  # an offer that nobody took


@dataclass(frozen=True, eq=False)
class AutosaveFolder:
    """One folder that this process alone writes to, by a lock that dies with the process.

    The lock lies beside the folder and is taken before the folder is made, and given back after it
    is deleted: a window that starts meanwhile never sees a folder that nobody seems to own.
    """

    path: Path
    lock: QLockFile

    @property
    def session(self) -> Path:
        """The session file in it; it need not exist."""
        return self.path / SESSION

    @property
    def saved_at(self) -> datetime:
        """When the session in it was written, in local time."""
        return datetime.fromtimestamp(self.session.stat().st_mtime)

    def discard(self) -> None:
        """Delete it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.lock.unlock()

    def release(self) -> None:
        """Leave it to the next window."""
        self.lock.unlock()


def root() -> Path:
    """The folder of all of them; it need not exist."""
    return user_cache_dir() / "sessions"


def lasting(path: Path) -> bool:
    """Whether a file is there and stays there: those that were autosaved go with the window."""
    return path.exists() and not path.is_relative_to(root())


def new_folder() -> AutosaveFolder | None:
    """A folder of this process's own; None where nothing can be written, or not in private."""
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
    """What windows left that ended without closing, newest first, each claimed by this process.

    Too old ones, and those without a session, are deleted on the way.
    """
    for path in sorted(_folders(), key=_written, reverse=True):
        folder = _claimed(path)
        if folder is None:  # its window is running
            continue
        if time.time() - _written(path) > KEPT_DAYS * 86400 or not folder.session.is_file():
            folder.discard()
        else:
            yield folder


def size_bytes() -> int:
    """How much the folders hold together."""
    files = (path for path in root().rglob("*") if path.is_file() and not path.is_symlink())
    return sum(_size(path) for path in files)


def clear() -> None:
    """Delete every folder whose window is not running."""
    for path in _folders():
        folder = _claimed(path)
        if folder is not None:
            folder.discard()


def _folders() -> list[Path]:
    """Those of this user, private now whatever rights they had."""
    if not root().is_dir():
        return []
    try:
        private_tree(root())
    except OSError:  # another user's
        return []
    return [path for path in root().glob("window-*") if path.is_dir() and is_private(path)]


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
