"""Learning rate and stage of a run, as pure functions of its progress."""

import math
from dataclasses import dataclass

from srviewer.nn.plans.parts import PIXELS_ONLY, LossWeights
from srviewer.nn.plans.plan import TrainingPlan

LONGEST_RISE = 0.05  # share of the budget
HALVED_AT = (0.5, 0.75, 0.9, 0.95)  # shares of a stage, for the schedule "step"


@dataclass(frozen=True)
class StepSettings:
    """The settings of one training step.

    Attributes:
        stage: "pixels" or "adversarial".
        rate: The learning rate.
        losses: The weights of the loss terms.
    """

    stage: str
    rate: float
    losses: LossWeights


def step_settings(plan: TrainingPlan, done: float, step: int) -> StepSettings:
    """The settings of a step.

    An adversarial run starts on L1 alone for ``warm_start`` of its budget; each of the two stages
    runs through the whole schedule.

    Args:
        plan: The plan of the run.
        done: The used share of the budget, 0..1.
        step: The number of the step, from 0.

    Returns:
        Stage, learning rate and loss weights.
    """
    start = plan.adversarial.warm_start
    if not plan.is_adversarial:
        rate = plan.learning_rate * _decay(plan.schedule, done)
        return StepSettings("pixels", rate * _rise(plan, done, step), plan.losses)
    if done < start:
        rate = plan.learning_rate * _decay(plan.schedule, done / start)
        return StepSettings("pixels", rate * _rise(plan, done, step), PIXELS_ONLY)
    rate = plan.adversarial.learning_rate * _decay(plan.schedule, (done - start) / (1 - start))
    return StepSettings("adversarial", rate, plan.losses)


def _rise(plan: TrainingPlan, done: float, step: int) -> float:
    """The warm-up factor, 0..1: over ``warm_up`` steps or LONGEST_RISE, whichever is shorter."""
    return min(1.0, max((step + 1) / max(1, plan.warm_up), done / LONGEST_RISE))


def _decay(schedule: str, done: float) -> float:
    if schedule == "step":
        return 0.5 ** sum(done >= mark for mark in HALVED_AT)
    return 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))
