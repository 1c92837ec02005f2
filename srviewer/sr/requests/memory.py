"""How much memory a rebuild takes, and how much there is."""

import sys
from math import inf
from pathlib import Path

import numpy as np
import psutil

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


def needed_bytes(scan: Geometry, request: Request) -> float:
    """What a rebuild in memory takes at its peak; a little too much rather than too little."""
    voxels = 4.0 * float(np.prod(scan.shape, dtype=np.float64))
    thin = voxels * float(np.prod([factor for _, factor in request.steps]))
    held = INTERPOLATION_VOLUMES
    if method(request.method).needs_model:
        held = FLIPPED_VOLUMES if request.flips else NETWORK_VOLUMES
    return BASE_BYTES + SCAN_VOLUMES * voxels + held * thin


def machine_bytes() -> float:
    """What is free of the machine, or of the container."""
    return min(float(psutil.virtual_memory().available), _container_bytes())


def free_bytes() -> float:
    """What this process may still take: of the machine, and of a limit on its address space."""
    free = machine_bytes()
    if sys.platform == "win32":
        return free
    import resource  # absent on Windows

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return free
    return min(free, float(limit - psutil.Process().memory_info().vms))


def _container_bytes() -> float:
    """What a container's limit leaves (Linux, control groups 2)."""
    try:
        limit, used = (
            float((CONTROL_GROUP / name).read_text(encoding="ascii"))
            for name in ("memory.max", "memory.current")
        )
    except (OSError, ValueError):  # none, or "max"
        return inf
    return limit - used


def fits(scan: Geometry, request: Request, room: float) -> bool:
    """Whether the rebuild may be done in memory, of which it may take ``room`` bytes."""
    return needed_bytes(scan, request) <= MOST_OF_IT * room


def memory_told(scan: Geometry, request: Request, room: float) -> str:
    """What a rebuild needs and what there is, as a sentence."""
    return (
        f"A rebuild in memory takes about {needed_bytes(scan, request) / 1e9:.1f} GB, and "
        f"{max(0.0, room) / 1e9:.1f} GB are free."
    )


def opens(volume: Geometry) -> bool:
    """Whether a volume of this size may be opened beside what is open."""
    voxels = 4.0 * float(np.prod(volume.shape, dtype=np.float64))
    return SCAN_VOLUMES * voxels <= MOST_OF_IT * free_bytes()


def peak_memory_mb() -> float | None:
    """The largest memory that this process has used, in 10^6 bytes; None where not known."""
    if sys.platform == "win32":
        return None
    import resource  # absent on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6, 1)
