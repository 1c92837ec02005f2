"""Cores: what a process was given counts, and not what the machine has."""

import os
import sys
from pathlib import Path

import pytest

from children import output
from srviewer.nn.devices import cores

ASK = (
    "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
    "from srviewer.nn.devices.cores import usable_cores; print(usable_cores())"
)


def test_slurm_and_a_quota_limit_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quota = tmp_path / "cpu.max"
    monkeypatch.setattr(cores, "CPU_MAX", quota)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(32)), raising=False)
    for name in cores.SLURM:
        monkeypatch.delenv(name, raising=False)
    assert cores.usable_cores() == 32
    quota.write_text("max 100000\n")
    assert cores.usable_cores() == 32
    monkeypatch.setenv("SLURM_CPUS_ON_NODE", "16")
    monkeypatch.setenv("SLURM_CPUS_PER_TASK", "4")
    assert cores.usable_cores() == 4
    quota.write_text("150000 100000\n")
    limits = {"machine": 64, "affinity": 32, "SLURM_CPUS_PER_TASK": 4, "SLURM_CPUS_ON_NODE": 16}
    assert cores.core_limits() == {**limits, "control group": 2} and cores.usable_cores() == 2
    quota.write_text("nonsense")
    monkeypatch.setenv("SLURM_CPUS_PER_TASK", "4(x2)")
    assert cores.usable_cores() == 16


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bind no process to its cores")
def test_a_process_that_is_bound_to_one_core_uses_one() -> None:
    assert output([sys.executable, "-c", ASK]).strip() == "1"
