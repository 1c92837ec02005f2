"""Files that a batch keeps beside its results: records of finished volumes, and logs."""

import hashlib
import json
import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path, PurePosixPath
from typing import Any

from srviewer.atomic import write_text
from srviewer.core.visible_text import visible
from srviewer.documents import is_number, is_text, read_document
from srviewer.errors import UserError
from srviewer.io.sidecars.exported_image import made_from, own_document
from srviewer.unwritable import make_folder

STATE = ".srviewer-batch"  # inside the output folder: records, unfinished results
LOGS = "logs"
LONGEST_TEXT = 10_000  # characters


@dataclass(frozen=True)
class BatchFolder:
    """The folder of a batch.

    Attributes:
        folder: The output folder, as an absolute path.
        batch: The id of this job, which no other job has.
        since: When the job began, on the clock of the folder's file system, in seconds; what other
            jobs record from then on is not done again.
    """

    folder: Path
    batch: str
    since: float = inf

    @property
    def state(self) -> Path:
        """The folder of records and unfinished results."""
        return self.folder / STATE

    @property
    def claims(self) -> Path:
        """The folder of the claims of jobs on volumes."""
        return self.state / "claims"

    @property
    def outcomes(self) -> Path:
        """The folder of the outcomes of all jobs."""
        return self.state / "outcomes"

    def outcome(self, key: str) -> Path:
        """The record of the outcome of a volume.

        Args:
            key: Of the volume.

        Returns:
            The file, whether it exists or not.
        """
        return self.outcomes / f"{key}.json"

    def record(self, output: PurePosixPath) -> Path:
        """The record of a finished volume.

        Args:
            output: The path of the result below the output folder.

        Returns:
            The file, whether it exists or not.
        """
        name = hashlib.sha256(os.fsencode(output)).hexdigest()[:32]
        return self.state / "done" / f"{name}.json"

    @property
    def unfinished(self) -> Path:
        """The folder of the drafts of this run."""
        return self.state / "unfinished" / self.batch

    @property
    def ended(self) -> Path:
        """The file whose presence ends the workers of this run."""
        return self.unfinished / "ended"

    @property
    def record_folders(self) -> tuple[Path, ...]:
        """The folders of records, in which files are replaced."""
        return tuple(self.state / name for name in ("done", "names", "given", "outcomes"))

    def log(self, output: PurePosixPath) -> Path:
        """The log of a result.

        Args:
            output: The path of the result below the output folder.

        Returns:
            The file, whether it exists or not.
        """
        return self.folder / LOGS / f"{output.as_posix()}.log"


def read_batch_record(
    batch_folder: BatchFolder, output: PurePosixPath, key: str
) -> dict[str, Any] | None:
    """Read the record of a finished volume.

    Args:
        batch_folder: The folder of the batch.
        output: The path of the result below the output folder.
        key: The digest of source and settings that the record must have.

    Returns:
        The record; None where it is missing, damaged or of another key, or the result has changed.
    """
    try:
        record: dict[str, Any] = read_document(batch_folder.record(output))
        image = batch_folder.folder / output
        if not _is_whole(record):
            return None
        if (record["key"], record["size"]) != (key, stored_bytes(image)):
            return None
        # The JSON beside it is a part of the result; that of version 0.1.0 does not say its source.
        same = made_from(own_document(image)) == record.get("source_sha256")
        return record if same else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, UserError):
        return None


def finished_values(batch_folder: BatchFolder) -> list[dict[str, Any]]:
    """The provenance of all finished volumes, as this and earlier versions recorded it.

    Args:
        batch_folder: The folder of the batch.

    Returns:
        Plain JSON values of results that are still there, the newest records first.
    """
    found: list[tuple[float, dict[str, Any]]] = []
    for path in batch_folder.record(PurePosixPath()).parent.glob("*.json"):
        try:
            record: dict[str, Any] = read_document(path)
            there = os.path.lexists(batch_folder.folder / record["output"])
            if there and _is_whole(record):
                found.append((path.stat().st_mtime, record["values"]))
        except (OSError, ValueError, LookupError, TypeError, AttributeError, UserError):
            continue
    return [values for _, values in sorted(found, key=lambda row: -row[0])]


def _is_whole(record: dict[str, Any]) -> bool:
    """Whether a record has the values that the table of a batch shows."""
    return is_text(record["batch"], LONGEST_TEXT) and is_provenance(record["values"])


def is_provenance(values: dict[str, Any]) -> bool:
    """Whether the provenance in a record has what the table of a batch shows.

    Args:
        values: The values of a JSON object.

    Returns:
        False where a value is of another kind.

    Raises:
        LookupError: A value is missing.
    """
    warnings = values.get("warnings", [])
    noted = isinstance(warnings, list) and all(is_text(text, LONGEST_TEXT) for text in warnings)
    if "stacks" in values:  # of a join
        return noted and isinstance(values["stacks"], list)
    consistency = values["consistency"]
    return (
        noted
        and is_number(values["factor"])
        and is_text(values["axis"], LONGEST_TEXT)
        and (consistency is None or is_number(consistency["max"]))
    )


def stored_bytes(path: Path) -> int:
    """The size of a file, or of the files of a folder.

    Args:
        path: The file or folder.

    Returns:
        Bytes.

    Raises:
        OSError: There is neither.
    """
    if not path.is_dir():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.iterdir())


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Write the record of a finished volume.

    Args:
        path: The record's file.
        record: Plain JSON values.
    """
    make_folder(path.parent)
    write_text(path, json.dumps(record, indent=1))


class Log:
    """The log of a result: lines with time, machine and process, appended to its file.

    Until ``of`` is called nothing is logged, as the name may be that of another result.

    Args:
        batch_folder: The folder of the batch.
    """

    def __init__(self, batch_folder: BatchFolder) -> None:
        self._batch_folder, self._path = batch_folder, Path()

    def of(self, output: PurePosixPath) -> None:
        """Append what follows to the log of a result.

        Args:
            output: The path of the result below the output folder.
        """
        self._path = self._batch_folder.log(output)

    def add(self, text: str) -> None:
        """Append a line.

        Args:
            text: Its text; control characters are spelled out.
        """
        if self._path == Path():
            return
        stamp = time.strftime("%Y-%m-%d %H:%M:%S")
        with suppress(OSError):  # something else has its name: the result matters more
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{stamp}  {socket.gethostname()}/{os.getpid()}  {visible(text)}\n")
