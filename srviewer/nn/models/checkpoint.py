"""A run that can be taken up again: all that has changed since its start, in one file."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from srviewer.documents import document_of
from srviewer.errors import UserError
from srviewer.nn.models.safetensors_file import (
    UNREADABLE,
    Arrays,
    Outline,
    check_finite,
    read_arrays,
    read_outline,
    write_arrays,
)
from srviewer.nn.plans.limits import MOST
from srviewer.nn.plans.plan import TrainingPlan

FORMAT = "srviewer-checkpoint-1"
SUFFIX = ".checkpoint"
Check = Callable[[TrainingPlan, Outline], None]
MAX_BYTES = 2**36  # the shapes say, before an array is read, whether a file of it is of its run


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


def load_checkpoint(path: Path, check: Check = lambda plan, outline: None) -> Checkpoint:
    """Read one; UserError when there is none, or it is foreign or damaged.

    ``check`` raises UserError for a plan, or ValueError for an outline, that is not that of the
    run; before it has passed, no array is read.
    """
    try:
        outline = read_outline(path, MAX_BYTES)
        plan, step, seconds = _progress(outline.header)
    except (OSError, UserError, *UNREADABLE) as error:
        raise _unfit(path, error) from error
    try:
        check(plan, outline)
        arrays = read_arrays(path, MAX_BYTES)
        check_finite(arrays)
    except (OSError, *UNREADABLE) as error:
        raise _unfit(path, error) from error
    return Checkpoint(plan, step, seconds, arrays)


def checkpoint_header(path: Path) -> tuple[TrainingPlan, int]:
    """The plan of the run and its steps alone; UserError as in load_checkpoint."""
    try:
        plan, step, _ = _progress(read_outline(path, MAX_BYTES).header)
        return plan, step
    except (OSError, UserError, *UNREADABLE) as error:
        raise _unfit(path, error) from error


def _progress(header: Mapping[str, str]) -> tuple[TrainingPlan, int, float]:
    """Plan, steps and seconds; UserError, ValueError or LookupError for what cannot be."""
    if header.get("format") != FORMAT:
        raise ValueError("another format")
    step, seconds = int(header["step"]), float(header["seconds"])
    if not 0 <= step <= MOST["steps"] or not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError("no steps, or no time")
    return TrainingPlan.from_json(document_of(header["plan"])), step, seconds


def _unfit(path: Path, error: Exception) -> UserError:
    if isinstance(error, OSError):
        return UserError(f"There is no run to resume: {path} cannot be read. Start it anew.")
    return UserError(f"{path} is damaged or no checkpoint of srviewer. Start the run anew.")
