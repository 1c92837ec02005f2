"""Tables of what can be built and trained. Cheap to import: torch loads when a network is built."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from srviewer.errors import UserError

if TYPE_CHECKING:
    from srviewer.nn.residual import ResidualNetwork

MAX_FACTOR = 16


@dataclass(frozen=True)
class TrainingPlan:
    """Everything that is needed to repeat a training run; stored in the model file.

    ``network``: a row of NETWORKS. ``width``: feature channels. ``blocks``: residual blocks.
    ``neighbours``: k; the network sees 2k + 1 adjacent slices. ``factors``: through-plane factors
    of one file, and ``factor_shares`` how often each is drawn. ``rows`` x ``columns``: a training
    patch in low-resolution pixels along and across the thick axis. ``steps`` or ``minutes`` of
    wall time bound the run, whichever is not 0. ``ema``: decay of the averaged weights that ship.
    ``train`` and ``validation``: names of the volumes, no person in both.
    Raises UserError for values that cannot be trained.
    """

    preset: str
    network: str = "residual"
    width: int = 32
    blocks: int = 9
    neighbours: int = 2
    factors: tuple[int, ...] = (2, 3, 4, 5, 6, 8)
    factor_shares: tuple[float, ...] = (0.28, 0.2, 0.28, 0.08, 0.08, 0.08)
    rows: int = 20
    columns: int = 40
    batch: int = 32
    learning_rate: float = 2e-3
    warm_up: int = 200
    ema: float = 0.999
    steps: int = 0
    minutes: float = 0.0
    seed: int = 0
    train: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        complaints = [
            text
            for bad, text in (
                (self.network not in {spec.id for spec in NETWORKS}, "no such network"),
                (not self.factors, "at least one factor is needed"),
                (any(not 2 <= f <= MAX_FACTOR for f in self.factors), "a factor is 2 to 16"),
                (len(set(self.factors)) != len(self.factors), "a factor is given twice"),
                (len(self.factors) != len(self.factor_shares), "one share per factor is needed"),
                (min(self.width, self.blocks, self.batch) < 1, "width, blocks, batch are >= 1"),
                (self.neighbours < 0, "neighbours is 0 or more"),
                (min(self.rows, self.columns) < 4, "a patch has 4 x 4 pixels or more"),
                (not 0 < self.learning_rate < 1, "the learning rate is between 0 and 1"),
                (not 0 <= self.ema < 1, "the EMA decay is at least 0 and below 1"),
                (bool(set(self.train) & set(self.validation)), "a volume is on both sides"),
            )
            if bad
        ]
        if complaints:
            raise UserError(f"This training plan cannot be run: {'; '.join(complaints)}.")

    def with_factors(self, factors: tuple[int, ...]) -> TrainingPlan:
        """This plan for other factors, each drawn equally often."""
        return replace(self, factors=factors, factor_shares=(1 / len(factors),) * len(factors))

    def to_json(self) -> dict[str, Any]:
        """The plan as plain JSON values."""
        return asdict(self)

    @staticmethod
    def from_json(values: dict[str, Any]) -> TrainingPlan:
        """A plan from JSON values; unknown and missing keys raise UserError."""
        known = {field.name for field in fields(TrainingPlan)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise UserError(f"This training plan has unknown fields: {', '.join(unknown)}.")
        if "preset" not in values:
            raise UserError("This training plan does not name its preset.")
        try:
            fixed: dict[str, Any] = {
                key: tuple(value) if isinstance(value, list) else value
                for key, value in values.items()
            }
            return TrainingPlan(**fixed)
        except TypeError as error:
            raise UserError(f"This training plan cannot be read: {error}.") from error

    def dumps(self) -> str:
        """The plan as a line of JSON."""
        return json.dumps(self.to_json(), sort_keys=True)


@dataclass(frozen=True)
class NetworkSpec:
    """A generator that can be built, trained, saved and loaded.

    ``build(plan)`` gives a torch module; its ``forward`` takes (B, 2k+1, H, W) slices, H along the
    thick axis, with a factor r, and gives (B, 1, r H, W).
    """

    id: str
    title: str
    build: Callable[[TrainingPlan], ResidualNetwork]


def _residual(plan: TrainingPlan) -> ResidualNetwork:
    from srviewer.nn.residual import ResidualNetwork  # a door to torch

    return ResidualNetwork(plan.width, plan.blocks, plan.neighbours, plan.factors)


NETWORKS = (NetworkSpec("residual", "Residual CNN, exact consistency", _residual),)


def network_spec(network_id: str) -> NetworkSpec:
    """The row of NETWORKS with this id; UserError when there is none."""
    for spec in NETWORKS:
        if spec.id == network_id:
            return spec
    known = ", ".join(spec.id for spec in NETWORKS)
    raise UserError(f"There is no network '{network_id}'. Known networks: {known}.")


@dataclass(frozen=True)
class Preset:
    """A named starting point for training; ``paper`` names the paper's row, or "" where ours."""

    name: str
    title: str
    paper: str
    adversarial: str
    losses: tuple[str, ...]
    plan: TrainingPlan


PRESETS = (
    Preset("fast", "Fast residual network for CPUs", "", "none", ("L1",), TrainingPlan("fast")),
)


def preset(name: str) -> Preset:
    """The row of PRESETS with this name; UserError when there is none."""
    for row in PRESETS:
        if row.name == name:
            return row
    known = ", ".join(row.name for row in PRESETS)
    raise UserError(f"There is no preset '{name}'. Known presets: {known}.")
