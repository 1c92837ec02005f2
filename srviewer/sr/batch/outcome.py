"""The outcome of one volume of a batch, and its record, which every job in the folder reads."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal, get_args

from srviewer.documents import is_number, is_text, read_document
from srviewer.sr.batch.items import Item
from srviewer.sr.batch.records import LONGEST_TEXT, BatchFolder, is_provenance, write_record

Status = Literal["done", "done before", "failed", "left out", "pending"]


@dataclass(frozen=True)
class VolumeOutcome:
    """The outcome of one volume.

    Attributes:
        name: Of the volume.
        output: The path of the result below the output folder; None without one.
        status: Done, done before (in an earlier run, or by another job), failed, left out, or
            pending: not reconstructed yet.
        seconds: Wall time.
        message: For the user; "" for none.
        values: The provenance of the result; empty without one.
        source: Its first file, below the folder that holds all inputs.
        reason: A noun for why it was left out, the same for all with this reason; else "".
    """

    name: str
    output: PurePosixPath | None
    status: Status
    seconds: float = 0.0
    message: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Recorded:
    """An outcome as it was recorded.

    Attributes:
        outcome: The outcome.
        settings: The fingerprint of the settings.
        written: The time of the file system at which it was written, or checked last, in seconds.
        batch: The job that recorded it, as ``BatchFolder.batch``; "" where that is not known.
    """

    outcome: VolumeOutcome
    settings: str
    written: float
    batch: str = ""

    def counts(self, settings: str, since: float) -> bool:
        """Whether another job need not do the volume again.

        Args:
            settings: The fingerprint of that job's settings.
            since: When that job began, on the clock of the file system.

        Returns:
            True for the same settings and a time that is not earlier. A failure of an earlier run
            is tried again, and what was done then is compared with the content of its files.
        """
        return self.settings == settings and self.written >= since


def volume_key(item: Item) -> str:
    """The name of a volume in claims and records: of its files and its place in them.

    Args:
        item: The volume.

    Returns:
        32 hexadecimal digits, the same in each job that sees the files under the same names.
    """
    words = "\n".join([str(item.place), *map(str, item.sources)])
    return hashlib.sha256(os.fsencode(words)).hexdigest()[:32]


def record_outcome(
    batch_folder: BatchFolder, item: Item, settings: str, outcome: VolumeOutcome
) -> None:
    """Record an outcome for the other jobs; what was done before keeps its seconds.

    Args:
        batch_folder: The folder of the batch.
        item: The volume.
        settings: The fingerprint of the settings.
        outcome: The outcome.
    """
    path = batch_folder.outcome(volume_key(item))
    earlier = _read(path) if outcome.status == "done before" else None
    if earlier is not None and earlier.outcome.output == outcome.output:
        outcome = replace(outcome, status="done", seconds=earlier.outcome.seconds)
    output = None if outcome.output is None else outcome.output.as_posix()
    record = {"output": output, "settings": settings, "batch": batch_folder.batch}
    write_record(path, {**asdict(outcome), **record})


def recorded_outcome(batch_folder: BatchFolder, item: Item) -> Recorded | None:
    """The outcome that some job recorded.

    Args:
        batch_folder: The folder of the batch.
        item: The volume.

    Returns:
        The outcome; None where there is none, or its result is not there any more.
    """
    recorded = _read(batch_folder.outcome(volume_key(item)))
    return recorded if recorded is not None and _is_there(batch_folder, recorded) else None


def recorded_as_before(outcome: VolumeOutcome) -> VolumeOutcome:
    """The outcome of another job in the table of this one.

    Args:
        outcome: As it was recorded.

    Returns:
        What was done counts as done before.
    """
    return replace(outcome, status="done before") if outcome.status == "done" else outcome


def all_outcomes(batch_folder: BatchFolder) -> dict[str, VolumeOutcome]:
    """The outcomes recorded in a folder, by any job, whose results are still there.

    Args:
        batch_folder: The folder of the batch.

    Returns:
        Outcomes by the keys of their volumes, in the order of their sources.
    """
    read = ((path.stem, _read(path)) for path in batch_folder.outcomes.glob("*.json"))
    there = {
        key: recorded.outcome
        for key, recorded in read
        if recorded is not None and _is_there(batch_folder, recorded)
    }
    return dict(sorted(there.items(), key=lambda row: (row[1].source, row[1].name)))


def recorded_state(batch_folder: BatchFolder) -> frozenset[tuple[str, int]]:
    """Something that changes whenever a job records an outcome.

    Args:
        batch_folder: The folder of the batch.

    Returns:
        Names and times of the records.
    """
    try:
        with os.scandir(batch_folder.outcomes) as entries:
            return frozenset((entry.name, entry.stat().st_mtime_ns) for entry in entries)
    except OSError:  # none yet, or one is being replaced
        return frozenset()


def _is_there(batch_folder: BatchFolder, recorded: Recorded) -> bool:
    output = recorded.outcome.output
    return output is None or os.path.lexists(batch_folder.folder / output)


def _read(path: Path) -> Recorded | None:
    """The record of an outcome; None where it is missing or damaged."""
    try:
        written = path.stat().st_mtime
        record = read_document(path)
        batch = str(record.get("batch", ""))
        return Recorded(_outcome_of(record), str(record["settings"]), written, batch)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _outcome_of(record: Mapping[str, Any]) -> VolumeOutcome:
    """The outcome in a record; ValueError and others where it is damaged."""
    output, values, texts = record["output"], record["values"], ("name", "message", "source")
    whole = (
        all(is_text(record[key], LONGEST_TEXT) for key in (*texts, "reason"))
        and record["status"] in get_args(Status)
        and is_number(record["seconds"])
        and (output is None or (is_text(output, LONGEST_TEXT) and _is_below(output)))
        and (values == {} or is_provenance(values))
    )
    if not whole:
        raise ValueError("it is damaged")
    return VolumeOutcome(
        name=record["name"],
        output=None if output is None else PurePosixPath(output),
        status=record["status"],
        seconds=record["seconds"],
        message=record["message"],
        values=values,
        source=record["source"],
        reason=record["reason"],
    )


def _is_below(output: str) -> bool:
    path = PurePosixPath(output)
    return "\0" not in output and not path.is_absolute() and ".." not in path.parts
