"""The window: the only place for Qt and pyqtgraph."""

import builtins

# PySide6 puts a function of its own in the place of Python's import, for a language feature that
# nothing here uses. It reads the source of every module that is imported from then on, which takes
# a tenth of the time of a start.
_python_import = builtins.__import__
import PySide6.QtCore  # noqa: E402, F401

builtins.__import__ = _python_import
