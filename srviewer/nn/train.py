"""The training loop: readable top to bottom."""

import copy
import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.job import Job, Progress
from srviewer.nn.devices import chosen_device
from srviewer.nn.infer import weights_of
from srviewer.nn.model_file import Model
from srviewer.nn.pairs import PatchSource
from srviewer.nn.specs import TrainingPlan, network_spec

REPORT_SECONDS = 10.0
GRADIENT_NORM = 1.0


@dataclass(frozen=True)
class TrainStep(Progress):
    """A report of a run: steps done, seconds of wall time, mean L1 loss since the last report.

    ``model``: the averaged weights so far, fit to be saved or measured.
    """

    step: int
    seconds: float
    loss: float
    model: Model


def train(volumes: Sequence[Volume], plan: TrainingPlan, name: str, device: str) -> Job[Model]:
    """Train the plan's network on thin ``volumes``; the result holds the averaged weights.

    The learning rate follows the budget: a short warm-up, then a cosine to zero. A run bounded by
    steps is repeatable bit for bit on one machine; one bounded by minutes is not.
    Raises UserError when the plan has no budget or the loss stops being a number.
    """
    if not plan.steps and not plan.minutes:
        raise UserError("Training needs a budget: give steps or minutes.")
    torch.manual_seed(plan.seed)
    target = chosen_device(device)
    source = PatchSource(volumes, plan)
    network = network_spec(plan.network).build(plan).to(target)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    averaged = copy.deepcopy(network).requires_grad_(False)
    optimizer = torch.optim.Adam(network.parameters(), lr=plan.learning_rate, betas=(0.9, 0.99))
    started = reported = time.monotonic()
    losses: list[Tensor] = []
    step, done = 0, 0.0
    with ThreadPoolExecutor(1) as pool:  # the next batch is cut while this one is learned
        ahead = pool.submit(source.draw)
        while done < 1.0:
            for group in optimizer.param_groups:
                group["lr"] = plan.learning_rate * _schedule(done, step, plan.warm_up)
            batch = ahead.result()
            ahead = pool.submit(source.draw)
            fine = network(batch.thick.to(target), batch.factor)
            loss = functional.l1_loss(fine, batch.thin.to(target))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), GRADIENT_NORM)
            optimizer.step()
            _average(averaged, network, min(plan.ema, (1 + step) / (10 + step)))
            losses.append(loss.detach())
            step += 1
            now = time.monotonic()
            done = _done(plan, step, now - started)
            if now - reported < REPORT_SECONDS and done < 1.0:
                yield Progress(done, f"Step {step}")
                continue
            mean_loss = _checked(float(torch.stack(losses).mean()), step, plan)
            losses, reported = [], now
            model = _as_model(averaged, plan, name)
            yield TrainStep(
                done, f"Step {step}, loss {mean_loss:.5f}", step, now - started, mean_loss, model
            )
    return model


def _checked(loss: float, step: int, plan: TrainingPlan) -> float:
    if math.isfinite(loss):
        return loss
    raise UserError(
        f"The loss stopped being a number at step {step}. The last checkpoint is kept; train "
        f"again with a smaller learning rate than {plan.learning_rate:g}."
    )


def _schedule(done: float, step: int, warm_up: int) -> float:
    return min(1.0, (step + 1) / max(1, warm_up)) * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))


def _done(plan: TrainingPlan, step: int, seconds: float) -> float:
    """The used share of the budget: of the steps or the minutes, whichever is further."""
    by_steps = step / plan.steps if plan.steps else 0.0
    by_time = seconds / 60 / plan.minutes if plan.minutes else 0.0
    return min(1.0, max(by_steps, by_time))


def _average(averaged: nn.Module, network: nn.Module, decay: float) -> None:
    with torch.no_grad():
        for kept, new in zip(averaged.parameters(), network.parameters(), strict=True):
            kept.lerp_(new, 1 - decay)


def _as_model(network: nn.Module, plan: TrainingPlan, name: str) -> Model:
    weights = dict(weights_of(network))
    return Model(name=name, spec=network_spec(plan.network), weights=weights, plan=plan)
