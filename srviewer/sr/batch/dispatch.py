"""The dispatch of many volumes to the workers of a Dask cluster."""

import shutil
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from srviewer.io.targets import target
from srviewer.job import Job, Progress, aside, mapped, run, within
from srviewer.sr.batch.clearing import clear_batch, end_workers
from srviewer.sr.batch.cluster import (
    client_of,
    private_scratch,
    processes_can_start,
    started_cluster,
)
from srviewer.sr.batch.items import Item, describe_derivative, select
from srviewer.sr.batch.pulse import Pulse
from srviewer.sr.batch.records import LOGS, STATE, BatchFolder
from srviewer.sr.batch.summary import summary_path, write_summary
from srviewer.sr.batch.work import Settings, VolumeOutcome, reconstructing
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.requests.memory import machine_bytes
from srviewer.temporary_names import process_mark
from srviewer.unwritable import make_folder

if TYPE_CHECKING:
    from distributed import Client, Future

SEARCHED = 0.05  # the share of the job in which volumes are found
POLL_SECONDS = 0.1
ANSWER_SECONDS = 2  # of a scheduler whose work is done
ALONE = "/dev/shm cannot be written to: one volume after another"


class _Ended(Exception):
    """Raised at a worker: the batch ends before its volume is reconstructed."""


@dataclass(frozen=True)
class BatchPlan:
    """The inputs, output and workers of a batch.

    Attributes:
        paths: Files, folders, glob patterns and BIDS trees.
        folder: The output folder or data set, as the export target takes it.
        settings: Of each reconstruction.
        workers: Processes of the embedded cluster; unused with a scheduler.
        scheduler: The address of a running cluster, whose workers see the same files under the same
            names; None to start one.
    """

    paths: tuple[Path, ...]
    folder: Path
    settings: Settings
    workers: int
    scheduler: str | None = None


@dataclass(frozen=True)
class BatchResult:
    """The results of a batch.

    Attributes:
        outcomes: One for each volume, in the order in which they were listed; then what was left
            out.
        summary: The HTML page with all of them.
    """

    outcomes: tuple[VolumeOutcome, ...]
    summary: Path


def batch(plan: BatchPlan) -> Job[BatchResult]:
    """Reconstruct every volume that is not done yet.

    A summary, a log for each volume and the records of finished volumes are written to the folder.

    Args:
        plan: The batch.

    Returns:
        A job whose result is the outcome of each volume, failures included.

    Raises:
        UserError: The paths hold no volume, the folder cannot be made, or the scheduler does not
            answer.
    """
    settings = plan.settings
    settings.fingerprint()  # an unknown method or model is an error before anything starts
    thin_too = settings.axis is not None or settings.factor is not None
    kind = target(settings.target)
    folder = kind.home(plan.folder)
    selection = yield from within(select(plan.paths, thin_too, kind), 0.0, SEARCHED)
    batch_folder = BatchFolder(_made(folder).resolve(), process_mark())
    left_out = tuple(
        VolumeOutcome(
            name=volume.name,
            output=None,
            status="failed" if volume.broken else "left out",
            message=volume.reason,
            source=volume.source,
            reason=volume.kind,
        )
        for volume in selection.left_out
    )
    done: tuple[VolumeOutcome, ...] = ()
    if selection.items:
        plan = replace(plan, settings=(yield from _settled(settings)))
        job = _distributed(selection.items, plan, batch_folder)
        done = yield from within(job, SEARCHED, 1.0)
    outcomes = (*done, *left_out)
    summary = summary_path(batch_folder.folder)
    write_summary(summary, outcomes)
    beside = summary.name, f"{LOGS}/"
    kind.finish(plan.folder, beside)
    if selection.bids:
        describe_derivative(batch_folder.folder, beside)
    return BatchResult(outcomes, summary)


def _settled(settings: Settings) -> Job[Settings]:
    """The settings with one precision for all workers, by what this machine offers."""
    request = settings.request
    if request.precision != "auto" or not method(request.method).needs_model:
        return settings

    def settle() -> Settings:
        from srviewer.nn.inference.precision import settled_precision  # lazy: loads torch

        precision = settled_precision(request.precision, request.device)
        return replace(settings, precision=precision)

    return (yield from aside(settle, Progress(SEARCHED, "Starting the network")))


def _made(folder: Path) -> Path:
    make_folder(folder)
    make_folder(folder / STATE)
    return folder


def _distributed(
    items: Sequence[Item], plan: BatchPlan, batch_folder: BatchFolder
) -> Job[tuple[VolumeOutcome, ...]]:
    folders = {(batch_folder.folder / item.output).parent for item in items}
    yield from within(clear_batch(batch_folder, folders), 0.0, 0.0)
    try:
        if plan.scheduler is None and not processes_can_start():
            return (yield from _one_by_one(items, plan.settings, batch_folder))
        yield Progress(0.0, "Starting workers")
        workers = min(plan.workers, len(items))
        settings = plan.settings
        if plan.scheduler is not None:
            with client_of(plan.scheduler) as client:
                return (yield from _gathered(client, items, settings, batch_folder))
        settings = replace(settings, room=machine_bytes() / workers)  # side by side in one memory
        return (yield from _by_own_workers(workers, items, settings, batch_folder))
    finally:
        # What a worker that was killed had begun; the local ones are gone by now.
        shutil.rmtree(batch_folder.unfinished, ignore_errors=True)
        run(clear_batch(batch_folder, folders))


def _by_own_workers(
    workers: int, items: Sequence[Item], settings: Settings, batch_folder: BatchFolder
) -> Job[tuple[VolumeOutcome, ...]]:
    from distributed import Client

    with private_scratch():
        cluster = yield from started_cluster(workers)
        with cluster, Client(cluster) as client:
            return (yield from _gathered(client, items, settings, batch_folder))


def _one_by_one(
    items: Sequence[Item], settings: Settings, batch_folder: BatchFolder
) -> Job[tuple[VolumeOutcome, ...]]:
    """All volumes in this process: closing the job ends the volume in hand."""
    yield Progress(0.0, ALONE)
    outcomes: list[VolumeOutcome] = []
    for number, item in enumerate(items):
        prefix = f"{number + 1} of {len(items)} volumes: "
        job = mapped(reconstructing(item, settings, batch_folder), partial(_prefixed, prefix))
        span = number / len(items), (number + 1) / len(items)
        outcomes.append((yield from within(job, *span)))
    return tuple(outcomes)


def _prefixed(prefix: str, step: Progress) -> Progress:
    return replace(step, message=prefix + step.message)


def _gathered(
    client: "Client", items: Sequence[Item], settings: Settings, batch_folder: BatchFolder
) -> Job[tuple[VolumeOutcome, ...]]:
    from distributed import as_completed

    # Not pure: whether an item is done stands in its record and is never guessed by Dask.
    futures = client.map(
        _at_worker, items, settings=settings, batch_folder=batch_folder, pure=False
    )
    item_of = {future.key: item for future, item in zip(futures, items, strict=True)}
    outcomes: dict[Item, VolumeOutcome] = {}
    waiting, pulse = as_completed(futures), Pulse(client)
    try:
        while len(outcomes) < len(items):
            while waiting.has_ready():
                future = waiting.next()
                if not future.cancelled():
                    outcomes[item_of[future.key]] = _outcome(future, item_of[future.key])
            if pulse.lost():
                break
            yield Progress(
                len(outcomes) / len(items), _message(outcomes, len(items), pulse.workers)
            )
            time.sleep(POLL_SECONDS)
    except BaseException:
        end_workers(batch_folder)
        raise
    return tuple(outcomes.get(item) or _lost(item) for item in items)


def _lost(item: Item) -> VolumeOutcome:
    message = (
        "The Dask scheduler went away or does not answer. Start it again and run the same batch: "
        "what is finished is kept."
    )
    return VolumeOutcome(item.name, None, "failed", message=message, source=item.source_name)


def _at_worker(item: Item, settings: Settings, batch_folder: BatchFolder) -> VolumeOutcome:
    """Reconstruct one volume at a worker."""
    from distributed import get_worker

    limit = get_worker().memory_manager.memory_limit
    if limit:  # the worker would be ended above it
        remaining = limit - psutil.Process().memory_info().rss
        settings = replace(settings, room=min(settings.room, remaining))
    return run(reconstructing(item, settings, batch_folder), partial(_heed_the_end, batch_folder))


def _heed_the_end(batch_folder: BatchFolder, _step: Progress) -> None:
    if batch_folder.ended.exists():
        raise _Ended


def _outcome(future: "Future", item: Item) -> VolumeOutcome:
    try:
        error = future.exception(timeout=ANSWER_SECONDS)
        if error is None:
            outcome: VolumeOutcome = future.result(timeout=ANSWER_SECONDS)
            return outcome
    except (OSError, CancelledError):  # the scheduler went away at this moment
        return _lost(item)
    # Only what ended the worker itself comes here, such as memory that ran out.
    message = f"Its workers stopped: {error}"
    return VolumeOutcome(item.name, None, "failed", message=message, source=item.source_name)


def _message(outcomes: dict[Item, VolumeOutcome], count: int, workers: int) -> str:
    failed = sum(outcome.status == "failed" for outcome in outcomes.values())
    return f"{len(outcomes)} of {count} volumes, {failed} failed, {workers} workers"
