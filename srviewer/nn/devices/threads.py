"""How many processor threads the networks use; asked for before torch is loaded."""

import os

VARIABLE = "SRVIEWER_THREADS"
MOST_THREADS = 512


def set_threads(count: int) -> None:
    """Let networks use ``count`` threads from their next job on; 0 leaves it to torch."""
    os.environ[VARIABLE] = str(count)


def wanted_threads() -> int:
    """What was set, here or in the environment; 0 where nothing sensible was."""
    text = os.environ.get(VARIABLE, "0")
    count = int(text) if text.isdecimal() else 0
    return count if count <= MOST_THREADS else 0
