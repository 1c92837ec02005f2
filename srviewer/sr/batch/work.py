"""One volume of a batch, from its files to its result, as a worker runs it."""

import hashlib
import json
import shutil
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from math import inf
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

from srviewer import __version__
from srviewer.atomic import replace_together
from srviewer.core.geometry.grid import Axis
from srviewer.core.volumes.source_files import ScanSource, part_words, source_of
from srviewer.core.volumes.volume import (
    SEGMENTATION_CODES,
    ScanHeader,
    Volume,
    blocking_warnings,
)
from srviewer.errors import InDoubt, Unsupported, UserError, as_user_error
from srviewer.io.export.nifti import DataType
from srviewer.io.files.content import digests
from srviewer.io.formats import scan
from srviewer.io.scans.series import PlaneByPlane, Series
from srviewer.io.sidecars.provenance import sidecar
from srviewer.io.targets import NIFTI, Export, Written, target
from srviewer.job import Job, within
from srviewer.nn.devices.precisions import Precision
from srviewer.sr.batch.claims import TakenOver
from srviewer.sr.batch.items import Item
from srviewer.sr.batch.names import Wanted, likely_names, output_name, stem_and_ending
from srviewer.sr.batch.outcome import Status, VolumeOutcome
from srviewer.sr.batch.records import (
    BatchFolder,
    Log,
    read_batch_record,
    stored_bytes,
    write_record,
)
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.inputs.segmentations import segmentation_reason
from srviewer.sr.models.available_models import find_model
from srviewer.sr.requests.memory import free_bytes
from srviewer.sr.requests.request import Request, suggested_request
from srviewer.sr.results.reconstruction import unscored
from srviewer.sr.results.reconstruction_facts import ReconstructionFacts
from srviewer.sr.slabs.choice import SlabsWanted, choose_slabs
from srviewer.sr.slabs.files import SlabFiles, Write, written_in_slabs
from srviewer.sr.stacks.join import join
from srviewer.sr.stacks.joined import Joined, source_of_join
from srviewer.sr.stacks.request import JoinRequest
from srviewer.sr.trust.gain_of_result import reconstruct_with_gain
from srviewer.temporary_names import process_mark
from srviewer.unwritable import make_folder

FOUND = 0.02  # the share of one volume's job in which it is found again
Values: TypeAlias = dict[str, Any]  # a provenance
Made: TypeAlias = tuple[ReconstructionFacts | Joined, Values, str]  # and a message


@dataclass(frozen=True)
class Settings:
    """The settings of each reconstruction of a batch.

    Attributes:
        request: The request, whose axis and factor are replaced for each volume.
        axis: The axis; None for the one that suits the volume.
        factor: The factor; None for the one that suits the volume.
        store: The data type of the results.
        acknowledge: Also reconstruct scans whose geometry is in doubt.
        slabs: Whether volumes are reconstructed slab-wise, which changes no voxel.
        room: The bytes that a reconstruction may take, where as many are free.
        overwrite: Replace results that were made from another source.
        target: The id of the export target.
        data_set: The BIDS data set of the scans, where the output folder holds its derivatives;
            None where the target tells it from the output folder.
        precision: That of all networks, settled before workers start, which may be of several
            machines; None to take the request's.
        join: Whether stacks that belong together are joined; of the request, joins take method,
            model and device.
    """

    request: Request
    axis: Axis | None
    factor: int | None
    store: DataType
    acknowledge: bool
    slabs: SlabsWanted = "auto"
    room: float = inf
    overwrite: bool = False
    target: str = NIFTI.id
    data_set: Path | None = None
    precision: Precision | None = None
    join: bool = False

    def identity(self) -> str:
        """A digest of all on which an outcome depends: also what makes a volume fail."""
        words = [self.fingerprint(), self.acknowledge, self.slabs, self.overwrite]
        return hashlib.sha256(json.dumps(words).encode()).hexdigest()

    def fingerprint(self) -> str:
        """JSON of all that changes a result: settings, weights, version of the program."""
        needs_model = method(self.request.method).needs_model
        model = find_model(self.request.model).sha256 if needs_model else ""
        request = {**asdict(self.request), "model": model, "axis": None, "factor": None}
        if self.request.minimum == "none":
            del request["minimum"]  # version 0.1.0 had no such setting: its records stay valid
        if not self.request.repair:
            del request["repair"]  # nor this
        if self.request.precision == "auto":
            del request["precision"]
        settings = [__version__, request, self.axis, self.factor, self.store]
        if self.target != NIFTI.id:  # the records of earlier versions stay valid
            settings.append(self.target)
        return json.dumps(settings, sort_keys=True)


def reconstructing(
    item: Item,
    settings: Settings,
    batch_folder: BatchFolder,
    check: Callable[[], None] = lambda: None,
) -> Job[VolumeOutcome]:
    """Reconstruct one item, unless its record says that it is done with these settings.

    The result takes its name only when it is whole, and the record follows it, so an item whose
    worker died is simply done again.

    Args:
        item: The volume.
        settings: Of the reconstruction.
        batch_folder: The folder of the batch.
        check: Is called before the result takes its name; raises TakenOver where the volume is
            another job's by then.

    Returns:
        A job whose result is the outcome; a failure is an outcome, too, and raises nothing.

    Raises:
        TakenOver: As ``check`` raised it.
    """
    started = time.monotonic()
    log = Log(batch_folder)
    try:
        outcome = yield from _reconstructing(item, settings, batch_folder, log, check)
    except TakenOver:
        log.add("given up: another job took it over")
        raise
    except Unsupported as error:
        outcome = VolumeOutcome(item.name, None, "left out", message=str(error), reason=error.kind)
        log.add(f"left out: {error}")
    except UserError as error:
        outcome = VolumeOutcome(item.name, None, "failed", message=str(error))
        log.add(f"failed: {error}")
    except OSError as error:  # of the system, which needs no traceback
        message = f"{Path(error.filename or '').name}: {error.strerror or error}".lstrip(": ")
        outcome = VolumeOutcome(item.name, None, "failed", message=message)
        log.add(f"failed: {message}")
    except Exception as error:  # a bug in one volume must not end the others
        user_error = as_user_error(error)
        message = f"{type(error).__name__}: {error}" if user_error is error else str(user_error)
        outcome = VolumeOutcome(item.name, None, "failed", message=message)
        log.add(f"failed:\n{traceback.format_exc()}")
    return replace(outcome, seconds=time.monotonic() - started, source=item.source_name)


def _reconstructing(
    item: Item,
    settings: Settings,
    batch_folder: BatchFolder,
    log: Log,
    check: Callable[[], None],
) -> Job[VolumeOutcome]:
    source = yield from within(_source(item), 0.0, FOUND / 2)
    key = _key(item, source, settings)
    wanted = Wanted(item.output, item.crowded)
    before = _done(
        batch_folder,
        item,
        likely_names(batch_folder.folder, batch_folder.state, wanted, source),
        key,
    )
    if before is not None and before.output is not None:
        log.of(before.output)
        log.add(f"{before.status}: the same scan and settings gave {before.output}")
        return before
    # What is a folder takes a new name rather than the place of another folder.
    replaces = settings.overwrite and target(settings.target).ending != ""
    name = yield from output_name(batch_folder.folder, batch_folder.state, wanted, source, replaces)
    log.of(name.output)
    log.add(f"begun: {item.source_name}, {len(item.sources)} files")
    output = batch_folder.folder / name.output
    with _unfinished(batch_folder, output.name) as draft:
        made = _joined if item.stacks else _made
        job = made(item, settings, batch_folder.folder, draft)
        result, values, said = yield from within(job, FOUND / 2, 1.0)
        if said:
            log.add(said)
        if values.get("source_sha256") != source.sha256:
            raise _changed(item)
        if not name.untouched(batch_folder.folder):
            raise UserError(
                f"'{name.output}' was written by something else meanwhile. Run it again."
            )
        check()
        _put(draft, output, item, new=name.before == (None, None))
    size = stored_bytes(output)
    record = {
        "output": str(name.output),
        "key": key,
        "batch": batch_folder.batch,
        "size": size,
        "source_sha256": source.sha256,
        "paths": [str(path) for path in item.sources],
        "values": values,
    }
    write_record(batch_folder.record(name.output), record)
    log.add(f"written: {name.output}, {size:,} bytes, {result.seconds:.1f} s on {result.device}")
    for line in result.warnings:
        log.add(f"note: {line}")
    message = " ".join(filter(None, (said, _name_note(item, name.output))))
    return VolumeOutcome(item.name, name.output, "done", message=message, values=values)


def _done(
    batch_folder: BatchFolder, item: Item, names: Sequence[PurePosixPath], key: str
) -> VolumeOutcome | None:
    """The outcome of an earlier run with the same source and settings, if that still holds."""
    for output in names:
        record = read_batch_record(batch_folder, output, key)
        if record is not None:
            same_run = (
                record["batch"] == batch_folder.batch
            )  # its worker died before it could report
            note = _name_note(item, output)
            status: Status = "done" if same_run else "done before"
            return VolumeOutcome(item.name, output, status, message=note, values=record["values"])
    return None


def _name_note(item: Item, output: PurePosixPath) -> str:
    """A sentence where the result has another name than its source suggests."""
    if output == item.output:
        return ""
    suffixed = output.name.startswith(f"{stem_and_ending(item.output)[0]}-")
    if suffixed and output.parent == item.output.parent:
        return (
            f"Its result is '{output}', since the name '{item.output}' belongs to another source "
            "or file."
        )
    return f"Its result is '{output}', the name that it got in an earlier run."


def _made(item: Item, settings: Settings, home: Path, draft: Path) -> Job[Made]:
    """A reconstruction, written to the draft."""
    series = yield from within(_series_of(item), 0.0, FOUND)
    room = min(settings.room, free_bytes())
    choice = choose_slabs(series, 0, settings.slabs, lambda scan: _request(scan, settings), room)
    job = (
        _in_memory(series, item, settings, home, draft)
        if choice.source is None
        else _in_slabs(choice.source, item, settings, home, draft)
    )
    result, values = yield from within(job, FOUND, 1.0)
    return result, values, choice.message


def _joined(item: Item, settings: Settings, home: Path, draft: Path) -> Job[Made]:
    """A join of stacks, written to the draft."""
    stacks = []
    for stack in item.stacks:
        scan = yield from within((yield from _series_of(stack)).read(0), 0.0, 0.1)
        _check(scan, settings)
        stacks.append(scan)
    asked = settings.request
    request = JoinRequest(
        method=asked.method,
        model=asked.model,
        device=asked.device,
        precision=settings.precision or asked.precision,
    )
    result = yield from within(join(stacks, request), 0.1, 0.9)
    values = result.provenance()
    job = _writer(item, settings, home, draft)(result.volume, stacks[0], values)
    yield from within(job, 0.9, 1.0)
    return result, values, f"Joined from {', '.join(scan.name for scan in stacks)}."


def _in_memory(
    series: Series, item: Item, settings: Settings, home: Path, draft: Path
) -> Job[tuple[ReconstructionFacts, Values]]:
    scan = yield from within(series.read(0), 0.0, 0.1)
    _check(scan, settings)
    result = yield from within(reconstruct_with_gain(scan, _request(scan, settings)), 0.1, 0.9)
    values = unscored(result, scan)
    job = _writer(item, settings, home, draft)(result.volume, scan, values)
    yield from within(job, 0.9, 1.0)
    return result, values


def _writer(item: Item, settings: Settings, home: Path, draft: Path) -> Write:
    """The writer of a draft, by the target of the batch."""
    kind = target(settings.target)
    given = settings.data_set or kind.given(home)

    def write(volume: Volume, scan: Volume, values: Values) -> Job[Written]:
        export = Export(volume, given, values, settings.store, item.sources[0], scan)
        yield from kind.draft(export, draft)
        return Written(draft)

    return write


def _in_slabs(
    source: PlaneByPlane, item: Item, settings: Settings, home: Path, draft: Path
) -> Job[tuple[ReconstructionFacts, Values]]:
    request = _request(source.header, settings)
    streams = target(settings.target).streams
    files = SlabFiles(
        draft,
        lambda scan, result: unscored(result, scan),
        lambda scan: _check(scan, settings),
        settings.store,
        None if streams else _writer(item, settings, home, draft),
    )
    written = yield from written_in_slabs(source, request, files)
    return written.result, written.provenance


def _source(item: Item) -> Job[ScanSource]:
    if item.stacks:
        sources = []
        for stack in item.stacks:
            sources.append((yield from _source(stack)))
        return source_of_join(sources, 0)
    files = yield from digests(item.sources)
    return source_of(files, part_words(None if item.alone else item.place, None), item.root)


def _key(item: Item, source: ScanSource, settings: Settings) -> str:
    """SHA-256 over the content of the files, the number of the series, and the settings."""
    joined = f"joined {len(item.stacks)} " if item.stacks else ""
    digest = hashlib.sha256(f"{joined}{item.place} {settings.fingerprint()}".encode())
    for file in source.files:
        digest.update(bytes.fromhex(file.sha256))
    return digest.hexdigest()


def _series_of(item: Item) -> Job[Series]:
    listing = yield from scan(item.sources, item.root)
    if len(listing.series) <= item.place:
        raise _changed(item)
    return listing.series[item.place]


def _changed(item: Item) -> UserError:
    return UserError(f"'{item.name}' has changed since the batch was planned. Run it again.")


def _check(volume: ScanHeader, settings: Settings) -> None:
    """Raise InDoubt for a scan whose warnings are not acknowledged, Unsupported for labels."""
    if reason := segmentation_reason(volume.warnings):
        doubts = [
            warning.message for warning in volume.warnings if warning.code in SEGMENTATION_CODES
        ]
        raise Unsupported(" ".join(doubts), reason)
    unsound = blocking_warnings(volume.warnings)
    if unsound and not settings.acknowledge:
        messages = " ".join(warning.message for warning in unsound)
        raise InDoubt(
            f"{messages} Look at it, then give --acknowledge to reconstruct it all the same."
        )


def _request(volume: ScanHeader, settings: Settings) -> Request:
    suggested = suggested_request(volume, settings.axis, settings.request.model)
    factor = suggested.factor if settings.factor is None else settings.factor
    precision = settings.precision or settings.request.precision
    return replace(settings.request, axis=suggested.axis, factor=factor, precision=precision)


@contextmanager
def _unfinished(batch_folder: BatchFolder, name: str) -> Iterator[Path]:
    """A path for a draft in a folder of this attempt's own, which is deleted afterwards."""
    # Not a private folder: the draft gets the rights that results have where they are written.
    folder = batch_folder.unfinished / process_mark()
    make_folder(folder)
    try:
        yield folder / name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put(draft: Path, output: Path, item: Item, new: bool) -> None:
    """Move the draft and its sidecar to the result's path, unless that is one of the sources.

    ``new``: nothing exists there.
    """
    for source in item.sources:
        if output.exists() and output.samefile(source):
            raise UserError(f"'{output.name}' is the scan itself and is not overwritten.")
    make_folder(output.parent)
    # The JSON first: where a killed worker leaves it alone, the name is still this source's.
    sidecars = (sidecar(draft), sidecar(output))
    moves = [sidecars, (draft, output)] if draft.is_dir() else [(draft, output), sidecars]
    replace_together(moves, new)
