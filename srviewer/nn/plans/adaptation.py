"""Adaptation of a model to one scan: its budget, its guard and its outcome. Loads no torch."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from srviewer.errors import UserError
from srviewer.nn.plans.budget import Budget
from srviewer.nn.plans.plan import MAX_SEED

USUAL_SECONDS = 60  # offered first
MOST_SECONDS, MOST_STEPS = 7 * 86400.0, 10**9

# Shares of the way from the shipped to the fitted weights that are tried, and the gain in dB on the
# held-out slices that each must bring. A small gain in the plane does not carry over to the thick
# axis and a large one does (docs/trust-measured.md), so only a large one leads beyond half way.
LEAST_GAINS = {0.25: 0.01, 0.5: 0.01, 1.0: 0.5}
LEAST_GAIN = min(LEAST_GAINS.values())


def best_share(before: float, after: Mapping[float, float]) -> tuple[float, float]:
    """The guard: the share of the way to the fitted weights with the best score.

    Args:
        before: PSNR in dB of the model as it is, on held-out slices of the scan.
        after: PSNR in dB at each of the shares in LEAST_GAINS.

    Returns:
        The share and its PSNR in dB; where none gains enough, 0 and the best PSNR of those shares
        that need the least gain.
    """
    enough = [share for share, gain in LEAST_GAINS.items() if after[share] >= before + gain]
    if not enough:
        return 0.0, max(after[share] for share, gain in LEAST_GAINS.items() if gain == LEAST_GAIN)
    best = max(enough, key=lambda share: after[share])
    return best, after[best]


@dataclass(frozen=True)
class Adaptation:
    """The budget of an adaptation: seconds of wall time or steps, whichever ends first.

    Bounded by steps alone it is repeatable: the same seed gives the same weights.

    Attributes:
        seconds: 0 to MOST_SECONDS; 0 for no bound.
        steps: 0 to MOST_STEPS; 0 for no bound.
        seed: Of all random choices, 0 to MAX_SEED.

    Raises:
        UserError: There is no bound, or a value is outside these ranges.
    """

    seconds: Annotated[float, Meta(ge=0.0, le=MOST_SECONDS)] = 0.0
    steps: Annotated[int, Meta(ge=0, le=MOST_STEPS)] = 0
    seed: Annotated[int, Meta(ge=0, le=MAX_SEED)] = 0

    def __post_init__(self) -> None:
        unbounded = not (self.seconds or self.steps) or not math.isfinite(self.seconds)
        if unbounded or min(self.seconds, self.steps, self.seed) < 0:
            raise UserError("Adapting to a scan needs a number of seconds above 0, or of steps.")
        if self.seconds > MOST_SECONDS or self.steps > MOST_STEPS or self.seed > MAX_SEED:
            raise UserError(
                f"Adapting to a scan takes up to {MOST_SECONDS:.0f} seconds, up to {MOST_STEPS} "
                f"steps and a seed from 0 to {MAX_SEED}. Give less."
            )

    @property
    def budget(self) -> Budget:
        """The bounds as a training run counts them, in minutes and steps."""
        return Budget(self.seconds / 60, self.steps)


@dataclass(frozen=True)
class Adapted:
    """The outcome of an adaptation.

    Attributes:
        kept: Whether the weights in use are other than those of the model file.
        before: PSNR in dB of the model as it was, on slices held out from the adaptation.
        after: PSNR in dB of the model in use, or the best of those refused, on the same slices.
        steps: Training steps done.
        seconds: Wall time of the training.
        share: How far the weights moved to the fitted ones, 0..1.
    """

    kept: bool
    before: float
    after: float
    steps: int
    seconds: float
    share: float = 0.0

    @property
    def gain(self) -> float:
        """``after`` minus ``before``, in dB."""
        return self.after - self.before

    @property
    def found(self) -> str:
        """The gain and, where it was refused, the least gain, as a predicate for messages."""
        change = "gained" if self.gain >= 0 else "lost"
        message = (
            f"{change} {abs(self.gain):.2f} dB on its held-out slices "
            f"({self.before:.2f} dB before, {self.after:.2f} dB after)"
        )
        if self.kept:
            return message
        return f"{message}, and a gain of {LEAST_GAIN:g} dB is asked for"
