"""Files that a batch keeps beside its results: done records and logs."""

import hashlib
import json
import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from srviewer.atomic import write_text
from srviewer.errors import UserError
from srviewer.io.own_image import made_from, own_document
from srviewer.ordinary import json_of

STATE = ".srviewer-batch"  # inside the output folder: records, unfinished results
LOGS = "logs"
LARGEST = 16 * 2**20  # bytes of a done record, which names every file of its source


@dataclass(frozen=True)
class Place:
    """Where a batch writes: its output folder, absolute. ``batch``: the id of this run of it."""

    folder: Path
    batch: str

    @property
    def state(self) -> Path:
        """The folder of the records and of what is not finished."""
        return self.folder / STATE

    def record(self, output: PurePosixPath) -> Path:
        """The file that says that a result is done."""
        name = hashlib.sha256(os.fsencode(output)).hexdigest()[:32]
        return self.state / "done" / f"{name}.json"

    @property
    def unfinished(self) -> Path:
        """The folder of the drafts that are being written."""
        return self.state / "unfinished" / self.batch

    def log(self, output: PurePosixPath) -> Path:
        """The log of a result."""
        return self.folder / LOGS / f"{output.as_posix()}.log"


def read_record(place: Place, output: PurePosixPath, key: str) -> dict[str, Any] | None:
    """The record of a result when it is of this key and the result is still whole."""
    try:
        record = json_of(place.record(output), LARGEST)
        image = place.folder / output
        if not _is_whole(record) or (record["key"], record["size"]) != (key, image.stat().st_size):
            return None
        # The JSON beside it is a part of the result; that of version 0.1.0 does not say its source.
        same = made_from(own_document(image)) == record.get("source_sha256")
        return record if same else None
    except (OSError, ValueError, LookupError, TypeError, UserError):
        return None


def _is_whole(record: Any) -> bool:
    """Whether it has what a done record has, each of its kind."""
    if not isinstance(record, dict):
        return False
    kinds = {"output": str, "key": str, "batch": str, "size": int, "values": dict}
    if not all(isinstance(record.get(name), kind) for name, kind in kinds.items()):
        return False
    values = record["values"]
    consistency, notes = values.get("consistency"), values.get("warnings", [])
    worst = consistency.get("max") if isinstance(consistency, dict) else 0.0
    return (
        {"factor", "axis"} <= values.keys()
        and (consistency is None or isinstance(consistency, dict))
        and isinstance(worst, int | float)
        and isinstance(notes, list)
        and all(isinstance(one, str) for one in notes)
    )


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Say that a result is done."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(record, indent=1))


class Log:
    """Lines with time, machine and process, added to whatever the file of a result holds already.

    Before it is known which name the result gets, nothing is logged: the name may be another's.
    """

    def __init__(self, place: Place) -> None:
        self._place, self._path = place, Path()

    def of(self, output: PurePosixPath) -> None:
        """Add what comes to the log of this result."""
        self._path = self._place.log(output)

    def add(self, text: str) -> None:
        """Add a line."""
        if self._path == Path():
            return
        stamp = time.strftime("%Y-%m-%d %H:%M:%S")
        with suppress(OSError):  # something else has its name: the result matters more
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"{stamp}  {socket.gethostname()}/{os.getpid()}  {text}\n")
