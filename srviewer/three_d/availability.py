"""Whether VTK, which draws in 3D, is installed; it is not loaded for that."""

import sys
from importlib import invalidate_caches
from importlib.util import find_spec

INSTALL = 'pip install "srviewer[3d]"'


def is_installed() -> bool:
    """Whether VTK is installed.

    Returns:
        True where the drawing process can import it.
    """
    invalidate_caches()  # it may have been installed since
    try:
        return find_spec("vtkmodules") is not None
    except ValueError:  # named in sys.modules, but not loaded
        return False


def is_frozen() -> bool:
    """Whether this is a build without an installation of Python, into which nothing is installed.

    Returns:
        True in the builds of ``packaging/frozen``.
    """
    return bool(getattr(sys, "frozen", False))
