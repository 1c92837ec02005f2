"""The log of a training run beside its model: JSON lines, and TensorBoard events."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

from srviewer.documents import check_ordinary, document_of, is_number, is_text
from srviewer.nn.reports.report import TrainStep
from srviewer.nn.reports.tensorboard_events import EventFile
from srviewer.unwritable import make_folder, writing

SUFFIX = ".log.jsonl"
EVENTS_SUFFIX = ".events"
MAX_BYTES = 2**28  # a run of a month has a tenth of it
LONGEST_STAGE = 100  # characters
COUNTS = ("step", "seconds", "fraction", "learning_rate", "steps_per_second", "waiting")

Entry: TypeAlias = dict[str, Any]


class RunLog:
    """Appends to the log of the run that writes the model ``output``.

    Lines after step ``resumed_at`` are dropped first: those steps are done again.
    Raises UserError, which names the file, when one cannot be written.
    """

    def __init__(self, output: Path, resumed_at: int) -> None:
        self._path = log_path(output)
        if self._path.exists():
            check_ordinary(self._path, MAX_BYTES)
        make_folder(self._path.parent)
        with writing(self._path):
            entries = [entry for entry in read_log(self._path) if entry["step"] <= resumed_at]
            self._path.write_text("".join(map(_line, entries)), encoding="utf-8")
        self._events = EventFile(output.with_suffix(EVENTS_SUFFIX))

    def add(self, step: TrainStep) -> None:
        """Append a report.

        Args:
            step: The report.
        """
        with writing(self._path), self._path.open("a", encoding="utf-8") as file:
            file.write(_line(log_entry(step)))
        scalars = {f"loss/{name}": value for name, value in step.losses.items()}
        scalars |= {f"validation/{name}": value for name, value in step.scores.items()}
        scalars |= {"loss/total": step.loss, "run/learning_rate": step.learning_rate}
        scalars |= {"run/steps_per_second": step.steps_per_second, "run/waiting": step.waiting}
        self._events.add(step.step, scalars)


def log_entry(step: TrainStep) -> Entry:
    """The entry of the log for a report.

    Args:
        step: The report.

    Returns:
        JSON values, without the model and the preview.
    """
    return {
        "step": step.step,
        "seconds": round(step.seconds, 3),
        "fraction": step.fraction,
        "stage": step.stage,
        "loss": step.loss,
        "losses": step.losses,
        "learning_rate": step.learning_rate,
        "steps_per_second": round(step.steps_per_second, 4),
        "waiting": round(step.waiting, 4),
        "scores": step.scores,
    }


def log_path(output: Path) -> Path:
    """The log file of a run.

    Args:
        output: The model file that the run writes.

    Returns:
        A file beside it.
    """
    return output.with_suffix(SUFFIX)


def read_log(path: Path) -> list[Entry]:
    """Read the reports of a log.

    Args:
        path: The log file.

    Returns:
        The entries, oldest first; lines that are cut short or of other content are left out, and
        there are none of a file that cannot be read.
    """
    try:
        entries = read_lines(path)
    except (OSError, ValueError):
        return []
    return [report for entry in entries if (report := _report(entry)) is not None]


def read_lines(path: Path) -> list[Any]:
    """Read the lines of a file that are JSON.

    Args:
        path: The file.

    Returns:
        The value of each such line, of any type.

    Raises:
        OSError: The file cannot be read, or is no ordinary one.
        ValueError: It is larger than MAX_BYTES.
    """
    check_ordinary(path, MAX_BYTES)
    values = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        with suppress(ValueError):
            values.append(document_of(line, strict=False))
    return values


def _report(entry: Any) -> Entry | None:
    """``entry`` with the fields of ``log_entry``; losses and scores that are finite numbers."""
    if not isinstance(entry, dict) or not is_text(entry.get("stage"), LONGEST_STAGE):
        return None
    losses, scores, step = entry.get("losses"), entry.get("scores"), entry.get("step")
    if not (isinstance(losses, dict) and isinstance(scores, dict) and isinstance(step, int)):
        return None
    if not all(is_number(entry.get(name)) and entry[name] >= 0 for name in COUNTS):
        return None
    if not is_number(entry.get("loss")):
        return None
    return {**entry, "losses": _numbers(losses), "scores": _numbers(scores)}


def _numbers(values: dict[str, Any]) -> dict[str, float]:
    return {
        name: value
        for name, value in values.items()
        if is_text(name, LONGEST_STAGE) and is_number(value)
    }


def _line(entry: Entry) -> str:
    return json.dumps(entry) + "\n"
