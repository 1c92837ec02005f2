"""The memory that a reconstruction takes, and the memory that is free."""

import ctypes
import sys
from math import inf
from pathlib import Path

import numpy as np

from srviewer.core.byte_counts import bytes_text
from srviewer.core.geometry.grid import Geometry
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.requests.request import Request

# What the program takes with a network loaded, and volumes of the result's size that are held at
# once: both planes, what they are fused to, their disagreement, and copies that are passing by.
BASE_BYTES = 400e6
NETWORK_VOLUMES, FLIPPED_VOLUMES, INTERPOLATION_VOLUMES = 5.0, 10.0, 3.0
# Of the scan's size: the file's bytes, the voxels, a copy of those.
SCAN_VOLUMES = 3.0
CONTROL_GROUP = Path("/sys/fs/cgroup")
MOST_OF_IT = 0.9  # other programs want some, too
# Numbers of glibc's M_ARENA_MAX, M_TRIM_THRESHOLD and M_MMAP_THRESHOLD, and what they are set to:
# one heap, of which 512 MiB are kept; blocks above 32 MiB, as whole volumes are, go back at once.
FOR_ALL_THREADS = ((-8, 1), (-1, 512 << 20), (-3, 32 << 20))


def needed_bytes(scan: Geometry, request: Request) -> float:
    """Estimate the peak memory of a reconstruction, rather too high than too low.

    Args:
        scan: The grid of the scan.
        request: The reconstruction.

    Returns:
        Bytes of the whole process, network included.
    """
    voxels = 4.0 * float(np.prod(scan.shape, dtype=np.float64))
    thin = voxels * float(np.prod([factor for _, factor in request.steps]))
    held = INTERPOLATION_VOLUMES
    if method(request.method).needs_model:
        held = FLIPPED_VOLUMES if request.flips else NETWORK_VOLUMES
    return BASE_BYTES + SCAN_VOLUMES * voxels + held * thin


def machine_bytes() -> float:
    """Free memory of the machine, or of the container where it has less, in bytes."""
    import psutil  # lazy, for a quick start

    return min(float(psutil.virtual_memory().available), _container_bytes())


def free_bytes() -> float:
    """Bytes that this process may still take: free memory, within a limit on its address space."""
    free = machine_bytes()
    if sys.platform == "win32":
        return free
    import resource  # absent on Windows

    import psutil

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return free
    return min(free, float(limit - psutil.Process().memory_info().vms))


def _container_bytes() -> float:
    """Bytes below a container's limit (Linux, control groups 2); infinite without one."""
    try:
        limit, used = (
            float((CONTROL_GROUP / name).read_text(encoding="ascii"))
            for name in ("memory.max", "memory.current")
        )
    except (OSError, ValueError):  # none, or "max"
        return inf
    return limit - used


def fits(scan: Geometry, request: Request, room: float) -> bool:
    """Whether a reconstruction fits into memory.

    Args:
        scan: The grid of the scan.
        request: The reconstruction.
        room: The bytes that it may take; a tenth is left to other programs.

    Returns:
        True where its estimate is within that.
    """
    return needed_bytes(scan, request) <= MOST_OF_IT * room


def memory_message(scan: Geometry, request: Request, room: float) -> str:
    """A sentence on the memory that a reconstruction takes and that is free.

    Args:
        scan: The grid of the scan.
        request: The reconstruction.
        room: Free memory, bytes.

    Returns:
        The sentence.
    """
    return (
        f"A reconstruction in memory takes about {bytes_text(needed_bytes(scan, request))}, and "
        f"{bytes_text(room)} are free."
    )


def opens(volume: Geometry) -> bool:
    """Whether a volume fits into the memory that is free now.

    Args:
        volume: Its grid.

    Returns:
        True where its file, its voxels and a copy fit.
    """
    voxels = 4.0 * float(np.prod(volume.shape, dtype=np.float64))
    return SCAN_VOLUMES * voxels <= MOST_OF_IT * free_bytes()


def share_freed_memory() -> None:
    """Let all threads of this process use again what one has freed, where the C library is glibc.

    By itself glibc keeps freed memory for each thread, and gives much of it back to the system only
    to ask for it again. This is for a process that ends with its work: what is freed stays with it.
    """
    if sys.platform != "linux":
        return
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        for option, value in FOR_ALL_THREADS:
            set_option(option, value)


def peak_memory_mb() -> float | None:
    """The largest memory that this process has used, in 10^6 bytes; None where not known."""
    if sys.platform == "win32":
        return None
    import resource  # absent on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6, 1)
