"""The administrator of Linux for a while without the right to read what is closed to its owner."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

VERSION = 0x20080522  # of the calls, see capget(2)
OVERRIDE = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("process", ctypes.c_int))


class _Rights(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable"))


@contextmanager
def plain_rights() -> Iterator[bool]:
    """Inside, permissions hold for this thread and those that it starts; False where they do not.

    Whoever is no administrator needs nothing of this.
    """
    if sys.platform == "win32":
        yield False
        return
    if os.geteuid() != 0:
        yield True
        return
    if sys.platform != "linux":
        yield False
        return
    before = _effective()
    try:
        yield _take(before & ~OVERRIDE)
    finally:
        _take(before)


def _effective() -> int:
    rights = (_Rights * 2)()
    ctypes.CDLL(None).capget(ctypes.byref(_Header(VERSION, 0)), rights)
    return int(rights[0].effective)


def _take(effective: int) -> bool:
    header, rights = _Header(VERSION, 0), (_Rights * 2)()
    ctypes.CDLL(None).capget(ctypes.byref(header), rights)
    rights[0].effective = effective
    return bool(ctypes.CDLL(None).capset(ctypes.byref(header), rights) == 0)
