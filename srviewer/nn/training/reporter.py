"""Reports of a training run: means, speed and validation scores since the last report."""

import math
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import Tensor

from srviewer.errors import UserError
from srviewer.nn.data.validation import ValidationPair, validation_scores
from srviewer.nn.devices.distributed import averaged
from srviewer.nn.devices.processes import Process
from srviewer.nn.reports.report import PatchPreview, TrainStep
from srviewer.nn.training.learner import Learner
from srviewer.nn.training.schedule import StepSettings
from srviewer.nn.training.stopwatch import Stopwatch

MEASURING_SHARE = 0.05  # of the wall time at most goes into scoring held-out pairs

R = TypeVar("R")


class Reporter:
    """Collects losses and waiting times between two reports of a run.

    The pairs ``held_out`` are scored at the first report, at the last, and at others as time
    allows.
    """

    def __init__(
        self,
        learner: Learner,
        name: str,
        held_out: Sequence[ValidationPair],
        device: torch.device,
        process: Process,
        watch: Stopwatch,
    ) -> None:
        self._learner, self._name, self._held_out = learner, name, held_out
        self._device, self._process, self._watch = device, process, watch
        self._terms: dict[str, list[Tensor]] = {}
        self._steps = 0
        self._waited = 0.0
        self._since = watch.seconds
        self._measure_next = -math.inf

    def waited_for(self, call: Callable[[], R]) -> R:
        """Call a function and count its time as waiting for data.

        Args:
            call: The function.

        Returns:
            Its result.
        """
        started = time.monotonic()
        result = call()
        self._waited += time.monotonic() - started
        return result

    def add(self, terms: dict[str, Tensor]) -> None:
        """Record the losses of one step.

        Args:
            terms: Scalars by name, as ``Learner.learn`` returns them.
        """
        self._steps += 1
        for name, term in terms.items():
            self._terms.setdefault(name, []).append(term)

    def step(self, done: float, step: int, seconds: float, settings: StepSettings) -> TrainStep:
        """Make a report and start collecting anew.

        Args:
            done: The used share of the budget, 0..1.
            step: Training steps done.
            seconds: Wall time of the run so far.
            settings: Stage and learning rate of the last step.

        Returns:
            The report.

        Raises:
            UserError: A loss or a weight is no number.
        """
        losses = self._losses(step, settings.rate)
        passed = max(self._watch.seconds - self._since, 1e-9)
        scores, preview = self._validation(done)
        report = TrainStep(
            done,
            f"Step {step}, loss {losses['total']:.5f}",
            step=step,
            seconds=seconds,
            loss=losses.pop("total"),
            model=self._learner.model(self._name),
            losses=losses,
            stage=settings.stage,
            learning_rate=settings.rate,
            steps_per_second=self._steps / passed,
            waiting=min(1.0, self._waited / passed),
            scores=scores,
            preview=preview,
        )
        self._terms, self._steps, self._waited = {}, 0, 0.0
        self._since = self._watch.seconds
        return report

    def _losses(self, step: int, rate: float) -> dict[str, float]:
        """The mean of each term since the last report, over all processes."""
        means = {name: torch.stack(values).mean() for name, values in self._terms.items()}
        shared = averaged(torch.stack([means[name].double() for name in means]), self._process)
        losses = dict(zip(means, shared.tolist(), strict=True))
        if all(map(math.isfinite, losses.values())) and self._learner.is_finite():
            return losses
        raise UserError(
            f"The loss stopped being a number at step {step}. The last good checkpoint is kept, if "
            f"there was one; train again with a smaller learning rate than {rate:.2g}."
        )

    def _validation(self, done: float) -> tuple[dict[str, float], PatchPreview | None]:
        started = self._watch.seconds
        if not self._held_out or (done < 1.0 and started < self._measure_next):
            return {}, None
        scores_and_preview = validation_scores(self._learner.averaged, self._held_out, self._device)
        finished = self._watch.seconds
        self._measure_next = finished + (finished - started) / MEASURING_SHARE
        return scores_and_preview
