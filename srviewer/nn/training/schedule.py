"""How fast a run learns and what it learns from, as pure functions of how far it is."""

import math
from dataclasses import dataclass

from srviewer.nn.plans.parts import PIXELS_ONLY, LossWeights
from srviewer.nn.plans.plan import TrainingPlan

LONGEST_RISE = 0.05  # share of the budget
HALVED_AT = (0.5, 0.75, 0.9, 0.95)  # shares of a stage, for the schedule "step"


@dataclass(frozen=True)
class Pace:
    """``stage``: "pixels" or "adversarial". ``rate``: the learning rate. ``losses``: in force."""

    stage: str
    rate: float
    losses: LossWeights


def pace(plan: TrainingPlan, done: float, step: int) -> Pace:
    """The pace at the used share ``done`` of the budget and at ``step``.

    An adversarial run starts on L1 alone for ``warm_start`` of its budget; each of the two stages
    runs through the whole schedule.
    """
    start = plan.adversarial.warm_start
    if not plan.is_adversarial:
        rate = plan.learning_rate * _decay(plan.schedule, done)
        return Pace("pixels", rate * _rise(plan, done, step), plan.losses)
    if done < start:
        rate = plan.learning_rate * _decay(plan.schedule, done / start)
        return Pace("pixels", rate * _rise(plan, done, step), PIXELS_ONLY)
    rate = plan.adversarial.learning_rate * _decay(plan.schedule, (done - start) / (1 - start))
    return Pace("adversarial", rate, plan.losses)


def _rise(plan: TrainingPlan, done: float, step: int) -> float:
    """Over ``warm_up`` steps, or in a short run over its first part, whichever is over sooner."""
    return min(1.0, max((step + 1) / max(1, plan.warm_up), done / LONGEST_RISE))


def _decay(schedule: str, done: float) -> float:
    if schedule == "step":
        return 0.5 ** sum(done >= mark for mark in HALVED_AT)
    return 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))
