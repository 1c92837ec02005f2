"""The window: the only place for Qt and pyqtgraph."""

import builtins
import os
from collections.abc import Iterator
from contextlib import contextmanager

# Threads of NumPy's OpenBLAS sleep after 2**16 cycles without work. By default each of them waits
# for 2**26 in a loop, also right after it is made: a tenth of the time of a start on two cores.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "16")

_python_import = builtins.__import__  # as it is before Qt is loaded


@contextmanager
def python_imports() -> Iterator[None]:
    """Import modules by Python's own function, in which there is no ``import *`` of Qt.

    PySide6 puts a function of its own in its place, which reads the source of every module that is
    imported from then on: a tenth of the time of a start.
    """
    of_qt = builtins.__import__
    builtins.__import__ = _python_import
    try:
        yield
    finally:
        builtins.__import__ = of_qt
