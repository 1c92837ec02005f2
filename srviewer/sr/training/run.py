"""A training run from files to a model file: the same for the window and the command line."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from srviewer.atomic import remove_leftovers
from srviewer.core.scores.metrics import beside_cubic
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.export.clearing import cleared
from srviewer.job import Job, Progress, mapped, within
from srviewer.nn.catalogue import TrainingPlan
from srviewer.nn.devices.processes import ALONE, Process
from srviewer.nn.models.checkpoint import checkpoint_header, checkpoint_path
from srviewer.nn.models.model_file import Model, save_model
from srviewer.nn.reports.report import TrainStep
from srviewer.nn.reports.run_log import RunLog
from srviewer.sr.scores.evaluate import EvaluationPlan, EvaluationRow, evaluate
from srviewer.sr.training.data import TrainingData, image_data, volume_data
from srviewer.unwritable import check_target

SCORED_FACTORS = (2, 4)
READING, TRAINED = 0.03, 0.9  # shares of the job


@dataclass(frozen=True)
class TrainingJob:
    """What to train on and where to write.

    ``paths``, ``validation``: thin volumes or folders of them, or images and folders of images
    where the plan's layout is "image"; a person is on one side only. ``output``: the model file;
    checkpoint and log lie beside it. ``licences``: volume name -> licence, for the card.
    ``resume``: go on from the checkpoint, which must be of the same plan. ``workers``: threads that
    cut patches. ``process``: which of several this is, under torchrun. ``threads``: of the
    processor that may be used, 0 for as many as torch thinks best.
    """

    paths: tuple[Path, ...]
    validation: tuple[Path, ...]
    plan: TrainingPlan
    output: Path
    device: str = "auto"
    licences: dict[str, str] = field(default_factory=dict)
    resume: bool = False
    workers: int = 1
    process: Process = ALONE
    threads: int = 0


def trained_model(job: TrainingJob) -> Job[Model]:
    """Read, train, measure, save. The file at ``output`` is replaced with each checkpoint.

    Yields TrainStep as nn.train does. Raises UserError when a volume is on both sides, cannot be
    read, or is too small; when there is an unfinished run at ``output`` that is not to be resumed;
    and what nn.train raises.
    """
    check_target(job.output)  # before an hour is spent on what cannot be saved
    yield from cleared(job.output.parent)
    _check_checkpoint(job)
    read = image_data if job.plan.layout == "image" else volume_data
    data = yield from within(read(job.paths, job.validation), 0.0, READING)
    plan = replace(job.plan, train=data.names, validation=data.held_out)
    measured = data.volumes if job.process.leads else ()
    model = yield from within(_logged(data, plan, job), READING, TRAINED if measured else 1.0)
    if measured:
        model = yield from within(scored(model, job.output, measured, job.device), TRAINED, 1.0)
        save_model(model, job.output)
    if job.process.leads:  # not before: a run that is stopped while it is measured goes on there
        checkpoint_path(job.output).unlink(missing_ok=True)
        for path in (checkpoint_path(job.output), job.output):
            remove_leftovers(path)
    return model


def resumable_plan(output: Path) -> TrainingPlan:
    """The plan of the unfinished run that writes ``output``, without the names of its data.

    UserError when there is none.
    """
    plan, _ = checkpoint_header(checkpoint_path(output))
    return replace(plan, train=(), validation=())


def _check_checkpoint(job: TrainingJob) -> None:
    checkpoint = checkpoint_path(job.output)
    if job.process.leads and not job.resume and checkpoint.exists():
        raise UserError(
            f"There is an unfinished run at {checkpoint}. Resume it, write the model elsewhere, or "
            f"delete that file."
        )


def _logged(data: TrainingData, plan: TrainingPlan, job: TrainingJob) -> Job[Model]:
    """Train; the leading process keeps model and log up to date."""
    from srviewer.nn.training.loop import Place, train  # a door to torch

    checkpoint = checkpoint_path(job.output)
    place = Place(job.device, checkpoint, job.resume, job.workers, job.process, job.threads)
    run = train(data.material(), plan, job.output.stem, place)
    if not job.process.leads:
        return (yield from run)
    model = yield from mapped(run, _Keeper(job).take)
    model = replace(model, licences=job.licences)
    save_model(model, job.output)
    return model


class _Keeper:
    """Writes what a run reports: the log, and with each checkpoint the model so far."""

    def __init__(self, job: TrainingJob) -> None:
        self._job = job
        self._resumed_at = 0
        if job.resume:
            _, self._resumed_at = checkpoint_header(checkpoint_path(job.output))
        self._log: RunLog | None = None  # nothing is written before there is something to tell

    def take(self, step: Progress) -> Progress:
        if isinstance(step, TrainStep):
            self._log = self._log or RunLog(self._job.output, self._resumed_at)
            self._log.add(step)
            if step.checkpointed:
                save_model(replace(step.model, licences=self._job.licences), self._job.output)
        return step


def scored(model: Model, path: Path, volumes: Sequence[Volume], device: str) -> Job[Model]:
    """The model with its scores, beside cubic, on every axis of each of the ``volumes``.

    ``path``: where the model was saved.
    """
    factors = tuple(factor for factor in SCORED_FACTORS if factor in model.factors)
    plan = EvaluationPlan(
        factors=factors or model.factors[:1],
        axes=(0, 1, 2),
        methods=("cubic", "cross-plane"),
        models=(str(path),),
        device=device,
    )
    rows = yield from evaluate(volumes, plan)
    cubic = {(r.file, r.axis, r.factor): r for r in rows if r.method == "cubic"}
    scores = tuple(
        _score_row(row, cubic[row.file, row.axis, row.factor])
        for row in rows
        if row.method != "cubic"
    )
    return replace(model, scores=scores)


def _score_row(row: EvaluationRow, cubic: EvaluationRow) -> dict[str, Any]:
    return {
        "file": row.file,
        "axis": row.axis,
        "factor": row.factor,
        **beside_cubic(row.scores, cubic.scores),
    }
