"""Names of what is being written, which say whose they are: nobody removes what is in use.

A name holds a mark of 16 characters: the machine since it was started, the process with its start,
and a number. What a killed process left is thereby known, on the same machine and there alone.
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


def mark() -> str:
    """A mark of this process, another one with each call."""
    pid, started = os.getpid(), bytes(2)
    with suppress(OSError):  # where the system does not say, as in ``_machine``
        started = _started(pid)
    numbers = (pid % 2**24).to_bytes(3, "big"), started, (next(_numbers) % 2**16).to_bytes(2, "big")
    packed = b"".join((_machine(), *numbers))
    return base64.b32encode(packed).decode().lower()


def owner(text: str) -> Owner:
    """Whether the process that made a mark still runs; marks of version 0.1.0 are of nobody."""
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
    """A name beside ``path`` for what is to become it, or was it."""
    start = f"{PREFIX}{mark()}-"
    temporary = path.with_name(start + _fitting(path.name, start))
    return remembered(temporary)


def remembered(temporary: Path) -> Path:
    """The same path, which ``remove_own`` is to delete."""
    _own.append(temporary.absolute())
    return temporary


def target_of(temporary: Path) -> str:
    """The name of what a temporary file or folder is to become; "" for any other name."""
    found = _NAME.fullmatch(temporary.name)
    return "" if found is None else found["name"]


def is_in_use(temporary: Path) -> bool:
    """Whether the process that made it still runs."""
    found = _NAME.fullmatch(temporary.name)
    return found is not None and owner(found["mark"]) == "living"


def is_abandoned(temporary: Path) -> bool:
    """Whether the process that made it ended; for an unknown one, whether a day has passed."""
    found = _NAME.fullmatch(temporary.name)
    return found is not None and is_over(found["mark"], temporary)


def is_over(mark_of: str, path: Path) -> bool:
    """As ``is_abandoned``, for a path of any name that holds the mark ``mark_of``."""
    whose = owner(mark_of)
    return whose == "ended" or (whose == "unknown" and time.time() - _newest(path) > DAY_SECONDS)


def temporaries_of(path: Path) -> list[Path]:
    """All that lies beside ``path`` under temporary names of it."""
    name = glob.escape(_fitting(path.name, f"{PREFIX}{'x' * 16}-"))
    return sorted(one for one in path.parent.glob(f"{PREFIX}*-{name}") if target_of(one))


def remove_abandoned(path: Path) -> None:
    """Delete what ended processes left beside ``path`` under temporary names of it."""
    for left in temporaries_of(path):
        if is_abandoned(left):
            remove(left)


def abandoned_in(folder: Path) -> list[Path]:
    """All that ended processes left in ``folder`` under temporary names."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name.startswith(PREFIX)]
    except OSError:
        return []
    return [folder / name for name in sorted(names) if is_abandoned(folder / name)]


def remove(path: Path) -> None:
    """Delete a file, or a folder with all that is in it; what cannot be deleted stays."""
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
    """When a file, or anything in a folder, was last written."""
    inside = path.rglob("*") if path.is_dir() and not path.is_symlink() else ()
    times = []
    for one in (path, *inside):
        with suppress(OSError):
            times.append(one.lstat().st_mtime)
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
    os.kill(pid, 0)  # tells another user's process, which need not be listed
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
