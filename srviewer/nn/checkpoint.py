"""A run that can be taken up again: all that has changed since its start, in one file."""

import json
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError

from srviewer.errors import UserError
from srviewer.nn.plan import TrainingPlan
from srviewer.nn.safe_files import Arrays, read_arrays, read_header, write_arrays

FORMAT = "srviewer-checkpoint-1"
SUFFIX = ".checkpoint"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """``step`` steps are done after ``seconds`` of wall time. ``arrays``: see Learner.arrays.

    No state of a random generator is needed: every random choice is a function of the plan's seed
    and the step.
    """

    plan: TrainingPlan
    step: int
    seconds: float
    arrays: Arrays


def checkpoint_path(output: Path) -> Path:
    """Where the checkpoint of a run lies that writes the model ``output``."""
    return output.with_suffix(SUFFIX)


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Write it whole or not at all; UserError when it cannot be written."""
    header = {
        "format": FORMAT,
        "plan": checkpoint.plan.dumps(),
        "step": str(checkpoint.step),
        "seconds": repr(checkpoint.seconds),
    }
    write_arrays(path, checkpoint.arrays, header)


def load_checkpoint(path: Path) -> Checkpoint:
    """Read one; UserError when there is none, or it is foreign or damaged."""
    try:
        arrays, header = read_arrays(path)
        return Checkpoint(_plan(header), int(header["step"]), float(header["seconds"]), arrays)
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise _unfit(path, error) from error


def checkpoint_header(path: Path) -> tuple[TrainingPlan, int]:
    """The plan of the run and its steps alone; UserError as in load_checkpoint."""
    try:
        header = read_header(path)
        return _plan(header), int(header["step"])
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise _unfit(path, error) from error


def _plan(header: dict[str, str]) -> TrainingPlan:
    if header.get("format") != FORMAT:
        raise ValueError("another format")
    return TrainingPlan.from_json(json.loads(header["plan"]))


def _unfit(path: Path, error: Exception) -> UserError:
    if isinstance(error, OSError):
        return UserError(f"There is no run to resume: {path} cannot be read. Start it anew.")
    return UserError(f"{path} is damaged or no checkpoint of srviewer. Start the run anew.")
