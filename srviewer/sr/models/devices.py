"""What a user may choose to compute on; what is there is found without loading torch."""

import ctypes
import platform
import sys
from importlib.util import find_spec
from pathlib import Path

DEVICES = ("auto", "cpu", "cuda", "mps")
CUDA_DRIVERS = ("libcuda.so.1", "nvcuda.dll")
CUDA_PARTS_OF_TORCH = ("libtorch_cuda.so", "torch_cuda.dll")


def device_choices() -> tuple[str, ...]:
    """The words for a device, "auto" first."""
    return DEVICES


def has_gpu() -> bool:
    """Whether "auto" will be a GPU: one is in the machine and torch is built for it.

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
    """How many GPUs NVIDIA's driver library counts; none where there is no such library."""
    try:
        library = ctypes.CDLL(driver)
    except OSError:
        return 0
    count = ctypes.c_int(0)
    works = library.cuInit(0) == 0 and library.cuDeviceGetCount(ctypes.byref(count)) == 0
    return count.value if works else 0
