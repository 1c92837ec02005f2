"""Values of a volume that are computed once, whoever asks for them: a volume never changes."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from srviewer.core.volumes.volume import Volume

R = TypeVar("R")


def remembered(compute: Callable[[Volume], R]) -> Callable[[Volume], R]:
    """Let a function compute its value once for each volume, for as long as that exists.

    Args:
        compute: Gives the value; nothing but the volume may decide it.

    Returns:
        The same function with a memory. Threads may call it.
    """
    known: WeakKeyDictionary[Volume, R] = WeakKeyDictionary()

    @wraps(compute)
    def ask(volume: Volume) -> R:
        if volume not in known:
            known[volume] = compute(volume)
        return known[volume]

    return ask
