"""Output of every verb: progress while it runs, then text or JSON."""

import json
import math
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from srviewer.atomic import write_text
from srviewer.cli.console.terminal import terminal
from srviewer.core.percentage import percentage
from srviewer.core.visible_text import visible_line
from srviewer.errors import UserError
from srviewer.job import Job, Progress, TimeLeft, run
from srviewer.stop_signals import STOP
from srviewer.unwritable import reason

R = TypeVar("R")

BAR_WIDTH = 30
WIDEST = 156  # characters of the line
REDRAW_SECONDS = 0.1


@dataclass(frozen=True)
class VerbOutput:
    """The output of a verb.

    Attributes:
        text: For people, on standard output.
        values: For ``--json``, see docs/cli.md.
    """

    text: str
    values: Mapping[str, Any]


def run_with_progress(job: Job[R], patient: bool = False) -> R:
    """Run a job with a progress bar on standard error, when that is a terminal.

    A signal ends it between two steps.

    Args:
        job: The job.
        patient: Whether a signal waits for the end of a step, however long that takes.

    Returns:
        The result of the job.
    """
    bar = ProgressBar() if terminal(sys.stderr).isatty() else None

    def heed(step: Progress) -> None:
        STOP.check()
        if bar is not None:
            bar.show(step)

    try:
        with STOP.steps(patient):
            return run(job, heed)
    finally:
        if bar is not None:
            bar.clear()


def run_stepwise(job: Job[R]) -> R:
    """As ``run_with_progress``, but a signal waits until the job can store its state.

    Args:
        job: The job.

    Returns:
        The result of the job.
    """
    return run_with_progress(job, patient=True)


class ProgressBar:
    """One line on standard error: bar, percentage, time left and message."""

    def __init__(self) -> None:
        self._time_left = TimeLeft()
        self._drawn = 0.0

    def show(self, step: Progress) -> None:
        """Draw a step, at most ten times a second.

        Args:
            step: The progress.
        """
        now = time.monotonic()
        if now - self._drawn < REDRAW_SECONDS:
            return
        self._drawn = now
        filled = round(step.fraction * BAR_WIDTH)
        bar = "#" * filled + "." * (BAR_WIDTH - filled)
        self._time_left.note(now, step.fraction)
        left = time_text(self._time_left.seconds(now))
        done = f"{percentage(step.fraction):>5}"
        line = f"[{bar}] {done} {left}  {visible_line(step.message)}"[:WIDEST]
        self._write(f"\r\033[K{line}")

    def clear(self) -> None:
        """Remove the line."""
        self._write("\r\033[K")

    def _write(self, text: str) -> None:
        screen = terminal(sys.stderr)
        with suppress(OSError):  # a terminal that was closed
            screen.write(text)
            screen.flush()


def time_text(left: float | None) -> str:
    """Format the remaining time.

    Args:
        left: Seconds; None while it is too early to estimate.

    Returns:
        Text such as "1:23 left"; "" for None.
    """
    if left is None:
        return ""
    seconds = round(left)
    return f"{seconds // 60}:{seconds % 60:02d} left"


def note(text: str) -> None:
    """Print a line on standard error without ending the work.

    Args:
        text: The line.
    """
    print(text, file=sys.stderr)


def publish(outcome: VerbOutput, target: str | None) -> None:
    """Print the text of a verb, and write its JSON where it was asked for.

    Args:
        outcome: The output of the verb.
        target: The JSON file; "-" for JSON instead of text on standard output; None for none.
    """
    if target == "-":
        _say(_dumps(outcome.values))
        return
    if outcome.text:
        _say(outcome.text)
    if target is not None:
        write_text(Path(target), _dumps(outcome.values) + "\n")


def _say(text: str) -> None:
    """Print at once; UserError when that fails, BrokenPipeError where the reader has closed."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon_output()
        raise UserError(
            f"Standard output cannot be written: {reason(error)} Send it elsewhere."
        ) from error


def abandon_output() -> None:
    """Discard the buffer of standard output, which would fail again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dumps(values: Mapping[str, Any]) -> str:
    return json.dumps(_finite(values), indent=1, allow_nan=False)


def _finite(value: Any) -> Any:
    """Values for JSON, which has no infinity and no NaN: null stands for both."""
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Lay out a table as text: numbers to the right, words and the first column to the left.

    Args:
        head: The titles of the columns.
        rows: The cells of each line, as many as titles; control characters are spelled out.

    Returns:
        One line for the head and one for each row.
    """
    rows = [tuple(map(visible_line, row)) for row in rows]
    widths = [max(len(row[n]) for row in [head, *rows]) for n in range(len(head))]
    columns = [[row[n] for row in rows] for n in range(len(head))]
    to_right = [n > 0 and all(map(_like_a_number, cells)) for n, cells in enumerate(columns)]

    def line(row: tuple[str, ...]) -> str:
        cells = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, to_right, strict=True)
        )
        return "  ".join(cells).rstrip()

    return "\n".join([line(head), *map(line, rows)])


def _like_a_number(cell: str) -> bool:
    return not cell or cell[0] in "+-.0123456789"
