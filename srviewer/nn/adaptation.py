"""How long a network is fitted to one scan, and what came of it. Loads no torch."""

from dataclasses import dataclass

from srviewer.errors import UserError
from srviewer.nn.budget import Budget

# Smaller gains in the plane did not carry over to the thick axis where that was measured
# (docs/trust.md), so the model is used as it was.
LEAST_GAIN = 0.2  # dB


def worth_keeping(before: float, after: float) -> bool:
    """Whether held-out slices are restored so much better that the adapted weights are used."""
    return after >= before + LEAST_GAIN


@dataclass(frozen=True)
class Adaptation:
    """``seconds`` of wall time or ``steps``, whichever ends first; 0 for no bound.

    Bounded by steps alone it is repeatable: the same ``seed`` gives the same weights.
    Raises UserError for what cannot be.
    """

    seconds: float = 0.0
    steps: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.seconds, self.steps, self.seed) < 0 or not (self.seconds or self.steps):
            raise UserError("Adapting to a scan needs a number of seconds above 0.")

    @property
    def budget(self) -> Budget:
        """As the training loop counts."""
        return Budget(self.seconds / 60, self.steps)


@dataclass(frozen=True)
class Adapted:
    """What came of it. ``kept``: whether the adapted weights are in use.

    ``before``, ``after``: PSNR in dB on slices of the scan that it did not learn from, by the
    model as it was and as it became. ``steps``, ``seconds``: what it took.
    """

    kept: bool
    before: float
    after: float
    steps: int
    seconds: float

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
        return said if self.kept else f"{said}, and a gain of {LEAST_GAIN:g} dB is asked for"
