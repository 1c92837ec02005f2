"""Cyclic garbage is collected in the thread of the window, between two events."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from PySide6.QtCore import QTimer

INTERVAL = 500  # ms
TIMES = 20  # collections of a generation before the next older one is collected as well
# New objects. Where modules were loaded, which live on, looking through so many finds nothing and
# takes 10 ms or more: 50 ms for those of torch.
MANY = 50_000


@contextmanager
def garbage_collected_here() -> Iterator[None]:
    """Let the event loop of this thread collect cyclic garbage, and nothing else.

    Python collects in whichever thread happens to make an object, and in the middle of anything. A
    graphics scene that goes in a worker thread, or a view that goes while it is painted, ends the
    process without a word.
    """
    collected = count(1)
    modules = 0

    def collect() -> None:
        nonlocal modules
        new, modules_before, modules = gc.get_count()[0], modules, len(sys.modules)
        if new > MANY and modules > modules_before:
            gc.freeze()
            gc.unfreeze()  # they are among the oldest now, which are collected least
        elif new > gc.get_threshold()[0]:  # else next to nothing was made since
            number = next(collected)
            gc.collect((number % TIMES == 0) + (number % TIMES**2 == 0))

    timer = QTimer()
    timer.timeout.connect(collect)
    timer.start(INTERVAL)
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        timer.stop()
        if was_enabled:
            gc.enable()
