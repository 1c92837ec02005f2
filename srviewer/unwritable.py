"""Messages for files and folders that cannot be written: name, reason, and what to do."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from srviewer.errors import NoSpace, UserError, is_full

# Windows says that a file has no right where another program has it open.
NO_RIGHT = "You have no right to write it, or another program has it open: choose another folder."
ADVICE = {
    errno.ENOSPC: "The disk is full: free some space or choose another folder.",
    errno.EDQUOT: "Your share of the disk is used up: free some space or choose another folder.",
    errno.EFBIG: "No file may be so large there: choose another disk, or raise the limit.",
    errno.EROFS: "The disk can only be read: choose a folder on another one.",
    errno.EACCES: NO_RIGHT,
    errno.EPERM: NO_RIGHT,
    errno.ENAMETOOLONG: "The name is too long: give a shorter one.",
    errno.ELOOP: "Links on the way lead in a circle: choose another folder.",
    errno.EMLINK: "It has too many links: choose another folder.",
    errno.ENOTDIR: "A file on the way is no folder: choose another folder.",
    errno.EISDIR: "A folder has that name: choose another name.",
    errno.EEXIST: "Something else has that name: choose another name.",
    errno.ENOTEMPTY: "A folder has that name: choose another name.",
    errno.ENOENT: "Its folder is not there any more: choose another folder.",
    errno.EIO: "The disk does not work as it should: choose another one.",
    errno.EBUSY: "Something else uses it: close that, or choose another name.",
    errno.EMFILE: "Too many files are open: close other programs.",
    errno.ENFILE: "Too many files are open: close other programs.",
    errno.EINVAL: "The disk does not take such a name: choose another name.",
}
OTHERWISE = "Choose another folder."


def unwritable(path: Path, error: OSError) -> UserError:
    """The error that says that a file cannot be written, why, and what to do.

    Args:
        path: The file or folder that was to be written.
        error: The system's error.

    Returns:
        ``NoSpace`` where the disk is full, else a ``UserError``.
    """
    return not_done(f"'{path}' cannot be written: {reason(error)} {_advice(path, error)}", error)


def not_done(message: str, error: OSError) -> UserError:
    """The error of writing that failed, by its cause.

    Args:
        message: The text for the user.
        error: The system's error.

    Returns:
        ``NoSpace`` where the disk is full, else a ``UserError``.
    """
    return NoSpace(message) if is_full(error) else UserError(message)


def reason(error: OSError) -> str:
    """The system's words for an error, as a sentence.

    Args:
        error: The system's error.

    Returns:
        A sentence with a full stop.
    """
    return f"{error.strerror or error}".rstrip(".") + "."


def advice(error: OSError) -> str:
    """The reason of an error in plain words and what to do about it, as a sentence.

    Args:
        error: The system's error.

    Returns:
        The row of ``ADVICE`` for its number, else ``OTHERWISE``.
    """
    return ADVICE.get(error.errno or 0, OTHERWISE)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Convert the system's errors within a block to a UserError.

    Args:
        path: The file or folder that the message names.

    Yields:
        Once, for the block.

    Raises:
        UserError: The block raised OSError; as ``unwritable`` gives it.
    """
    try:
        yield
    except OSError as error:
        raise unwritable(path, error) from error


@contextmanager
def named_file(path: Path) -> Iterator[None]:
    """Give an OSError within a block that names no file, such as of a full disk, a name.

    Args:
        path: The file that it then names.

    Yields:
        Once, for the block.
    """
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, where they are missing.

    Args:
        folder: The folder.

    Raises:
        UserError: It cannot be made; the message names it and what is in its way.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder '{folder}' cannot be made: {reason(error)} {_advice(folder, error)}"
        raise not_done(message, error) from error


def check_folder(folder: Path) -> None:
    """Check that a folder exists and that new files can be made in it.

    Args:
        folder: The folder.

    Raises:
        UserError: They cannot.
    """
    try:
        mode = folder.stat().st_mode
    except FileNotFoundError:
        raise UserError(
            f"The folder '{folder}' does not exist. Create it or choose another."
        ) from None
    except OSError as error:
        raise UserError(
            f"The folder '{folder}' cannot be written to: {reason(error)} {advice(error)}"
        ) from error
    if not stat.S_ISDIR(mode):
        raise UserError(f"'{folder}' is a file and no folder. Choose a folder.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UserError(
            f"The folder '{folder}' cannot be written to: {_closed_reason(folder)} Choose another."
        )


def check_new_folder(path: Path) -> None:
    """Check that a new folder can be made at a path.

    Args:
        path: Nothing, or an empty folder.

    Raises:
        UserError: It cannot.
    """
    check_folder(path.parent)
    with writing(path):
        if path.exists() and not (path.is_dir() and not any(path.iterdir())):
            raise UserError(
                f"'{path}' is there already and is not overwritten. Give the name of a new folder."
            )


def check_target(path: Path) -> None:
    """Check that a file can be made or replaced at a path.

    Args:
        path: Nothing, or a regular file.

    Raises:
        UserError: It cannot.
    """
    with writing(path):  # a name that is too long
        if path.is_dir():
            raise UserError(f"'{path}' is a folder. Give the name of a file.")
        if path.exists() and not path.is_file():  # a device, as /dev/null, would be gone for all
            raise UserError(
                f"'{path}' is no ordinary file and is not replaced. Choose another name."
            )
    check_folder(path.parent)


def _closed_reason(folder: Path) -> str:
    if os.name == "posix" and os.statvfs(folder).f_flag & os.ST_RDONLY:
        return "the disk can only be read."
    return "you have no right to write there."


def _advice(path: Path, error: OSError) -> str:
    """As ``advice``, with the name of what is in the way of ``path``, where that is it."""
    if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.ENOENT):
        blocking = next((p for p in (path, *path.parents) if p.is_file()), None)
        if blocking is not None:
            return f"'{blocking}' is a file and no folder: choose another name."
    return ADVICE[errno.EISDIR] if _is_folder(path) else advice(error)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, a closed folder
        return False
