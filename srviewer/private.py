"""Private files and folders: nobody but their owner may read them, by POSIX rights.

Windows has no such rights; there the user's profile, in which they lie, is closed to other users.
"""

import errno
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

OTHERS = 0o077  # the rights of the group and of everybody else

_closed: set[Path] = set()  # the folders that this process keeps private


def is_private(path: Path) -> bool:
    """Whether a file or folder exists, is this user's, and is closed to everybody else.

    Args:
        path: The file or folder.

    Returns:
        On Windows, whether it exists.
    """
    try:
        status = path.stat()
    except OSError:
        return False
    return os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & OTHERS)


def keeps_private(folder: Path) -> bool:
    """Whether this process made a folder private, or one of those above it.

    Args:
        folder: Any folder. One that the user closed does not count: results there keep the rights
            of any file.

    Returns:
        Whether files in it are to be private.
    """
    return any(parent in _closed for parent in (folder.absolute(), *folder.absolute().parents))


def make_private_file(path: Path) -> None:
    """Make an empty file of rights 0600, or take the rights of others from the one that exists.

    Args:
        path: The file.

    Raises:
        OSError: It cannot be made or closed, is another user's, or is no regular file.
    """
    try:
        _close(path, stat.S_ISREG, 0o600)
    except FileNotFoundError:
        path.touch(0o600, exist_ok=False)


def make_private_folder(path: Path) -> None:
    """Make a folder of rights 0700, or take the rights of others from the one that exists.

    The folders above it are made where they are missing, with rights of writing for the owner only.

    Args:
        path: The folder.

    Raises:
        OSError: It cannot be made or closed, is another user's, or is no folder.
    """
    _make_parents(path)
    with suppress(FileExistsError):
        path.mkdir(0o700)
    _close(path, stat.S_ISDIR, 0o700)
    _closed.add(path.absolute())


def close_content(folder: Path) -> None:
    """Take the rights of others from everything in a folder, at any depth.

    Args:
        folder: Its own rights stay. What is another user's, a link or deleted meanwhile is left as
            it is.
    """
    for parent, folders, files in os.walk(folder):
        for names, is_kind, rights in (
            (folders, stat.S_ISDIR, 0o700),
            (files, stat.S_ISREG, 0o600),
        ):
            for path in (Path(parent, name) for name in names):
                if not path.is_symlink():
                    with suppress(OSError):
                        _close(path, is_kind, rights)


def _make_parents(path: Path) -> None:
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir(0o755, exist_ok=True)


def _close(path: Path, is_kind: Callable[[int], bool], rights: int) -> None:
    """Leave at most ``rights`` to a path; OSError when it is missing or that is not possible."""
    status = path.stat()
    if not is_kind(status.st_mode):
        raise OSError(errno.EINVAL, "something else has this name", str(path))
    if os.name != "posix":
        return
    # A link must be this user's too: another's may lead to any file of this user.
    if {status.st_uid, path.lstat().st_uid} != {os.geteuid()}:
        raise PermissionError(errno.EPERM, "it belongs to another user", str(path))
    if status.st_mode & OTHERS:
        path.chmod(status.st_mode & rights)
        if not is_private(path):  # such as on a disk that keeps no rights
            raise PermissionError(errno.EPERM, "it cannot be made private", str(path))
