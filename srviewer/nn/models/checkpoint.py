"""Checkpoints: all that has changed since the start of a run, in one file to resume it from."""

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
MAX_BYTES = 2**36  # a file of another run is refused by its shapes before an array is read


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The state of a training run after a step.

    No state of a random generator is needed: every random choice is a function of the plan's seed
    and the step.

    Attributes:
        plan: The plan of the run.
        step: Training steps done.
        seconds: Wall time of the run so far.
        arrays: Weights and optimiser states, as ``Learner.arrays`` returns them.
    """

    plan: TrainingPlan
    step: int
    seconds: float
    arrays: Arrays


def checkpoint_path(output: Path) -> Path:
    """The checkpoint file of a run.

    Args:
        output: The model file that the run writes.

    Returns:
        A file beside it.
    """
    return output.with_suffix(SUFFIX)


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Write a checkpoint whole or not at all.

    Args:
        checkpoint: The state of the run.
        path: The file, replaced where it exists.

    Raises:
        UserError: It cannot be written.
    """
    header = {
        "format": FORMAT,
        "plan": checkpoint.plan.dumps(),
        "step": str(checkpoint.step),
        "seconds": repr(checkpoint.seconds),
    }
    write_arrays(path, checkpoint.arrays, header)


def load_checkpoint(path: Path, check: Check = lambda plan, outline: None) -> Checkpoint:
    """Read a checkpoint.

    Args:
        path: The file.
        check: Raises UserError for a plan, or ValueError for an outline, that is not that of the
            run; before it has passed, no array is read.

    Returns:
        The state of the run.

    Raises:
        UserError: There is no such file, it is damaged or foreign, or ``check`` refused it.
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
    """Read plan and progress of a checkpoint without its arrays.

    Args:
        path: The file.

    Returns:
        The plan of the run, and its steps done.

    Raises:
        UserError: There is no such file, or it is damaged or foreign.
    """
    try:
        plan, step, _ = _progress(read_outline(path, MAX_BYTES).header)
        return plan, step
    except (OSError, UserError, *UNREADABLE) as error:
        raise _unfit(path, error) from error


def _progress(header: Mapping[str, str]) -> tuple[TrainingPlan, int, float]:
    """Plan, steps and seconds; UserError, ValueError or LookupError for invalid values."""
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
