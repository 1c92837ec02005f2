"""The window: the only place for Qt and pyqtgraph."""

import builtins
from collections.abc import Iterator
from contextlib import contextmanager

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
