"""The budget of a training run."""

import math
from dataclasses import dataclass

from srviewer.errors import UserError


@dataclass(frozen=True)
class Budget:
    """Bounds of a training run; the one that is reached first ends it.

    A run bounded by steps alone is repeatable.

    Attributes:
        minutes: Of wall time; 0 for no bound.
        steps: Training steps; 0 for no bound.

    Raises:
        UserError: There is no bound, or one that no run would reach.
    """

    minutes: float = 0.0
    steps: int = 0

    def __post_init__(self) -> None:
        if not self.steps and not self.minutes:
            raise UserError("Training needs a budget: give steps or minutes.")
        if min(self.steps, self.minutes) < 0 or not math.isfinite(self.minutes):
            raise UserError(
                f"A budget of {self.minutes:g} minutes and {self.steps} steps cannot be: give a "
                "number above 0."
            )

    def used(self, step: int, seconds: float) -> float:
        """The used share of the bound that is nearer.

        Args:
            step: Training steps done.
            seconds: Wall time used.

        Returns:
            0..1.
        """
        by_steps = step / self.steps if self.steps else 0.0
        by_time = seconds / 60 / self.minutes if self.minutes else 0.0
        return min(1.0, max(by_steps, by_time))
