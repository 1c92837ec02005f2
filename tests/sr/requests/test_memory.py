"""Freed memory is shared by all threads of a verb's process."""

import platform
import sys

import pytest

from children import output

# The heaps of threads are reserved in pieces of 64 MiB, most of which nothing may touch.
HEAPS = """
import sys, threading
from srviewer.sr.requests.memory import share_freed_memory
if sys.argv[1] == "shared":
    share_freed_memory()
together = threading.Barrier(4)
def use():
    kept = [bytearray(50_000) for _ in range(20)]
    together.wait()
threads = [threading.Thread(target=use) for _ in range(4)]
[thread.start() for thread in threads], [thread.join() for thread in threads]
def size(line):
    first, last = (int(end, 16) for end in line.split()[0].split("-"))
    return last - first
print(sum("---p" in line and 48 << 20 < size(line) <= 64 << 20 for line in open("/proc/self/maps")))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc alone has heaps of threads")
def test_threads_have_no_heaps_of_their_own() -> None:
    alone, shared = (
        int(output([sys.executable, "-c", HEAPS, name])) for name in ("alone", "shared")
    )
    assert shared < alone
