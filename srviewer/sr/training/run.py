"""A training run from files to a model file, for the window and the command line."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from srviewer.atomic import remove_leftovers
from srviewer.core.scores.metrics import beside_cubic
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.export.clearing import clear_abandoned
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
    """The data, plan and output of a training run.

    Attributes:
        paths: The training set: thin volumes or folders of them, or images and folders of images
            where the plan's layout is "image".
        validation: The validation set, likewise; no subject is in both.
        plan: The training plan.
        output: The model file; checkpoint and log lie in its folder.
        device: One of ``DEVICES``.
        licences: Volume name -> licence, for the model card.
        resume: Go on from the checkpoint, which must be of the same plan.
        workers: Threads that cut patches.
        process: Which process of data-parallel training this is (torchrun).
        threads: Of the processor; 0 for as many as torch chooses.
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
    """Run a training: read the data, train, score, save.

    The model file is replaced with each checkpoint, also with that of a run that is stopped: its
    averaged weights are a model that can be used.

    Args:
        job: The training run.

    Returns:
        A job whose result is the model; it yields ``TrainStep``.

    Raises:
        UserError: A subject is in both sets, data cannot be read or are too small, or there is an
            unfinished run at the output that is not to be resumed.
    """
    check_target(job.output)  # before an hour is spent on what cannot be saved
    yield from clear_abandoned(job.output.parent)
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
    """The plan of an unfinished training run, without the names of its data.

    Args:
        output: The model file that the run writes.

    Returns:
        The plan in its checkpoint.

    Raises:
        UserError: The checkpoint is missing or damaged.
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
    from srviewer.nn.training.loop import TrainingEnvironment, train  # lazy: loads torch

    checkpoint, keeper = checkpoint_path(job.output), _Keeper(job)
    environment = TrainingEnvironment(
        job.device, checkpoint, job.resume, job.workers, job.process, job.threads, keeper.save
    )
    run = train(data.material(), plan, job.output.stem, environment)
    if not job.process.leads:
        return (yield from run)
    model = yield from mapped(run, keeper.take)
    model = replace(model, licences=job.licences)
    save_model(model, job.output)
    return model


class _Keeper:
    """Stores the steps of a run: the log, and with each checkpoint the model so far."""

    def __init__(self, job: TrainingJob) -> None:
        self._job = job
        self._resumed_at = 0
        if job.resume:
            _, self._resumed_at = checkpoint_header(checkpoint_path(job.output))
        self._log: RunLog | None = None  # nothing is written before the first step

    def take(self, step: Progress) -> Progress:
        if isinstance(step, TrainStep):
            self._log = self._log or RunLog(self._job.output, self._resumed_at)
            self._log.add(step)
            if step.checkpointed:
                self.save(step.model)
        return step

    def save(self, model: Model) -> None:
        """Replace the model file.

        Args:
            model: The averaged weights so far.
        """
        save_model(replace(model, licences=self._job.licences), self._job.output)


def scored(model: Model, path: Path, volumes: Sequence[Volume], device: str) -> Job[Model]:
    """Score a model and the baseline on every axis of each validation volume.

    Args:
        model: The model.
        path: The file that it was saved to.
        volumes: The validation set.
        device: One of ``DEVICES``.

    Returns:
        A job whose result is the model with its scores.
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
