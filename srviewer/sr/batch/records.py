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
from srviewer.core.visible_text import visible
from srviewer.documents import is_number, is_text, read_document
from srviewer.errors import UserError
from srviewer.io.sidecars.exported_image import made_from, own_document
from srviewer.unwritable import make_folder

STATE = ".srviewer-batch"  # inside the output folder: records, unfinished results
LOGS = "logs"
LONGEST_TEXT = 10_000  # characters


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

    @property
    def ended(self) -> Path:
        """The file that tells the workers that this run of the batch ends."""
        return self.unfinished / "ended"

    @property
    def record_folders(self) -> tuple[Path, ...]:
        """The folders of the state in which files are replaced."""
        return tuple(self.state / name for name in ("done", "names", "given"))

    def log(self, output: PurePosixPath) -> Path:
        """The log of a result."""
        return self.folder / LOGS / f"{output.as_posix()}.log"


def read_record(place: Place, output: PurePosixPath, key: str) -> dict[str, Any] | None:
    """The record of a result when it is of this key and the result is still whole."""
    try:
        record: dict[str, Any] = read_document(place.record(output))
        image = place.folder / output
        if not _is_whole(record):
            return None
        if (record["key"], record["size"]) != (key, stored_bytes(image)):
            return None
        # The JSON beside it is a part of the result; that of version 0.1.0 does not say its source.
        same = made_from(own_document(image)) == record.get("source_sha256")
        return record if same else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, UserError):
        return None


def _is_whole(record: dict[str, Any]) -> bool:
    """Whether what the table of a batch shows is there and of its kind."""
    values = record["values"]
    consistency, warnings = values["consistency"], values.get("warnings", [])
    return (
        is_text(record["batch"], LONGEST_TEXT)
        and is_number(values["factor"])
        and isinstance(warnings, list)
        and all(is_text(text, LONGEST_TEXT) for text in (values["axis"], *warnings))
        and (consistency is None or is_number(consistency["max"]))
    )


def stored_bytes(path: Path) -> int:
    """The size of a file, or of the files of a folder; OSError where neither is there."""
    if not path.is_dir():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.iterdir())


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Say that a result is done."""
    make_folder(path.parent)
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
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{stamp}  {socket.gethostname()}/{os.getpid()}  {visible(text)}\n")
