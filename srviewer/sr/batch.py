"""Many volumes, handed to the workers of a Dask cluster."""

import logging
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psutil

from srviewer.errors import UserError
from srviewer.job import Job, Progress, mapped, run, within
from srviewer.sr.batch_items import Item, describe_derivative, select
from srviewer.sr.batch_pulse import Pulse
from srviewer.sr.batch_records import LOGS, STATE, Place
from srviewer.sr.batch_summary import summary_path, write_summary
from srviewer.sr.batch_work import Outcome, Settings, rebuilding
from srviewer.sr.memory import machine_bytes

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

SEARCHED = 0.05  # the share of the job in which volumes are found
POLL_SECONDS = 0.1
CONNECT_SECONDS = 10
CLOSE_SECONDS = 2
ALONE = "/dev/shm cannot be written to: one volume after another"


@dataclass(frozen=True)
class BatchPlan:
    """What to rebuild, where to write, who works.

    ``paths``: files, folders, glob patterns, BIDS trees. ``workers``: processes of the embedded
    cluster; unused with a ``scheduler``, the address of a cluster that is running already and
    whose workers see the same files under the same names.
    """

    paths: tuple[Path, ...]
    folder: Path
    settings: Settings
    workers: int
    scheduler: str | None = None


@dataclass(frozen=True)
class BatchResult:
    """The outcome of each volume, in the order of finding; ``summary``: the page with all."""

    outcomes: tuple[Outcome, ...]
    summary: Path


def batch(plan: BatchPlan) -> Job[BatchResult]:
    """Rebuild every volume that is not done yet.

    A summary as HTML, a log for each volume and the done records are left in the folder. Raises
    UserError when nothing is found, the folder cannot be made or the scheduler does not answer;
    the failure of a single volume is an outcome.
    """
    settings = plan.settings
    settings.fingerprint()  # an unknown method or model is told before anything starts
    thin_too = settings.axis is not None or settings.factor is not None
    selection = yield from within(select(plan.paths, thin_too), 0.0, SEARCHED)
    place = Place(_made(plan.folder).resolve(), secrets.token_hex(8))
    left_out = tuple(
        Outcome(
            name=one.name,
            output=None,
            status="failed" if one.broken else "left out",
            message=one.reason,
            source=one.source,
            reason=one.kind,
        )
        for one in selection.left_out
    )
    done: tuple[Outcome, ...] = ()
    if selection.items:
        job = _distributed(selection.items, plan, place)
        done = yield from within(job, SEARCHED, 1.0)
    outcomes = (*done, *left_out)
    summary = summary_path(place.folder)
    write_summary(summary, outcomes)
    if selection.bids:
        describe_derivative(place.folder, (summary.name, f"{LOGS}/"))
    return BatchResult(outcomes, summary)


def _made(folder: Path) -> Path:
    try:
        (folder / STATE).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"The folder '{folder}' cannot be made: {error.strerror}.") from error
    return folder


def _distributed(items: Sequence[Item], plan: BatchPlan, place: Place) -> Job[tuple[Outcome, ...]]:
    try:
        if plan.scheduler is None and not _processes_can_start():
            return (yield from _one_by_one(items, plan.settings, place))
        yield Progress(0.0, "Starting workers")
        workers = min(plan.workers, len(items))
        with _client(plan, workers) as client:
            settings = plan.settings
            if plan.scheduler is None:  # workers side by side in one memory
                settings = replace(settings, room=machine_bytes() / workers)
            return (yield from _gathered(client, items, settings, place))
    finally:
        # What a worker that was killed had begun; the local ones are gone by now.
        shutil.rmtree(place.unfinished, ignore_errors=True)


def _one_by_one(
    items: Sequence[Item], settings: Settings, place: Place
) -> Job[tuple[Outcome, ...]]:
    """All in this process, so that whoever stops this job stops the volume in hand."""
    yield Progress(0.0, ALONE)
    outcomes: list[Outcome] = []
    for number, item in enumerate(items):
        prefix = f"{number + 1} of {len(items)} volumes: "
        job = mapped(rebuilding(item, settings, place), partial(_prefixed, prefix))
        span = number / len(items), (number + 1) / len(items)
        outcomes.append((yield from within(job, *span)))
    return tuple(outcomes)


def _prefixed(prefix: str, step: Progress) -> Progress:
    return replace(step, message=prefix + step.message)


def _gathered(
    client: "Client", items: Sequence[Item], settings: Settings, place: Place
) -> Job[tuple[Outcome, ...]]:
    from distributed import as_completed

    # Not pure: whether an item is done stands in its record and is never guessed by Dask.
    futures = client.map(_at_worker, items, settings=settings, place=place, pure=False)
    item_of = {future.key: item for future, item in zip(futures, items, strict=True)}
    outcomes: dict[Item, Outcome] = {}
    waiting, pulse = as_completed(futures), Pulse(client)
    while len(outcomes) < len(items):
        while waiting.has_ready():
            future = waiting.next()
            if not future.cancelled():
                outcomes[item_of[future.key]] = _outcome(future, item_of[future.key])
        if pulse.lost():
            break
        yield Progress(len(outcomes) / len(items), _message(outcomes, len(items), pulse.workers))
        time.sleep(POLL_SECONDS)
    return tuple(outcomes.get(item) or _lost(item) for item in items)


def _lost(item: Item) -> Outcome:
    message = (
        "The Dask scheduler went away or does not answer. Start it again and run the same batch: "
        "what is finished is kept."
    )
    return Outcome(item.name, None, "failed", message=message, source=item.source_name)


def _at_worker(item: Item, settings: Settings, place: Place) -> Outcome:
    """One volume, in a process that does nothing else meanwhile."""
    from distributed import get_worker

    limit = get_worker().memory_manager.memory_limit
    if limit:  # the worker would be ended above it
        left = limit - psutil.Process().memory_info().rss
        settings = replace(settings, room=min(settings.room, left))
    return run(rebuilding(item, settings, place))


def _outcome(future: "Future", item: Item) -> Outcome:
    try:
        error = future.exception(timeout=CLOSE_SECONDS)
        if error is None:
            outcome: Outcome = future.result(timeout=CLOSE_SECONDS)
            return outcome
    except (OSError, CancelledError):  # the scheduler went away at this moment
        return _lost(item)
    # Only what ended the worker itself comes here, such as memory that ran out.
    message = f"Its workers stopped: {error}"
    return Outcome(item.name, None, "failed", message=message, source=item.source_name)


def _message(outcomes: dict[Item, Outcome], count: int, workers: int) -> str:
    failed = sum(outcome.status == "failed" for outcome in outcomes.values())
    return f"{len(outcomes)} of {count} volumes, {failed} failed, {workers} workers"


@contextmanager
def _client(plan: BatchPlan, workers: int) -> Iterator["Client"]:
    """A client of the running cluster, or of one that lives as long as the block."""
    # Dask takes half a second to load, which no other verb needs.
    from dask import config
    from distributed import Client

    if plan.scheduler is not None:
        try:
            client = Client(plan.scheduler, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise UserError(
                f"No Dask scheduler answers at '{plan.scheduler}' ({error}). Start one with "
                f"'dask scheduler', or leave --scheduler away."
            ) from error
        try:
            yield client
        finally:
            with suppress(OSError):  # one that does not answer is not waited for
                client.close(timeout=CLOSE_SECONDS)
        return
    # Workers short of memory put aside there what they were sent: names of scans.
    with (
        TemporaryDirectory(prefix="srviewer-") as private,
        config.set({"temporary-directory": private}),
        _local_cluster(workers) as cluster,
        Client(cluster) as client,
    ):
        yield client


def _local_cluster(workers: int) -> "LocalCluster":
    """Processes that work on one volume each."""
    from distributed import LocalCluster

    threads = max(1, (os.cpu_count() or 1) // workers)
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,  # volumes at once in a process; torch has threads of its own
        dashboard_address="127.0.0.1:0",  # any free port: several batches may run side by side
        silence_logs=logging.CRITICAL,
        env={"OMP_NUM_THREADS": str(threads)},
    )


def _processes_can_start() -> bool:
    """Whether workers may be processes: their locks need a /dev/shm that can be written to."""
    try:
        get_context("spawn").Lock()
    except OSError:
        return False
    return True
