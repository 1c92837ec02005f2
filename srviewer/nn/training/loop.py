"""The training loop: readable top to bottom."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from srviewer.errors import UserError
from srviewer.job import Job, Progress
from srviewer.nn.data.prefetching import prefetched
from srviewer.nn.data.training_data import Material
from srviewer.nn.devices.distributed import leaders, process_device, process_group
from srviewer.nn.devices.processes import ALONE, Process
from srviewer.nn.models.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from srviewer.nn.models.model_file import Model
from srviewer.nn.models.safetensors_file import Outline
from srviewer.nn.plans.budget import Budget
from srviewer.nn.plans.plan import TrainingPlan
from srviewer.nn.training.learner import Learner
from srviewer.nn.training.reporter import Reporter
from srviewer.nn.training.schedule import step_settings
from srviewer.nn.training.stopwatch import Stopwatch

REPORT_SECONDS = 5.0


@dataclass(frozen=True)
class TrainingEnvironment:
    """Device, processes and checkpoint of a run.

    Attributes:
        device: "auto", "cpu", "cuda" or "mps".
        checkpoint: The checkpoint file, None for no checkpoints.
        resume: Whether to go on from the checkpoint.
        workers: Threads that cut batches.
        process: This process, of several in data-parallel training.
        threads: Processor threads that the networks may use, 0 for torch's choice.
        stopped: Called with the averaged weights when the job is closed before its end, after the
            checkpoint was written; None for nothing.
    """

    device: str = "auto"
    checkpoint: Path | None = None
    resume: bool = False
    workers: int = 1
    process: Process = ALONE
    threads: int = 0
    stopped: Callable[[Model], None] | None = None


def train(
    material: Material, plan: TrainingPlan, name: str, environment: TrainingEnvironment
) -> Job[Model]:
    """Train the networks of a plan.

    It yields Progress after each step, and a TrainStep every few seconds, with each checkpoint and
    at the end. A run bounded by steps is repeatable bit for bit on one machine, resumed or not; one
    bounded by minutes is not; time in which nobody asks for the next step does not count. Closing
    the job writes a checkpoint, and so does its last step.

    Args:
        material: Training and validation set.
        plan: The plan.
        name: The name of the model.
        environment: Device, processes and checkpoint.

    Returns:
        A job with the model; it holds the averaged weights of the generator.

    Raises:
        UserError: The plan has no budget, there is nothing to resume, the resumed run has another
            plan, or a loss is no longer a number.
    """
    budget = Budget(plan.minutes, plan.steps)
    device = process_device(environment.device, environment.process)
    if environment.threads:
        torch.set_num_threads(environment.threads)
    with process_group(environment.process, device, plan.batch):
        learner = Learner(plan, device, environment.process)
        step, seconds = _resumed(learner, plan, environment)
        source = material.source(plan, environment.process)
        held_out = material.held_out(plan) if environment.process.leads else []
        watch = Stopwatch(seconds)
        reporter = Reporter(learner, name, held_out, device, environment.process, watch)
        saved = reported = seconds
        done = budget.used(step, seconds)
        with prefetched(source, step, environment.workers) as batches:
            try:
                while done < 1.0:
                    batch = reporter.waited_for(batches.next)
                    settings = step_settings(plan, done, step)
                    reporter.add(learner.learn(batch, step, settings))
                    step += 1
                    seconds = leaders(watch.seconds, device, environment.process)
                    done = budget.used(step, seconds)
                    keep = done >= 1.0 or seconds - saved > 60 * plan.checkpoint_minutes
                    if not keep and seconds - reported < REPORT_SECONDS:
                        with watch.stopped():
                            yield Progress(done, f"Step {step}")
                        continue
                    report = reporter.step(done, step, seconds, settings)
                    reported = seconds
                    if keep:
                        saved = seconds
                        _keep(learner, plan, step, seconds, environment)
                    with watch.stopped():
                        yield replace(report, checkpointed=keep)
            except GeneratorExit:
                _stop(learner, plan, name, step, seconds, environment)
                raise
        return learner.model(name)


def _stop(
    learner: Learner,
    plan: TrainingPlan,
    name: str,
    step: int,
    seconds: float,
    environment: TrainingEnvironment,
) -> None:
    """Write a checkpoint of a run that is stopped, and hand over its model."""
    if learner.is_finite():
        _keep(learner, plan, step, seconds, environment)
        if environment.stopped is not None and environment.process.leads and step:
            environment.stopped(learner.model(name))


def _resumed(
    learner: Learner, plan: TrainingPlan, environment: TrainingEnvironment
) -> tuple[int, float]:
    """Steps and seconds of the run so far; the learner is restored from the checkpoint."""
    if not environment.resume or environment.checkpoint is None:
        return 0, 0.0
    path = environment.checkpoint

    def check(saved: TrainingPlan, outline: Outline) -> None:
        if saved != plan:
            raise UserError(
                f"The run in {path} has another plan: it differs in "
                f"{', '.join(saved.differing(plan))}. Resume it with its own, or start anew."
            )
        learner.check(outline)

    checkpoint = load_checkpoint(path, check)
    learner.restore(checkpoint.arrays)
    return checkpoint.step, checkpoint.seconds


def _keep(
    learner: Learner,
    plan: TrainingPlan,
    step: int,
    seconds: float,
    environment: TrainingEnvironment,
) -> None:
    if environment.checkpoint is not None and environment.process.leads and step:
        save_checkpoint(Checkpoint(plan, step, seconds, learner.arrays()), environment.checkpoint)
