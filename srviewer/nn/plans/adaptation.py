"""How long a network is fitted to one scan, and what came of it. Loads no torch."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from srviewer.errors import UserError
from srviewer.nn.plans.budget import Budget
from srviewer.nn.plans.plan import MAX_SEED

USUAL_SECONDS = 60  # what is offered first
MOST_SECONDS, MOST_STEPS = 7 * 86400.0, 10**9

# Shares of the way from the shipped to the fitted weights that are tried, and the gain in dB on the
# held-out slices that each must bring. A small gain in the plane does not carry over to the thick
# axis and a large one does (docs/trust.md), so only a large one leads further than half way.
LEAST_GAINS = {0.25: 0.01, 0.5: 0.01, 1.0: 0.5}
LEAST_GAIN = min(LEAST_GAINS.values())


def best_share(before: float, after: Mapping[float, float]) -> tuple[float, float]:
    """The share of the way with the best score, and that score.

    ``before``: the score in dB at 0. ``after``: the scores in dB of the shares in LEAST_GAINS.
    Where none gains enough, 0 and the best score of those that need the least.
    """
    enough = [share for share, gain in LEAST_GAINS.items() if after[share] >= before + gain]
    if not enough:
        return 0.0, max(after[share] for share, gain in LEAST_GAINS.items() if gain == LEAST_GAIN)
    best = max(enough, key=lambda share: after[share])
    return best, after[best]


@dataclass(frozen=True)
class Adaptation:
    """``seconds`` of wall time or ``steps``, whichever ends first; 0 for no bound.

    ``seconds`` up to MOST_SECONDS, ``steps`` up to MOST_STEPS, ``seed`` from 0 to MAX_SEED.

    Bounded by steps alone it is repeatable: the same ``seed`` gives the same weights.
    Raises UserError for what cannot be.
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
        """As the training loop counts."""
        return Budget(self.seconds / 60, self.steps)


@dataclass(frozen=True)
class Adapted:
    """What came of it. ``kept``: whether the weights in use are other than those that ship.

    ``before``, ``after``: PSNR in dB on slices of the scan that it did not learn from, by the
    model as it was and by the one in use, or the best of those refused. ``steps``, ``seconds``:
    what it took. ``share``: how far the weights moved to the fitted ones, 0..1.
    """

    kept: bool
    before: float
    after: float
    steps: int
    seconds: float
    share: float = 0.0

    @property
    def gain(self) -> float:
        """``after`` over ``before``, in dB."""
        return self.after - self.before

    @property
    def found(self) -> str:
        """What adapting brought and, where it was not enough, what was asked for: a predicate."""
        change = "gained" if self.gain >= 0 else "lost"
        said = (
            f"{change} {abs(self.gain):.2f} dB on its held-out slices "
            f"({self.before:.2f} dB before, {self.after:.2f} dB after)"
        )
        if self.kept:
            return said
        return f"{said}, and a gain of {LEAST_GAIN:g} dB is asked for"
