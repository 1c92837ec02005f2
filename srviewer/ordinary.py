"""Small files read whole: ordinary ones alone, and none that is larger than it may be."""

import errno
import json
import os
import stat
from pathlib import Path
from typing import Any

LARGEST_TEXT = 2**20  # bytes; what this program and BIDS keep as text has a hundredth of it


def is_ordinary(path: Path) -> bool:
    """Whether a file is there that can be read without waiting: no pipe, socket or device."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def content_of(path: Path, most: int = LARGEST_TEXT) -> bytes:
    """The bytes of an ordinary file.

    Raises OSError when it cannot be read, is a pipe, a socket or a device, which would wait for
    ever, or holds more than ``most`` bytes.
    """
    _check(path.stat(), path)
    # Should it become a pipe at this very moment, opening it does not wait either.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        _check(os.fstat(file.fileno()), path)
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it holds more than {most:,} bytes", str(path))
    return content


def text_of(path: Path, most: int = LARGEST_TEXT) -> str:
    """As ``content_of``, the file's text. Raises ValueError as well, where it is no UTF-8."""
    return content_of(path, most).decode("utf-8")


def json_of(path: Path, most: int = LARGEST_TEXT) -> Any:
    """As ``text_of``, the value of a JSON file. Raises ValueError where it is damaged too."""
    try:
        return json.loads(text_of(path, most))
    except RecursionError as error:
        raise ValueError("its values are nested too deep") from error


def _check(status: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
