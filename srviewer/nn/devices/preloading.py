"""Loads torch while Python goes on."""

import ctypes
import os
import sys
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread

# By its name: this module does not load it, nor scipy's, which is needed after the network has run.
NETWORKS = "srviewer.nn.inference.infer"
_LOADED = Event()  # or loading failed, or it is not done beside
_LOADED.set()


def load_inference_beside() -> None:
    """Load torch and all that a reconstruction needs in a thread, while a scan is read.

    Whoever imports it next waits for the thread, and so does the end of the process: a library that
    is taken down while it is loaded may abort it.
    """

    def load() -> None:
        with suppress(Exception):  # the import that follows says what is wrong
            try:
                preload_torch()
                import_module(NETWORKS)
            finally:
                _LOADED.set()
            import_module("scipy.ndimage")

    _LOADED.clear()
    Thread(target=load).start()


def wait_until_loaded() -> None:
    """Wait for what ``load_inference_beside`` has begun.

    An import that waits for one in another thread, which fails, gets a module that is half there.
    """
    _LOADED.wait()


def preload_torch() -> None:
    """Load torch's library of the processor, where torch is not loaded yet.

    Python stands still while it imports a library, and this one takes a sixth of a second: a window
    would not answer for as long. A call of the system's own ``dlopen`` lets Python go on, and the
    import that follows finds the library there. Nothing happens where the system has no such call.
    """
    spec = None if "torch" in sys.modules or os.name != "posix" else find_spec("torch")
    if spec is None or spec.origin is None:
        return
    for path in Path(spec.origin).parent.joinpath("lib").glob("libtorch_cpu.*"):
        load = ctypes.CDLL(None).dlopen
        load.restype, load.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
        load(os.fsencode(path), os.RTLD_NOW)  # the import says what is wrong if this fails
