"""Temporary names that hold a mark of their process, so that nobody removes what is in use.

The mark has 16 characters: the machine since it was started, the process with its start, and a
number. What a killed process left is thereby known, on the same machine and there alone.
"""

import base64
import glob
import hashlib
import os
import platform
import re
import secrets
import shutil
import sys
import time
from collections import deque
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Literal

PREFIX = ".srviewer-"
MARK = "[a-z2-7]{16}"
DAY_SECONDS = 86400  # what nobody is known to own is removed after as long
LONGEST = 255  # bytes of a name, on every common file system
MOST_OWN = 256  # names that are remembered: far more than are in use at once

Owner = Literal["living", "ended", "unknown"]

_NAME = re.compile(rf"{re.escape(PREFIX)}(?P<mark>[0-9a-f]{{8}}|{MARK})-(?P<name>.+)", re.DOTALL)
_numbers = count(secrets.randbits(16))
_own: deque[Path] = deque(maxlen=MOST_OWN)


def process_mark() -> str:
    """A mark of this process, another one with each call."""
    pid, started = os.getpid(), bytes(2)
    with suppress(OSError):  # where the system does not say, as in ``_machine``
        started = _started(pid)
    numbers = (pid % 2**24).to_bytes(3, "big"), started, (next(_numbers) % 2**16).to_bytes(2, "big")
    packed = b"".join((_machine(), *numbers))
    return base64.b32encode(packed).decode().lower()


def owner(text: str) -> Owner:
    """Whether the process that made a mark still runs.

    Args:
        text: The mark. Those of version 0.1.0 are of nobody.

    Returns:
        "unknown" for no mark, for one of another machine, and for another user's process.
    """
    if not re.fullmatch(MARK, text):
        return "unknown"
    packed = base64.b32decode(text.upper())
    if packed[:3] != _machine():
        return "unknown"
    pid = int.from_bytes(packed[3:6], "big")
    try:
        return "living" if _started(pid) == packed[6:8] else "ended"
    except PermissionError:
        return "unknown"
    except OSError:
        return "ended"


def temporary_name(path: Path) -> Path:
    """A name beside a path for what is to become it, or was it; ``remove_own`` will delete it.

    Args:
        path: The file or folder.

    Returns:
        A new name in the same folder, with the mark of this process.
    """
    start = f"{PREFIX}{process_mark()}-"
    temporary = path.with_name(start + _fitting(path.name, start))
    return deleted_at_exit(temporary)


def deleted_at_exit(temporary: Path) -> Path:
    """Note a temporary file or folder that ``remove_own`` is to delete.

    Args:
        temporary: Its path.

    Returns:
        The same path.
    """
    _own.append(temporary.absolute())
    return temporary


def target_of(temporary: Path) -> str:
    """The name of what a temporary file or folder is to become.

    Args:
        temporary: Its path.

    Returns:
        A name without folder; "" where it is no temporary name.
    """
    match = _NAME.fullmatch(temporary.name)
    return "" if match is None else match["name"]


def is_in_use(temporary: Path) -> bool:
    """Whether the process that made a temporary file or folder still runs.

    Args:
        temporary: Its path.

    Returns:
        False as well where that is not known.
    """
    match = _NAME.fullmatch(temporary.name)
    return match is not None and owner(match["mark"]) == "living"


def is_abandoned(temporary: Path) -> bool:
    """Whether a temporary file or folder is to be removed.

    Args:
        temporary: Its path.

    Returns:
        Whether the process that made it ended; for an unknown one, whether a day has passed.
    """
    match = _NAME.fullmatch(temporary.name)
    return match is not None and is_over(match["mark"], temporary)


def is_over(mark_of: str, path: Path) -> bool:
    """``is_abandoned`` for a path of any name that holds a mark.

    Args:
        mark_of: The mark.
        path: The file or folder.

    Returns:
        As ``is_abandoned``.
    """
    state = owner(mark_of)
    return state == "ended" or (state == "unknown" and time.time() - _newest(path) > DAY_SECONDS)


def temporaries_of(path: Path) -> list[Path]:
    """All that lies beside a path under temporary names of it.

    Args:
        path: The file or folder.

    Returns:
        Paths, sorted; in use or not.
    """
    name = glob.escape(_fitting(path.name, f"{PREFIX}{'x' * 16}-"))
    return sorted(
        temporary for temporary in path.parent.glob(f"{PREFIX}*-{name}") if target_of(temporary)
    )


def remove_abandoned(path: Path) -> None:
    """Delete what ended processes left beside a path under temporary names of it.

    Args:
        path: The file or folder; it stays.
    """
    for temporary in temporaries_of(path):
        if is_abandoned(temporary):
            remove(temporary)


def abandoned_in(folder: Path) -> list[Path]:
    """All that ended processes left in a folder under temporary names.

    Args:
        folder: The folder; it need not exist.

    Returns:
        Paths, sorted.
    """
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name.startswith(PREFIX)]
    except OSError:
        return []
    return [folder / name for name in sorted(names) if is_abandoned(folder / name)]


def remove(path: Path) -> None:
    """Delete a file, or a folder with all that is in it; what cannot be deleted stays.

    Args:
        path: The file or folder; it need not exist. A link is deleted, not what it leads to.
    """
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def remove_own() -> None:
    """Delete all that this process still has under temporary names: it ends, and writes no more."""
    while _own:
        remove(_own.pop())


def _fitting(name: str, start: str) -> str:
    """``name`` without its first characters, where it would be too long behind ``start``."""
    while len(os.fsencode(start + name)) > LONGEST:
        name = name[1:]
    return name


def _newest(path: Path) -> float:
    """The time at which a file, or anything in a folder, was last written."""
    inside = os.walk(path) if path.is_dir() and not path.is_symlink() else ()
    times = []
    # Folders that go meanwhile are no errors of ``os.walk``, unlike ``Path.rglob``.
    below = [Path(top, name) for top, folders, files in inside for name in (*folders, *files)]
    for entry in (path, *below):
        with suppress(OSError):
            times.append(entry.lstat().st_mtime)
    return max(times, default=time.time())


@cache
def _machine() -> bytes:
    """Three bytes for this machine since its start, and the processes that can see each other.

    They are those of nobody else where the system does not say.
    """
    words = platform.node()
    if sys.platform == "linux":
        try:
            boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
            words = f"{boot} {Path('/proc/self/ns/pid').stat().st_ino}"
        except OSError:
            return secrets.token_bytes(3)
    return hashlib.sha256(words.encode()).digest()[:3]


def _started(pid: int) -> bytes:
    """Two bytes for the moment at which a process began.

    Raises ProcessLookupError when there is none, PermissionError when it is another user's.
    """
    if sys.platform != "linux":
        return _started_elsewhere(pid)
    os.kill(pid, 0)  # raises for another user's process, which need not be listed
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    state, *values = text.rpartition(")")[2].split()
    if state in "ZX":
        raise ProcessLookupError(pid)
    return (int(values[18]) % 2**16).to_bytes(2, "big")  # clock ticks since the machine's start


def _started_elsewhere(pid: int) -> bytes:
    import psutil  # not needed on Linux

    try:
        return (int(psutil.Process(pid).create_time()) % 2**16).to_bytes(2, "big")
    except psutil.AccessDenied as error:
        raise PermissionError(pid) from error
    except psutil.Error as error:
        raise ProcessLookupError(pid) from error
