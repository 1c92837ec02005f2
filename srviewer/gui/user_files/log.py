"""The program's log: which error occurred and where in the code, without any name of a scan.

Messages of exceptions, names of files and messages of libraries may hold a patient's name, so none
of them is written: an error is logged by its kind and the lines of code that it came through.
"""

import logging
import os
import platform
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from traceback import extract_tb

from srviewer import __version__
from srviewer.errors import UserError
from srviewer.paths import private_folder, user_log_dir
from srviewer.private import make_private_file

FILE = "srviewer.log"
LARGEST = 512 * 1024  # bytes, of each of the files
OLD_FILES = 3
PACKAGE = Path(__file__).resolve().parents[3]

log = logging.getLogger("srviewer")


class PrivateLogFile(RotatingFileHandler):
    """A log file that only this user may read, as are the older files of its rotation."""

    def _open(self) -> TextIOWrapper:
        make_private_file(Path(self.baseFilename))
        return super()._open()


def start_log() -> Path | None:
    """Write what srviewer logs from now on into the user's log folder.

    Returns:
        The log file; None where no private file can be written there: the program works without.
    """
    stop_log()
    path = user_log_dir() / FILE
    try:
        private_folder(path.parent)
        for old in log_files():
            make_private_file(old)
        handler = PrivateLogFile(path, "a", LARGEST, OLD_FILES, "utf-8", False, "backslashreplace")
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    log.info("srviewer %s, Python %s, %s", __version__, platform.python_version(), _system())
    return path


def stop_log() -> None:
    """Close the log file."""
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()
    log.propagate = True


def log_files() -> list[Path]:
    """The log file and the older ones of its rotation that exist, sorted by name."""
    return sorted(user_log_dir().glob(f"{FILE}*"))


def clear_log() -> None:
    """Delete the log; what is logged from now on begins an empty file.

    A file that is being written is emptied in place: another window may be writing it as well.
    """
    for path in log_files():
        with suppress(OSError):  # another user's, or open on Windows
            if log.handlers and path.name == FILE:
                os.truncate(path, 0)
            else:
                path.unlink()


def log_error(kind: str, error: BaseException) -> None:
    """Log that a job or an action failed.

    Args:
        kind: Of the job or action: a word of the program, never a name from a file.
        error: A UserError is logged as information, any other exception as an error.
    """
    if isinstance(error, UserError):
        log.info("%s: shown to the user (%s)", kind, _way(error))
    else:
        log.error("%s: %s (%s)", kind, type(error).__name__, _way(error))


def _way(error: BaseException) -> str:
    """The lines of code from the outermost to where the error was raised, and so for its causes."""
    frames = [f"{_short(line.filename)}:{line.lineno}" for line in extract_tb(error.__traceback__)]
    way = " > ".join(frames) or "not raised"
    cause = error.__cause__ or error.__context__
    return way if cause is None else f"{way}; from {type(cause).__name__} {_way(cause)}"


def _short(filename: str) -> str:
    """The end of a source file's path: folders of this machine may be named after a person."""
    path = Path(filename)
    if path.is_relative_to(PACKAGE):
        return path.relative_to(PACKAGE).as_posix()
    return "/".join(path.parts[-2:])


def _system() -> str:
    return f"{platform.system()} {platform.release()} {platform.machine()}"
