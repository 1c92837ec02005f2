"""The number of processor threads that networks use; set before torch is loaded."""

import os

VARIABLE = "SRVIEWER_THREADS"
MOST_THREADS = 512


def set_threads(count: int) -> None:
    """Set the number of threads from the next job on.

    Args:
        count: 1 to MOST_THREADS; 0 leaves it to torch.
    """
    os.environ[VARIABLE] = str(count)


def wanted_threads() -> int:
    """The number that was set, here or in the environment; 0 where none is valid."""
    text = os.environ.get(VARIABLE, "0")
    count = int(text) if text.isdecimal() else 0
    return count if count <= MOST_THREADS else 0
