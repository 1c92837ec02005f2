"""The devices that a user may choose; a GPU is detected without loading torch."""

import ctypes
import platform
import sys
from importlib.util import find_spec
from pathlib import Path

DEVICES = ("auto", "cpu", "cuda", "mps")
CUDA_DRIVERS = ("libcuda.so.1", "nvcuda.dll")
CUDA_PARTS_OF_TORCH = ("libtorch_cuda.so", "torch_cuda.dll")


def device_choices() -> tuple[str, ...]:
    """The names of the devices, "auto" first."""
    return DEVICES


def auto_device() -> str:
    """The device that "auto" is on this machine: "cpu", "cuda" or "mps", found without torch."""
    if not has_gpu():
        return "cpu"
    return "mps" if sys.platform == "darwin" else "cuda"


def has_gpu() -> bool:
    """Whether "auto" is a GPU: the machine has one and torch is built for it.

    Takes milliseconds, so that a window can ask before torch is loaded; a job asks torch itself.
    """
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    return _torch_knows_cuda() and any(map(_devices_of, CUDA_DRIVERS))


def _torch_knows_cuda() -> bool:
    torch = find_spec("torch")
    folders = () if torch is None else torch.submodule_search_locations or ()
    return any(Path(f, "lib", part).is_file() for f in folders for part in CUDA_PARTS_OF_TORCH)


def _devices_of(driver: str) -> int:
    """The number of GPUs that NVIDIA's driver library counts; 0 where there is no such library."""
    try:
        library = ctypes.CDLL(driver)
    except OSError:
        return 0
    count = ctypes.c_int(0)
    works = library.cuInit(0) == 0 and library.cuDeviceGetCount(ctypes.byref(count)) == 0
    return count.value if works else 0
