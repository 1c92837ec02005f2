"""One volume of a batch, from its files to its result, as a worker runs it."""

import hashlib
import shutil
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from srviewer.atomic import replace_together
from srviewer.core.counted import counted
from srviewer.core.volumes.source_files import ScanSource, part_words, source_of
from srviewer.errors import Unsupported, UserError, as_user_error
from srviewer.io.files.content import digests
from srviewer.io.sidecars.provenance import sidecar
from srviewer.io.targets import target
from srviewer.job import Job, within
from srviewer.sr.batch.claims import TakenOver
from srviewer.sr.batch.items import Item
from srviewer.sr.batch.making import FOUND, changed_item, join_item, reconstruct_item
from srviewer.sr.batch.names import Wanted, likely_names, output_name, stem_and_ending
from srviewer.sr.batch.outcome import Status, VolumeOutcome
from srviewer.sr.batch.records import (
    BatchFolder,
    Log,
    read_batch_record,
    stored_bytes,
    write_record,
)
from srviewer.sr.batch.settings import Settings
from srviewer.sr.stacks.joined import source_of_join
from srviewer.temporary_names import process_mark
from srviewer.unwritable import make_folder


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
    wanted = Wanted(item.output, item.crowded, settings.naming)
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
    log.add(f"begun: {item.source_name}, {counted(len(item.sources), 'file')}")
    output = batch_folder.folder / name.output
    with _unfinished(batch_folder, output.name) as draft:
        made = join_item if item.stacks else reconstruct_item
        job = made(item, settings, batch_folder.folder, draft)
        result, values, said = yield from within(job, FOUND / 2, 1.0)
        if said:
            log.add(said)
        if values.get("source_sha256") != source.sha256:
            raise changed_item(item)
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
    if item.stacks and settings.motion != "none":  # else the key is that of earlier versions
        joined += f"motion {settings.motion} "
    digest = hashlib.sha256(f"{joined}{item.place} {settings.fingerprint()}".encode())
    for file in source.files:
        digest.update(bytes.fromhex(file.sha256))
    return digest.hexdigest()


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
