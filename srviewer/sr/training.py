"""A training run from files to a model file: the same for the window and the command line."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from srviewer.atomic import check_target
from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import scan
from srviewer.job import Job, Progress, mapped, within
from srviewer.nn.model_file import Model, save_model
from srviewer.nn.specs import TrainingPlan
from srviewer.sr.evaluate import EvaluationPlan, EvaluationRow, evaluate

CHECKPOINT_SECONDS = 120.0
SCORED_FACTORS = (2, 4)


@dataclass(frozen=True)
class TrainingJob:
    """What to train on and where to write.

    ``paths``, ``validation``: thin volumes or folders of them; a person is on one side only.
    ``output``: the model file, also the checkpoint while training. ``licences``: volume name ->
    licence, for the card.
    """

    paths: tuple[Path, ...]
    validation: tuple[Path, ...]
    plan: TrainingPlan
    output: Path
    device: str = "auto"
    licences: dict[str, str] = field(default_factory=dict)


def trained_model(job: TrainingJob) -> Job[Model]:
    """Read, train, measure, save; the file at ``output`` is replaced by each checkpoint.

    Raises UserError when a volume is on both sides, cannot be read, or is too small.
    """
    check_target(job.output)  # before an hour is spent on what cannot be saved
    volumes = yield from within(_volumes(job.paths), 0.0, 0.02)
    validation = yield from within(_volumes(job.validation), 0.02, 0.03)
    _check_split(volumes, validation)
    plan = replace(
        job.plan,
        train=tuple(volume.name for volume in volumes),
        validation=tuple(volume.name for volume in validation),
    )
    model = yield from within(_with_checkpoints(volumes, plan, job), 0.03, 0.9)
    if validation:
        model = yield from within(scored(model, job.output, validation, job.device), 0.9, 1.0)
        save_model(model, job.output)
    return model


def _with_checkpoints(
    volumes: Sequence[Volume], plan: TrainingPlan, job: TrainingJob
) -> Job[Model]:
    from srviewer.nn.train import TrainStep, train  # a door to torch

    saved = time.monotonic()

    def keep(step: Progress) -> Progress:
        nonlocal saved
        if isinstance(step, TrainStep) and time.monotonic() - saved > CHECKPOINT_SECONDS:
            saved = time.monotonic()
            save_model(replace(step.model, licences=job.licences), job.output)
        return step

    model = yield from mapped(train(volumes, plan, job.output.stem, job.device), keep)
    model = replace(model, licences=job.licences)
    save_model(model, job.output)
    return model


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
        "psnr": row.psnr,
        "psnr_cubic": cubic.psnr,
        "ssim": row.ssim,
        "ssim_cubic": cubic.ssim,
    }


def _volumes(paths: Sequence[Path]) -> Job[list[Volume]]:
    """Every volume in the files and folders, the first frame of each series."""
    volumes: list[Volume] = []
    if not paths:
        return volumes
    found = yield from within(scan(list(paths)), 0.0, 0.5)
    for number, series in enumerate(found.series):
        done = 0.5 + 0.5 * number / len(found.series)
        volumes.append((yield from within(series.read(0), done, done)))
    return volumes


def subject(name: str) -> str:
    """Whose scan a volume is: the BIDS label ``sub-...`` of its name, else the name itself."""
    return next((part for part in name.split("_") if part.startswith("sub-")), name)


def _check_split(train: Sequence[Volume], validation: Sequence[Volume]) -> None:
    shared = {subject(v.name) for v in train} & {subject(v.name) for v in validation}
    if shared:
        raise UserError(
            f"The same person would be trained and tested on: {', '.join(sorted(shared))}. "
            f"Keep each person on one side."
        )
