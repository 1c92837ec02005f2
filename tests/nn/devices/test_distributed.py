"""Two processes train as one: real ones, under torchrun."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from children import output
from srviewer.nn.training import loop
from training_curves import curve

TESTS = Path(__file__).resolve().parents[2]
PLAN = {
    "preset": "ours-l1",
    "network": "rfa",
    "width": 4,
    "blocks": 1,
    "inner": 3,
    "factors": [2, 3],
    "factor_shares": [0.5, 0.5],
    "rows": 6,
    "columns": 12,
    "batch": 4,
    "warm_up": 2,
    "steps": 12,
}
GAME = {
    "losses": {"l1": 1.0, "adversarial": 0.005},
    "adversarial": {
        "objective": "wasserstein",
        "discriminator": "critic",
        "width": 3,
        "warm_start": 0.5,
    },
}


@pytest.mark.skipif(sys.platform == "win32", reason="torchrun's rendezvous needs a POSIX system")
@pytest.mark.parametrize("plan", [PLAN, {**PLAN, **GAME}], ids=["l1", "adversarial"])
def test_two_processes_follow_the_curve_of_one(
    plan: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    one = curve(plan)
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = {
        **os.environ,
        "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}",
        "OMP_NUM_THREADS": "1",
    }
    output(
        [sys.executable, *torchrun, TESTS / "training_curves.py", tmp_path],
        environment,
        seconds=180,
    )
    two = json.loads((tmp_path / "curve.json").read_text())
    assert len(one) == 12 and one[0] != one[-1]
    assert np.allclose(one, two, rtol=1e-3)
