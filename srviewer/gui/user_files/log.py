"""The program's log: what went wrong and where in the program, never in whose scan.

Messages of exceptions, names of files and what libraries say may hold a patient's name, so none of
them is written: an error is logged by its kind and the lines of code that it came through.
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
    """A log that only this user may read, as are the older ones that it was renamed to."""

    def _open(self) -> TextIOWrapper:
        make_private_file(Path(self.baseFilename))
        return super()._open()


def start_log() -> Path | None:
    """Write what srviewer logs from now on into the user's log folder; its path.

    None where nothing can be written there, or not so that only this user may read it: the program
    works without.
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
    """Close the file."""
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()
    log.propagate = True


def log_files() -> list[Path]:
    """The log and the older ones, so far as they are there."""
    return sorted(user_log_dir().glob(f"{FILE}*"))


def clear_log() -> None:
    """Delete what was logged; what is logged from now on begins an empty file.

    A file that is being written is emptied in place: another window may be writing it as well.
    """
    for path in log_files():
        with suppress(OSError):  # another user's, or open on Windows
            if log.handlers and path.name == FILE:
                os.truncate(path, 0)
            else:
                path.unlink()


def log_error(kind: str, error: BaseException) -> None:
    """Note that work of this ``kind`` (a word of the program's own) failed."""
    if isinstance(error, UserError):
        log.info("%s: told the user (%s)", kind, _way(error))
    else:
        log.error("%s: %s (%s)", kind, type(error).__name__, _way(error))


def _way(error: BaseException) -> str:
    """The lines of code from the outermost to where it was raised, and so for its causes."""
    frames = [f"{_short(one.filename)}:{one.lineno}" for one in extract_tb(error.__traceback__)]
    way = " > ".join(frames) or "not raised"
    cause = error.__cause__ or error.__context__
    return way if cause is None else f"{way}; from {type(cause).__name__} {_way(cause)}"


def _short(filename: str) -> str:
    """A source file without the folders of this machine, which may be named after a person."""
    path = Path(filename)
    if path.is_relative_to(PACKAGE):
        return path.relative_to(PACKAGE).as_posix()
    return "/".join(path.parts[-2:])


def _system() -> str:
    return f"{platform.system()} {platform.release()} {platform.machine()}"
