"""The log of a run beside its model: a line of JSON per report, and TensorBoard's events."""

import json
from pathlib import Path
from typing import Any

from srviewer.nn.event_file import EventFile
from srviewer.nn.report import TrainStep

SUFFIX = ".log.jsonl"
EVENTS_SUFFIX = ".events"


class RunLog:
    """Appends to the log of the run that writes the model ``output``.

    Lines after step ``resumed_at`` are dropped first: the steps that they tell of are done again.
    """

    def __init__(self, output: Path, resumed_at: int) -> None:
        self._path = log_path(output)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        kept = [line for line in read_log(self._path) if line["step"] <= resumed_at]
        self._path.write_text("".join(map(_line, kept)), encoding="utf-8")
        self._events = EventFile(output.with_suffix(EVENTS_SUFFIX))

    def add(self, step: TrainStep) -> None:
        """Append a report."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(log_entry(step)))
        scalars = {f"loss/{name}": value for name, value in step.losses.items()}
        scalars |= {f"validation/{name}": value for name, value in step.scores.items()}
        scalars |= {"loss/total": step.loss, "run/learning_rate": step.learning_rate}
        scalars |= {"run/steps_per_second": step.steps_per_second, "run/waiting": step.waiting}
        self._events.add(step.step, scalars)


def log_entry(step: TrainStep) -> dict[str, Any]:
    """What the log keeps of a report."""
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
    """Where the log of the run that writes the model ``output`` lies."""
    return output.with_suffix(SUFFIX)


def read_log(path: Path) -> list[dict[str, Any]]:
    """The reports of a log, oldest first; a line cut short by a crash is left out."""
    if not path.is_file():
        return []
    entries = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entries.append(json.loads(line))
        except (ValueError, RecursionError):
            continue
    return entries


def _line(entry: dict[str, Any]) -> str:
    return json.dumps(entry) + "\n"
