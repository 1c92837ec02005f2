"""The window: the only place for Qt and pyqtgraph."""

import builtins
import os
import sys

# Threads of NumPy's OpenBLAS sleep after 2**16 cycles without work. By default each of them waits
# for 2**26 in a loop, also right after it is made: a tenth of the time of a start on two cores.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "16")

# How long the window waits for another thread of Python, each time that it needs Python. By
# default it is 5 ms, and one event may need it ten times.
SWITCH_SECONDS = 0.0005

_python_import = builtins.__import__  # as it is before Qt is loaded


def settle_python() -> None:
    """Set Python up for a window, once Qt is loaded.

    PySide6 puts a function of its own in the place of Python's ``import``, which reads the source
    of every module that is imported from then on: a fifth of the time that loading torch takes.
    What it is for, ``from __feature__ import``, is not used here.
    """
    builtins.__import__ = _python_import
    sys.setswitchinterval(SWITCH_SECONDS)
