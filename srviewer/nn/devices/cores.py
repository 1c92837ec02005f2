"""The number of processor cores that this process may use. Needs no torch."""

import math
import os
from collections.abc import Mapping
from pathlib import Path

MACHINE, AFFINITY, CONTROL_GROUP = "machine", "affinity", "control group"
# What Slurm gives a task, and a job on this node. Where it binds no task to its cores, a process
# finds its share nowhere else.
SLURM = ("SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE")
CPU_MAX = Path("/sys/fs/cgroup/cpu.max")  # of a container: microseconds in a period, or "max"


def usable_cores() -> int:
    """The least of ``core_limits``, 1 or more: an allocation of a part of the machine counts."""
    return min(core_limits().values())


def core_limits() -> Mapping[str, int]:
    """Numbers of cores by what sets them: the machine, the affinity, Slurm, a control group."""
    limits = {MACHINE: os.cpu_count() or 1}
    if hasattr(os, "sched_getaffinity"):  # absent on Windows and macOS
        limits[AFFINITY] = len(os.sched_getaffinity(0))
    for name in SLURM:
        text = os.environ.get(name, "")
        if text.isdecimal() and int(text) > 0:
            limits[name] = int(text)
    quota = _quota()
    if quota is not None:
        limits[CONTROL_GROUP] = quota
    return limits


def _quota() -> int | None:
    """The cores of a control group (Linux, version 2), rounded up; None without a limit."""
    try:
        microseconds, period = map(int, CPU_MAX.read_text(encoding="ascii").split())
        return max(1, math.ceil(microseconds / period))
    except (OSError, ValueError, ZeroDivisionError):  # none, or "max"
        return None
