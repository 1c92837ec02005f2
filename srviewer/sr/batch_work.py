"""One volume of a batch, from its files to its result: what a worker runs."""

import hashlib
import json
import os
import shutil
import socket
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from math import inf
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import Any, Literal, TypeAlias

from srviewer import __version__
from srviewer.atomic import write_text
from srviewer.core.geometry import Axis
from srviewer.core.volume import SEGMENTATION_CODES, Volume, blocking_warnings
from srviewer.errors import UserError, plain
from srviewer.io.export import DataType, write
from srviewer.io.formats import scan
from srviewer.io.provenance import sidecar
from srviewer.io.series import PlaneByPlane, Series
from srviewer.job import Job, within
from srviewer.sr.batch_items import Item
from srviewer.sr.gaps import rebuild
from srviewer.sr.memory import free_bytes
from srviewer.sr.methods import method
from srviewer.sr.models import find_model
from srviewer.sr.reconstruction import Reconstruction, unscored
from srviewer.sr.request import Request, suggested_request
from srviewer.sr.segmentations import segmentation_reason
from srviewer.sr.slab_choice import SlabsWanted, choose_slabs
from srviewer.sr.slab_files import SlabFiles, written_in_slabs

STATE = ".srviewer-batch"  # inside the output folder: done records, unfinished results
LOGS = "logs"

FOUND = 0.02  # the share of one volume's job in which it is found again
Made: TypeAlias = tuple[Reconstruction, dict[str, Any]]  # and its provenance
Status = Literal["done", "done before", "failed", "left out"]


@dataclass(frozen=True)
class Settings:
    """How each volume is rebuilt.

    ``request``: its axis and factor are replaced, by ``axis`` and ``factor`` where they are given
    and else by what suits the volume. ``acknowledge``: also volumes whose geometry is in doubt.
    ``slabs``: whether volumes go slab by slab, which changes no voxel. ``room``: the bytes
    that a rebuild may take, if as many are free.
    """

    request: Request
    axis: Axis | None
    factor: int | None
    store: DataType
    acknowledge: bool
    slabs: SlabsWanted = "auto"
    room: float = inf

    def fingerprint(self) -> str:
        """Changes with whatever changes a result: settings, weights, version of the program."""
        needs_model = method(self.request.method).needs_model
        model = find_model(self.request.model).sha256 if needs_model else ""
        request = {**asdict(self.request), "model": model, "axis": None, "factor": None}
        return json.dumps(
            [__version__, request, self.axis, self.factor, self.store], sort_keys=True
        )


@dataclass(frozen=True)
class Place:
    """Where a batch writes: its output folder, absolute. ``batch``: the id of this run of it."""

    folder: Path
    batch: str

    def record(self, item: Item) -> Path:
        """The file that says that an item is done."""
        name = hashlib.sha256(str(item.output).encode()).hexdigest()[:32]
        return self.folder / STATE / "done" / f"{name}.json"

    @property
    def unfinished(self) -> Path:
        """The folder of the drafts that are being written."""
        return self.folder / STATE / "unfinished" / self.batch

    def log(self, item: Item) -> Path:
        """The item's own log."""
        return self.folder / LOGS / f"{item.output.as_posix()}.log"


@dataclass(frozen=True)
class Outcome:
    """What became of one volume; ``values``: the provenance of the result, where there is one.

    ``reason``: why it was left out, the same for all that were left out for it; else "".
    """

    name: str
    output: PurePosixPath | None
    status: Status
    seconds: float = 0.0
    message: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


class _NoScan(UserError):
    """The voxels turned out to be those of a mask or label map. ``reason``: as in ``Outcome``."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


def rebuilding(item: Item, settings: Settings, place: Place) -> Job[Outcome]:
    """Do one item, unless its done record says that it was done with these settings.

    Never raises: a failure is an outcome. The result takes its name only when it is whole, and
    the record follows it, so an item whose worker died is simply done again.
    """
    started = time.monotonic()
    log = _Log(place.log(item))
    try:
        outcome = yield from _rebuilding(item, settings, place, log)
    except _NoScan as error:
        outcome = Outcome(item.name, None, "left out", message=str(error), reason=error.reason)
        log.add(f"left out: {error}")
    except UserError as error:
        outcome = Outcome(item.name, None, "failed", message=str(error))
        log.add(f"failed: {error}")
    except Exception as error:  # a bug in one volume must not end the others
        told = plain(error)
        message = f"{type(error).__name__}: {error}" if told is error else str(told)
        outcome = Outcome(item.name, None, "failed", message=message)
        log.add(f"failed:\n{traceback.format_exc()}")
    return replace(outcome, seconds=time.monotonic() - started)


def _rebuilding(item: Item, settings: Settings, place: Place, log: "_Log") -> Job[Outcome]:
    key = _key(item, settings)
    record = _read_record(place, item, key)
    if record is not None:
        mine = record["batch"] == place.batch  # its worker died before it could tell
        status: Status = "done" if mine else "done before"
        log.add(f"{status}: the same scan and settings gave {item.output}")
        return Outcome(item.name, item.output, status, values=record["values"])
    log.add(f"begun: {', '.join(map(str, item.sources[:3]))}")
    series = yield from within(_found_again(item), 0.0, FOUND)
    room = min(settings.room, free_bytes())
    choice = choose_slabs(series, 0, settings.slabs, lambda scan: _request(scan, settings), room)
    if choice.told:
        log.add(choice.told)
    target = place.folder / item.output
    with _unfinished(place, target.name) as draft:
        job = (
            _in_memory(series, item, settings, draft)
            if choice.source is None
            else _in_slabs(choice.source, item, settings, draft)
        )
        result, values = yield from within(job, FOUND, 1.0)
        _put(draft, target, item)
    size = target.stat().st_size
    _write_record(place, item, {"key": key, "batch": place.batch, "size": size, "values": values})
    log.add(f"written: {item.output}, {size:,} bytes, {result.seconds:.1f} s on {result.device}")
    for line in result.warnings:
        log.add(f"note: {line}")
    return Outcome(item.name, item.output, "done", message=choice.told, values=values)


def _in_memory(series: Series, item: Item, settings: Settings, draft: Path) -> Job[Made]:
    scan = yield from within(series.read(0), 0.0, 0.1)
    _check(scan, settings)
    result = yield from within(rebuild(scan, _request(scan, settings)), 0.1, 0.9)
    values = unscored(result, scan, item.sources)
    yield from within(write(result.volume, draft, values, settings.store), 0.9, 1.0)
    return result, values


def _in_slabs(source: PlaneByPlane, item: Item, settings: Settings, draft: Path) -> Job[Made]:
    request = _request(source.outline, settings)
    files = SlabFiles(
        draft,
        lambda scan, result: unscored(result, scan, item.sources),
        lambda scan: _check(scan, settings),
        settings.store,
    )
    made = yield from written_in_slabs(source, request, files)
    return made.result, made.provenance


def _key(item: Item, settings: Settings) -> str:
    """SHA-256 over the content of the files, which series it is, and the settings."""
    digest = hashlib.sha256(f"{item.place} {settings.fingerprint()}".encode())
    for path in item.sources:
        try:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise UserError(f"'{path}' cannot be read: {error.strerror or error}.") from error
    return digest.hexdigest()


def _found_again(item: Item) -> Job[Series]:
    found = yield from scan(item.sources)
    if len(found.series) <= item.place:
        raise UserError(f"'{item.name}' has changed since the batch was planned. Run it again.")
    return found.series[item.place]


def _check(volume: Volume, settings: Settings) -> None:
    """Raise UserError for a scan in doubt that nobody has looked at; _NoScan for a label map."""
    if reason := segmentation_reason(volume.warnings):
        doubts = [one.message for one in volume.warnings if one.code in SEGMENTATION_CODES]
        raise _NoScan(" ".join(doubts), reason)
    unsound = blocking_warnings(volume.warnings)
    if unsound and not settings.acknowledge:
        said = " ".join(warning.message for warning in unsound)
        raise UserError(f"{said} Look at it, then give --acknowledge to rebuild it all the same.")


def _request(volume: Volume, settings: Settings) -> Request:
    suggested = suggested_request(volume, settings.axis, settings.request.model)
    factor = suggested.factor if settings.factor is None else settings.factor
    return replace(settings.request, axis=suggested.axis, factor=factor)


@contextmanager
def _unfinished(place: Place, name: str) -> Iterator[Path]:
    """A path for a draft in a folder of this attempt's own, which is gone afterwards."""
    place.unfinished.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(dir=place.unfinished))
    try:
        yield folder / name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put(draft: Path, target: Path, item: Item) -> None:
    """Move the draft and its JSON to where they belong, unless that is part of what was read."""
    for source in item.sources:
        if target.exists() and target.samefile(source):
            raise UserError(f"'{target}' is the scan itself and is not overwritten.")
    target.parent.mkdir(parents=True, exist_ok=True)
    sidecar(draft).replace(sidecar(target))
    draft.replace(target)


def _read_record(place: Place, item: Item, key: str) -> dict[str, Any] | None:
    """The item's record when it is of this key and its result is still whole."""
    try:
        record: dict[str, Any] = json.loads(place.record(item).read_text(encoding="utf-8"))
        size = (place.folder / item.output).stat().st_size
        return record if (record["key"], record["size"]) == (key, size) else None
    except (OSError, ValueError, LookupError):
        return None


def _write_record(place: Place, item: Item, record: dict[str, Any]) -> None:
    path = place.record(item)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps({"output": str(item.output), **record}, indent=1))


class _Log:
    """Lines with time, machine and process, added to whatever the file holds already."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path

    def add(self, text: str) -> None:
        stamp = time.strftime("%Y-%m-%d %H:%M:%S")
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{stamp}  {socket.gethostname()}/{os.getpid()}  {text}\n")
