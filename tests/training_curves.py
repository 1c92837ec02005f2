"""The losses of a training run, step by step, in one process or as one of several of torchrun."""

import json
import sys
from pathlib import Path
from typing import Any

import torch

import phantoms
from srviewer.job import run
from srviewer.nn.catalogue import TrainingPlan
from srviewer.nn.data.training_data import VolumeTrainingData
from srviewer.nn.devices.processes import this_process
from srviewer.nn.reports.report import TrainStep
from srviewer.nn.training import loop


def curve(plan: dict[str, Any]) -> list[float]:
    """The loss of each step that is reported."""
    losses = []

    def note(step: object) -> None:
        if isinstance(step, TrainStep):
            losses.append(step.loss)

    parsed = TrainingPlan.from_json(plan)
    environment = loop.TrainingEnvironment("cpu", process=this_process())
    run(loop.train(VolumeTrainingData([phantoms.head()]), parsed, "m", environment), note)
    return losses


if __name__ == "__main__":
    torch.set_num_threads(1)
    loop.REPORT_SECONDS = 0.0
    folder = Path(sys.argv[1])
    found = curve(json.loads((folder / "plan.json").read_text()))
    if this_process().leads:
        (folder / "curve.json").write_text(json.dumps(found))
