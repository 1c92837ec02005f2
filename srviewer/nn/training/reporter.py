"""Gathers what a run did since its last report, and makes the next one of it."""

import math
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import Tensor

from srviewer.errors import UserError
from srviewer.nn.data.validation import HeldOut, measured
from srviewer.nn.devices.distributed import averaged
from srviewer.nn.devices.processes import Process
from srviewer.nn.reports.report import Preview, TrainStep
from srviewer.nn.training.learner import Learner
from srviewer.nn.training.schedule import Pace
from srviewer.nn.training.stopwatch import Stopwatch

MEASURING_SHARE = 0.05  # of the wall time at most goes into scoring held-out pairs

R = TypeVar("R")


class Reporter:
    """``held_out``: what is scored, at the first report, at the last, and as time allows."""

    def __init__(
        self,
        learner: Learner,
        name: str,
        held_out: Sequence[HeldOut],
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
        """The call's result; its time counts as waiting for data."""
        started = time.monotonic()
        result = call()
        self._waited += time.monotonic() - started
        return result

    def add(self, terms: dict[str, Tensor]) -> None:
        """What one step minimised."""
        self._steps += 1
        for name, term in terms.items():
            self._terms.setdefault(name, []).append(term)

    def step(self, done: float, step: int, seconds: float, pace: Pace) -> TrainStep:
        """The report at ``step``, after ``seconds`` of the run; counting starts again.

        Raises UserError when a loss or a weight is no number.
        """
        losses = self._losses(step, pace.rate)
        passed = max(self._watch.seconds - self._since, 1e-9)
        scores, preview = self._measured(done)
        report = TrainStep(
            done,
            f"Step {step}, loss {losses['total']:.5f}",
            step=step,
            seconds=seconds,
            loss=losses.pop("total"),
            model=self._learner.model(self._name),
            losses=losses,
            stage=pace.stage,
            learning_rate=pace.rate,
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

    def _measured(self, done: float) -> tuple[dict[str, float], Preview | None]:
        started = self._watch.seconds
        if not self._held_out or (done < 1.0 and started < self._measure_next):
            return {}, None
        found = measured(self._learner.averaged, self._held_out, self._device)
        finished = self._watch.seconds
        self._measure_next = finished + (finished - started) / MEASURING_SHARE
        return found
