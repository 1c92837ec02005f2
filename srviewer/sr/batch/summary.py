"""The summary of a batch, as one HTML file that needs nothing else."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any
from urllib.parse import quote

from srviewer.atomic import write_text
from srviewer.core.counted import counted
from srviewer.io.scans.series import reason_counts as counted_reasons
from srviewer.io.scans.series import summary
from srviewer.sr.batch.outcome import VolumeOutcome
from srviewer.sr.batch.records import LOGS
from srviewer.sr.report.pages import drawn_page

SUMMARY = "summary.html"
HEAD = ("source", "volume", "status", "factor", "method", "agrees to", "seconds", "result")
STATUS = HEAD.index("status")
MARK = "<title>srviewer batch</title>"
HEAD_BYTES = 4096  # in which a summary has its mark


def write_summary(path: Path, outcomes: Sequence[VolumeOutcome]) -> None:
    """Write the table of outcomes, failures first.

    Args:
        path: The HTML file; an existing one is replaced.
        outcomes: One for each volume.
    """
    failed_first = sorted(outcomes, key=lambda outcome: outcome.status != "failed")
    page = drawn_page(
        "summary.html",
        title=status_line(outcomes),
        head=(*HEAD, "notes"),
        status=STATUS,
        rows=[_row(outcome) for outcome in failed_first],
    )
    write_text(path, page)


def summary_path(folder: Path) -> Path:
    """The path of the summary: ``summary.html``, unless a file of another kind has that name.

    Args:
        folder: The output folder.

    Returns:
        The first of some names that is free, or an earlier summary.
    """
    names = (f"srviewer-{n}-{SUMMARY}" for n in count(2))
    every = chain([SUMMARY, f"srviewer-{SUMMARY}"], names)
    return next(path for path in (folder / name for name in every) if _is_ours(path))


def _is_ours(path: Path) -> bool:
    """Whether the path is free, or an earlier summary."""
    if not os.path.lexists(path):
        return True
    try:
        return path.is_file() and _begins(path)
    except OSError:
        return False


def _begins(path: Path) -> bool:
    with path.open("rb") as file:
        return MARK.encode() in file.read(HEAD_BYTES)


def status_line(outcomes: Sequence[VolumeOutcome]) -> str:
    """One line with the number of volumes for each status.

    Args:
        outcomes: One for each volume.

    Returns:
        The line, with the reasons of what was left out.
    """
    counts = Counter(outcome.status for outcome in outcomes)
    parts = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    volumes = counted(len(outcomes), "volume")
    reasons = left_out_reasons(outcomes)
    # "left out" is the last of the statuses in the order of the alphabet.
    why = f": {summary(tuple(reasons.items()))}" if reasons else ""
    return f"{volumes}: {parts}{why}"


def left_out_reasons(outcomes: Sequence[VolumeOutcome]) -> dict[str, int]:
    """The number of volumes that were left out for each reason.

    Args:
        outcomes: One for each volume.

    Returns:
        Reason -> number, the most frequent first.
    """
    return dict(
        counted_reasons(outcome.reason for outcome in outcomes if outcome.status == "left out")
    )


def cells(outcome: VolumeOutcome) -> tuple[str, ...]:
    """The row of one volume.

    Args:
        outcome: Of the volume.

    Returns:
        Text for each column of ``HEAD``.
    """
    values = outcome.values
    consistency = values.get("consistency")
    return (
        outcome.source,
        outcome.name,
        outcome.status,
        _made(values),
        str(values.get("model") or values.get("method") or ""),
        f"{consistency['max']:.4%}" if consistency else "",
        f"{outcome.seconds:.1f}",
        "" if outcome.output is None else outcome.output.as_posix(),
    )


def _row(outcome: VolumeOutcome) -> dict[str, object]:
    """The values of one volume for the template; ``image`` and ``log`` are addresses."""
    output = None if outcome.output is None else outcome.output.as_posix()
    notes = [outcome.message, *outcome.values.get("warnings", ())]
    return {
        "cells": cells(outcome)[:-1],
        "output": output,
        "image": "" if output is None else _address(output),
        "log": "" if output is None else _address(f"{LOGS}/{output}.log"),
        "notes": [note for note in notes if note],
    }


def _address(path: str) -> str:
    """A path below the folder of the summary as a link, with any bytes in it."""
    return quote(os.fsencode(path))


def _made(values: Mapping[str, Any]) -> str:
    """The way in which a result was made: "4 along k", or "3 stacks joined"."""
    if "stacks" in values:
        return f"{len(values['stacks'])} stacks joined"
    return f"{values['factor']} along {values['axis']}" if values else ""
