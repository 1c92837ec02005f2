"""The largest values of a training plan: far above any in use, and within a computer's means."""

from collections.abc import Iterator, Mapping
from typing import Any

from srviewer.nn.plans.parts import AdversarialPlan, Check, LossWeights

MOST = {
    "width": 4096,
    "blocks": 300,
    "inner": 4096,
    "neighbours": 100,
    "rows": 4096,
    "columns": 4096,
    "batch": 2**20,
    "warm_up": 10**12,
    "steps": 10**12,
    "minutes": 1e12,
    "gradient_norm": 1e12,
    "checkpoint_minutes": 1e12,
}
MOST_OF_ADVERSARY = {"width": 4096, "penalty": 1e12}
LARGEST_WEIGHT = 1e12  # of a loss


def limit_checks(
    fields: Mapping[str, Any], losses: LossWeights, adversary: AdversarialPlan
) -> Iterator[Check]:
    """Check a plan against the largest values.

    Args:
        fields: The fields of the plan, by name.
        losses: Its loss terms.
        adversary: Its discriminator.

    Yields:
        For each limit, whether it is exceeded, and the complaint for that case.
    """
    for name, most in MOST.items():
        yield fields[name] > most, f"{name} is at most {most:g}"
    for name, most in MOST_OF_ADVERSARY.items():
        yield getattr(adversary, name) > most, f"adversarial.{name} is at most {most:g}"
    heaviest = max(losses.used().values(), default=0.0)
    yield heaviest > LARGEST_WEIGHT, f"the weight of a loss is at most {LARGEST_WEIGHT:g}"
