"""Two processes train as one: real ones, under torchrun."""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from children import output

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import json, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
import phantoms
from srviewer.job import run
from srviewer.nn.training import loop as module
from srviewer.nn.data.training_data import VolumeTrainingData
from srviewer.nn.models.model_file import save_model
from srviewer.nn.devices.processes import this_process
from srviewer.nn.reports.report import TrainStep
from srviewer.nn.catalogue import TrainingPlan

module.REPORT_SECONDS = 0.0
plan = TrainingPlan.from_json(json.loads(Path(sys.argv[1]).read_text()))
losses = []
process = this_process()
job = module.train(
    VolumeTrainingData([phantoms.head()]),
    plan,
    "m",
    module.TrainingEnvironment("cpu", process=process),
)
model = run(job, lambda step: losses.append(step.loss) if isinstance(step, TrainStep) else None)
if process.leads:
    save_model(model, Path(sys.argv[2]))
    Path(sys.argv[2]).with_suffix(".json").write_text(json.dumps(losses))
"""
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


def launch(arguments: list[str], folder: Path, plan: dict[str, object], name: str) -> Path:
    program, plan_file = folder / "program.py", folder / f"{name}.plan.json"
    program.write_text(PROGRAM)
    plan_file.write_text(json.dumps(plan))
    model = folder / f"{name}.safetensors"
    paths = f"{ROOT}{os.pathsep}{ROOT / 'tests'}"
    environment = {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
    output([sys.executable, *arguments, program, plan_file, model], environment, seconds=180)
    return model


@pytest.mark.skipif(sys.platform == "win32", reason="torchrun's rendezvous needs a POSIX system")
@pytest.mark.parametrize("extra", [{}, GAME], ids=["L1", "a game with a penalty"])
def test_two_processes_follow_the_curve_of_one(extra: dict[str, object], tmp_path: Path) -> None:
    plan = {**PLAN, **extra}
    alone = launch([], tmp_path, plan, "alone")
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    both = launch(torchrun, tmp_path, plan, "both")
    one, two = (json.loads(p.with_suffix(".json").read_text()) for p in (alone, both))
    assert len(one) == 12 and one[0] != one[-1]
    assert np.allclose(one, two, rtol=1e-3)
