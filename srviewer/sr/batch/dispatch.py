"""The dispatch of many volumes: in this process, or to the workers of a Dask cluster."""

import shutil
import time
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import psutil

from srviewer.core.counted import counted
from srviewer.job import Job, Progress, mapped, run, within
from srviewer.sr.batch.claims import clear_claims
from srviewer.sr.batch.clearing import clear_batch, end_workers
from srviewer.sr.batch.cluster import (
    client_of,
    private_scratch,
    processes_can_start,
    started_cluster,
)
from srviewer.sr.batch.items import Item
from srviewer.sr.batch.outcome import VolumeOutcome
from srviewer.sr.batch.pulse import Pulse
from srviewer.sr.batch.records import BatchFolder
from srviewer.sr.batch.settings import Settings
from srviewer.sr.batch.sharing import Waiting, shared
from srviewer.sr.requests.memory import machine_bytes

if TYPE_CHECKING:
    from distributed import Client, Future, as_completed

POLL_SECONDS = 0.1
ANSWER_SECONDS = 2  # of a scheduler whose work is done; then it is asked again
ALONE = "/dev/shm cannot be written to: one volume after another"


class _Ended(Exception):
    """Raised at a worker: the batch ends before its volume is reconstructed."""


def dispatched(
    items: Sequence[Item],
    settings: Settings,
    batch_folder: BatchFolder,
    workers: int,
    scheduler: str | None,
) -> Job[tuple[VolumeOutcome, ...]]:
    """Reconstruct volumes, each by whichever worker of whichever job in the folder claims it.

    Args:
        items: The volumes.
        settings: Of each reconstruction.
        batch_folder: The folder of the batch.
        workers: Processes on this machine; with one, everything is done in this process.
        scheduler: The address of a running cluster instead; None for none.

    Returns:
        A job whose result is the outcome of each volume, in their order.

    Raises:
        UserError: The scheduler does not answer.
    """
    folders = {(batch_folder.folder / item.output).parent for item in items}
    yield from within(clear_batch(batch_folder, folders), 0.0, 0.0)
    try:
        if scheduler is not None:
            with client_of(scheduler) as client:
                return (yield from _gathered(client, items, settings, batch_folder))
        if workers == 1:
            return (yield from _one_by_one(items, settings, batch_folder))
        if not processes_can_start():
            yield Progress(0.0, ALONE)
            return (yield from _one_by_one(items, settings, batch_folder))
        yield Progress(0.0, "Starting workers")
        workers = min(workers, len(items))
        settings = replace(settings, room=machine_bytes() / workers)  # side by side in one memory
        return (yield from _by_own_workers(workers, items, settings, batch_folder))
    finally:
        # What a worker that was killed had begun; the local ones are gone by now.
        shutil.rmtree(batch_folder.unfinished, ignore_errors=True)
        clear_claims(batch_folder)
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
    outcomes: dict[Item, VolumeOutcome] = {}
    waiting, todo = Waiting(batch_folder), deque(items)
    while todo or waiting:
        if not todo:
            yield Progress(len(outcomes) / len(items), waiting.message)
            time.sleep(POLL_SECONDS)
            todo.extend(waiting.free())
            continue
        item, done = todo.popleft(), len(outcomes)
        prefix = f"{done + 1} of {counted(len(items), 'volume')}: "
        job = mapped(shared(item, settings, batch_folder), partial(_prefixed, prefix))
        span = done / len(items), (done + 1) / len(items)
        outcome = yield from within(job, *span)
        if outcome.status == "pending":
            waiting.add(item, outcome.message)
        else:
            outcomes[item] = outcome
    return tuple(outcomes[item] for item in items)


def _prefixed(prefix: str, step: Progress) -> Progress:
    return replace(step, message=prefix + step.message)


def _gathered(
    client: "Client", items: Sequence[Item], settings: Settings, batch_folder: BatchFolder
) -> Job[tuple[VolumeOutcome, ...]]:
    from distributed import as_completed

    item_of: dict[str, Item] = {}

    def handed_out(some: Sequence[Item]) -> list["Future"]:
        # Not pure: whether an item is done stands in its record and is never guessed by Dask.
        futures: list[Future] = client.map(
            _at_worker, some, settings=settings, batch_folder=batch_folder, pure=False
        )
        item_of.update((future.key, item) for future, item in zip(futures, some, strict=True))
        return futures

    outcomes: dict[Item, VolumeOutcome] = {}
    at_work, pulse, waiting = as_completed(handed_out(items)), Pulse(client), Waiting(batch_folder)
    try:
        while len(outcomes) < len(items):
            _take_in(at_work, item_of, outcomes, waiting)
            if pulse.lost():
                break
            if free := waiting.free():
                at_work.update(handed_out(free))
            counts = _message(outcomes, len(items), pulse.workers)
            message = ", ".join(filter(None, (counts, waiting.message)))
            yield Progress(len(outcomes) / len(items), message)
            time.sleep(POLL_SECONDS)
    except BaseException:
        end_workers(batch_folder)
        raise
    return tuple(outcomes.get(item) or _lost(item) for item in items)


def _take_in(
    at_work: "as_completed",
    item_of: Mapping[str, Item],
    outcomes: dict[Item, VolumeOutcome],
    waiting: Waiting,
) -> None:
    """Take the outcomes that are there by now; what other jobs have is waited for.

    One that does not come within ``ANSWER_SECONDS``, as on a busy machine, is taken later, unless
    the scheduler turns out to be lost.
    """
    while at_work.has_ready():
        future = at_work.next()
        if future.cancelled():
            continue
        item = item_of[future.key]
        outcome = _outcome(future, item)
        if outcome is None:
            at_work.add(future)
            return
        if outcome.status == "pending":
            waiting.add(item, outcome.message)
        else:
            outcomes[item] = outcome


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
    return run(shared(item, settings, batch_folder), partial(_heed_the_end, batch_folder))


def _heed_the_end(batch_folder: BatchFolder, _step: Progress) -> None:
    if batch_folder.ended.exists():
        raise _Ended


def _outcome(future: "Future", item: Item) -> VolumeOutcome | None:
    """The outcome of an item; None where the scheduler has not given it in time."""
    try:
        error = future.exception(timeout=ANSWER_SECONDS)
        if error is None:
            outcome: VolumeOutcome = future.result(timeout=ANSWER_SECONDS)
            return outcome
    except TimeoutError:
        return None
    except (OSError, CancelledError):  # the scheduler went away at this moment
        return _lost(item)
    # Only what ended the worker itself comes here, such as memory that ran out.
    message = f"Its workers stopped: {error}"
    return VolumeOutcome(item.name, None, "failed", message=message, source=item.source_name)


def _message(outcomes: dict[Item, VolumeOutcome], count: int, workers: int) -> str:
    failed = sum(outcome.status == "failed" for outcome in outcomes.values())
    volumes, by = counted(count, "volume"), counted(workers, "worker")
    return f"{len(outcomes)} of {volumes}, {failed} failed, {by}"
