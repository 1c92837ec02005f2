"""A batch: its volumes, found and given out, and its summary, which holds those of other jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from srviewer.core.volumes.volume import ScanHeader
from srviewer.errors import UserError
from srviewer.io.bids.derivative import DataSetLink, check_generator, data_set_links, describe
from srviewer.io.targets import NIFTI, target
from srviewer.job import Job, Progress, aside, within
from srviewer.nn.devices.cores import usable_cores
from srviewer.sr.batch.batch_model import is_automatic, with_batch_model
from srviewer.sr.batch.claims import shared_now
from srviewer.sr.batch.dispatch import dispatched
from srviewer.sr.batch.items import Item, Selection, SkippedVolume, select
from srviewer.sr.batch.joined_items import with_joins
from srviewer.sr.batch.outcome import VolumeOutcome, all_outcomes, recorded_state, volume_key
from srviewer.sr.batch.records import LOGS, STATE, BatchFolder
from srviewer.sr.batch.settings import Settings
from srviewer.sr.batch.summary import summary_path, write_summary
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.inputs.data_sets import DataSetPart, check_place_of_results
from srviewer.temporary_names import process_mark
from srviewer.unwritable import make_folder

R = TypeVar("R")

SEARCHED = 0.05  # the share of the job in which volumes are found
MOST_REWRITES = 20  # of a summary while other jobs record outcomes


@dataclass(frozen=True)
class Shard:
    """The share of one of several jobs: each N-th volume of the sorted list.

    Attributes:
        number: Of the job, from 1.
        of: The number of jobs.
    """

    number: int = 1
    of: int = 1

    def of_items(self, items: Sequence[Item]) -> Sequence[Item]:
        """The volumes of this job; the jobs together have each of them once.

        Args:
            items: All volumes, in any order.

        Returns:
            Every N-th of them in the order of their files, or all as they are.
        """
        if self.of == 1:
            return items
        return self.of_all(sorted(items, key=lambda item: (item.sources, item.place)))

    def of_all(self, rows: Sequence[R]) -> Sequence[R]:
        """Every N-th of a list that is the same in each job.

        Args:
            rows: The list.

        Returns:
            Those of this job.
        """
        return rows[self.number - 1 :: self.of]


WHOLE = Shard()


@dataclass(frozen=True)
class BatchPlan:
    """The inputs, output and workers of a batch.

    Attributes:
        paths: Files, folders, glob patterns and BIDS trees.
        folder: The output folder or data set, as the export target takes it; with ``part``, the
            folder of the results itself.
        settings: Of each reconstruction.
        workers: Processes that work side by side; unused with a scheduler.
        scheduler: The address of a running Dask cluster, whose workers see the same files under the
            same names; None to use this machine.
        shard: The share of this job.
        part: Of the data set that is the only path; the summary then holds all that any job
            recorded in the folder. None without a data set.
    """

    paths: tuple[Path, ...]
    folder: Path
    settings: Settings
    workers: int
    scheduler: str | None = None
    shard: Shard = WHOLE
    part: DataSetPart | None = None

    @property
    def home(self) -> Path:
        """The folder of the results; UserError where the data set cannot take them."""
        return self.folder if self.part else target(self.settings.target).home(self.folder)

    @property
    def thin_too(self) -> bool:
        """Whether volumes without a thick axis are reconstructed."""
        return self.settings.axis is not None or self.settings.factor is not None


@dataclass(frozen=True)
class BatchResult:
    """The results of a batch.

    Attributes:
        outcomes: One for each volume of this job's share; then what was left out.
        summary: The HTML page with all of them, and those of other shares.
    """

    outcomes: tuple[VolumeOutcome, ...]
    summary: Path


def of_data_set(
    part: DataSetPart,
    folder: Path,
    settings: Settings,
    workers: int = 1,
    scheduler: str | None = None,
    shard: Shard = WHOLE,
) -> BatchPlan:
    """Plan the reconstruction of a BIDS data set, or of a part of it.

    Args:
        part: Of the data set.
        folder: For its derivatives; outside of the data set, or below its derivatives.
        settings: Of each reconstruction; its target is one of data sets.
        workers: As in ``BatchPlan``.
        scheduler: As in ``BatchPlan``.
        shard: As in ``BatchPlan``.

    Returns:
        The plan.

    Raises:
        UserError: The folder cannot hold them.
    """
    check_place_of_results(folder, part.root)
    check_generator(folder)
    return BatchPlan((part.root,), folder, settings, workers, scheduler, shard, part)


def batch(plan: BatchPlan) -> Job[BatchResult]:
    """Reconstruct every volume of the job's share that is not done yet, by this or another job.

    A summary, a log for each volume and the records of finished volumes are written to the folder.

    Args:
        plan: The batch.

    Returns:
        A job whose result is the outcome of each volume, failures included.

    Raises:
        UserError: The paths hold no volume, the folder cannot be made, or the scheduler does not
            answer.
    """
    if not is_automatic(plan.settings):
        plan.settings.fingerprint()  # an unknown model is an error before anything starts
    home = plan.home
    selection = yield from within(_selected(plan), 0.0, SEARCHED)
    folder = _made(home).resolve()
    batch_folder = BatchFolder(folder, process_mark(), shared_now(folder / STATE))
    items = plan.shard.of_items(selection.items)
    links = _links(plan, selection, folder)
    if links:
        describe(folder, links)  # before the first result cites them
    done: tuple[VolumeOutcome, ...] = ()
    if items:
        settings = _with_model(plan, selection, batch_folder)
        settings = replace((yield from _settled(settings)), links=links)
        job = dispatched(items, settings, batch_folder, plan.workers, plan.scheduler)
        done = yield from within(job, SEARCHED, 1.0)
    own = dict(zip(map(volume_key, items), done, strict=True))
    summary = _summarise(plan, selection, own, batch_folder)[0]
    if links:
        describe(folder, links, (summary.name, f"{LOGS}/"))
    left_out = map(_left_out, plan.shard.of_all(selection.left_out))
    return BatchResult((*done, *left_out), summary)


def _with_model(plan: BatchPlan, selection: Selection, batch_folder: BatchFolder) -> Settings:
    """The settings with one model for all volumes, also those of other shares."""
    scans = [ScanHeader(series.geometry, series.name) for series in selection.series.values()]
    workers = max(1, min(plan.workers, len(scans)))
    cores = 1 if plan.scheduler is not None else max(1, usable_cores() // workers)
    return with_batch_model(plan.settings, scans, batch_folder, cores)


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


def summarised(plan: BatchPlan) -> Job[BatchResult]:
    """Write the summary of what all jobs recorded in the folder of a data set's derivatives.

    Args:
        plan: The batch, as ``of_data_set`` gives it; nothing is reconstructed.

    Returns:
        A job whose result is what was recorded, "pending" for volumes that were not, and what was
        left out.

    Raises:
        UserError: Nothing was recorded there.
    """
    assert plan.part is not None
    batch_folder = BatchFolder(plan.home.resolve(), process_mark())
    if not all_outcomes(batch_folder):
        raise UserError(
            f"'{plan.folder}' holds no results of srviewer. Run the level 'participant' first."
        )
    selection = yield from within(_selected(plan), 0.0, 1.0)
    summary, rows = _summarise(plan, selection, {}, batch_folder)
    holds = plan.part.holds
    return BatchResult(tuple(row for row in rows if not row.source or holds(row.source)), summary)


def _selected(plan: BatchPlan) -> Job[Selection]:
    kind = target(plan.settings.target)
    entities = dict(plan.settings.entities)
    job = select(plan.paths, plan.thin_too, kind, plan.part, entities)
    if not plan.settings.join:
        return (yield from job)
    selection = yield from within(job, 0.0, 0.5)
    return (yield from within(with_joins(selection, kind, entities), 0.5, 1.0))


def _made(folder: Path) -> Path:
    make_folder(folder)
    make_folder(folder / STATE)
    return folder


def _links(plan: BatchPlan, selection: Selection, folder: Path) -> tuple[DataSetLink, ...]:
    """The data sets of the scans, where the results are a derivative of them."""
    if plan.part is not None:
        return data_set_links(folder, (plan.part.root,))
    if target(plan.settings.target).place == "data set":
        return data_set_links(folder, (plan.folder.absolute(),))
    if plan.settings.target != NIFTI.id:
        return ()
    return data_set_links(folder, selection.data_sets)


def _summarise(
    plan: BatchPlan,
    selection: Selection,
    own: Mapping[str, VolumeOutcome],
    batch_folder: BatchFolder,
) -> tuple[Path, tuple[VolumeOutcome, ...]]:
    """Write the summary, and return its path and rows.

    It is written again where another job recorded something meanwhile: the last one stays.
    """
    path = summary_path(batch_folder.folder)
    for _ in range(MOST_REWRITES):
        before = recorded_state(batch_folder)
        rows = _rows(plan, selection, own, batch_folder)
        write_summary(path, rows)
        if recorded_state(batch_folder) == before:
            break
    return path, rows


def _rows(
    plan: BatchPlan,
    selection: Selection,
    own: Mapping[str, VolumeOutcome],
    batch_folder: BatchFolder,
) -> tuple[VolumeOutcome, ...]:
    """Outcomes of this job and of others, then what was left out by its plan."""
    recorded = {} if plan.shard == WHOLE and plan.part is None else all_outcomes(batch_folder)
    keys = {volume_key(item): item for item in selection.items}
    rows = {key: own.get(key) or recorded.get(key) or _pending(keys[key]) for key in keys}
    if plan.part is not None:  # the folder holds derivatives of this data set alone
        rows |= recorded
        rows = _without_joined(rows)
    known = {(row.source, row.name) for row in rows.values()}
    every = map(_left_out, selection.left_out)
    return (*rows.values(), *(row for row in every if (row.source, row.name) not in known))


def _without_joined(rows: Mapping[str, VolumeOutcome]) -> dict[str, VolumeOutcome]:
    """Outcomes without the stacks that wait alone and are in a join: "group" needs no --join."""
    joins = (row for row in rows.values() if row.output is not None and "stacks" in row.values)
    joined = {source for row in joins for source in row.values["sources"]}
    waits = {key for key, row in rows.items() if row.status == "pending" and row.source in joined}
    return {key: row for key, row in rows.items() if key not in waits}


def _pending(item: Item) -> VolumeOutcome:
    message = "No job has reconstructed it yet."
    return VolumeOutcome(item.name, None, "pending", message=message, source=item.source_name)


def _left_out(volume: SkippedVolume) -> VolumeOutcome:
    return VolumeOutcome(
        name=volume.name,
        output=None,
        status="failed" if volume.broken else "left out",
        message=volume.reason,
        source=volume.source,
        reason=volume.kind,
    )
