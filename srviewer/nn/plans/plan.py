"""The plan of a training run: all that is needed to repeat it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from srviewer.errors import UserError
from srviewer.nn.networks.generator_table import NETWORKS
from srviewer.nn.networks.shape import NetworkShape, Size
from srviewer.nn.plans.limits import limit_checks
from srviewer.nn.plans.parts import (
    PIXELS_ONLY,
    AdversarialPlan,
    Check,
    DataPlan,
    LossWeights,
    about,
    file_setting,
    setting,
)
from srviewer.nn.plans.plan_json import read_plan

MAX_FACTOR = 16
MAX_SEED = 2**32 - 1
LAYOUTS = ("axis", "image")
IMAGE_FACTORS = (2, 3, 4)
SCHEDULES = ("cosine", "step")
OWN_FEATURES = "own"

PLAIN_DATA = DataPlan()
NO_ADVERSARY = AdversarialPlan()


@dataclass(frozen=True)
class TrainingPlan:
    """Everything that is needed to repeat a training run; stored in the model file.

    The meaning of each field and its unit stand in its metadata, which forms and help texts show.

    Raises:
        UserError: A value cannot be trained with.
    """

    preset: str = setting("", "The preset that the plan started from")
    network: str = setting("residual", "The generator", choices=[row.id for row in NETWORKS])
    width: int = setting(32, "Feature channels", "channels")
    blocks: int = setting(9, "How often the network's block is repeated")
    neighbours: int = setting(2, "k: the network sees 2k + 1 adjacent slices", "slices")
    factors: tuple[int, ...] = setting((2, 3, 4, 5, 6, 8), "Every factor that one file can do")
    factor_shares: tuple[float, ...] = setting(
        (0.28, 0.2, 0.28, 0.08, 0.08, 0.08), "How often each factor is drawn", "share"
    )
    rows: int = setting(20, "Height of a training patch before it is refined", "pixels")
    columns: int = setting(40, "Width of a training patch before it is refined", "pixels")
    batch: int = setting(32, "Patches in one step, over all processes", "patches")
    learning_rate: float = setting(2e-3, "Of Adam, after the warm-up")
    warm_up: int = setting(200, "Steps in which the learning rate rises", "steps")
    ema: float = setting(0.999, "Decay of the averaged weights, which the model holds")
    steps: int = setting(0, "Bound of the run; 0 for none", "steps")
    minutes: float = setting(0.0, "Bound of the run in wall time; 0 for none", "minutes")
    seed: int = setting(0, "Of every random choice")
    train: tuple[str, ...] = setting((), "Names of the volumes or images of the training set")
    validation: tuple[str, ...] = setting((), "Names of the validation set, of other subjects")
    layout: str = setting(
        "axis", "axis: thicker slices to thinner; image: both axes of an image", choices=LAYOUTS
    )
    channels: int = setting(1, "Colour channels of an image; 1 for slices", "channels")
    inner: int = setting(0, "Channels of the network's narrow part, 0 where it has none")
    data: DataPlan = field(default=PLAIN_DATA, metadata=about("How pairs are made"))
    losses: LossWeights = field(default=PIXELS_ONLY, metadata=about("The generator's loss"))
    adversarial: AdversarialPlan = field(default=NO_ADVERSARY, metadata=about("The discriminator"))
    features: str = file_setting(
        OWN_FEATURES, "Network of the perceptual terms: own, or the file of a VGG19"
    )
    schedule: str = setting(
        "cosine", "Learning rate: cosine to 0, or halved in steps", choices=SCHEDULES
    )
    gradient_norm: float = setting(1.0, "Longest gradient; a longer one is scaled down")
    start_from: str = file_setting("", "A model file whose weights the run starts from")
    checkpoint_minutes: float = setting(2.0, "Between two checkpoints", "minutes")

    def __post_init__(self) -> None:
        complaints = [complaint for wrong, complaint in self._checks() if wrong]
        if complaints:
            raise UserError(f"This training plan cannot be run: {'; '.join(complaints)}.")

    def _checks(self) -> Iterable[Check]:
        yield self.network not in {spec.id for spec in NETWORKS}, "no such network"
        yield not self.factors, "at least one factor is needed"
        yield any(not 2 <= f <= MAX_FACTOR for f in self.factors), "a factor is 2 to 16"
        yield len(set(self.factors)) != len(self.factors), "a factor is given twice"
        yield len(self.factors) != len(self.factor_shares), "one share per factor is needed"
        yield any(s <= 0 for s in self.factor_shares), "a factor's share is above 0"
        yield min(self.width, self.blocks, self.batch) < 1, "width, blocks, batch are >= 1"
        yield self.neighbours < 0 or self.inner < 0, "neighbours and inner are 0 or more"
        yield self._needs_inner() and self.inner < 1, f"{self.network} needs inner >= 1"
        yield min(self.rows, self.columns) < 4, "a patch has 4 x 4 pixels or more"
        yield not 0 < self.learning_rate < 1, "the learning rate is between 0 and 1"
        yield not 0 <= self.ema < 1, "the EMA decay is at least 0 and below 1"
        yield min(self.steps, self.minutes, self.warm_up) < 0, "a budget is 0 or more"
        yield not 0 <= self.seed <= MAX_SEED, f"a seed is 0 to {MAX_SEED}"
        yield bool(set(self.train) & set(self.validation)), "a volume is on both sides"
        yield self.schedule not in SCHEDULES, f"a schedule is {' or '.join(SCHEDULES)}"
        yield self.gradient_norm <= 0, "the gradient norm is above 0"
        yield self.checkpoint_minutes <= 0, "the minutes between checkpoints are above 0"
        yield from limit_checks(asdict(self), self.losses, self.adversarial)
        yield from self._layout_checks()
        yield from self._loss_checks()
        yield from self.data.checks()
        yield from self.adversarial.checks()

    def _layout_checks(self) -> Iterable[Check]:
        image = self.layout == "image"
        yield self.layout not in LAYOUTS, f"a layout is {' or '.join(LAYOUTS)}"
        yield image and self.channels not in (1, 3), "images have 1 or 3 channels"
        yield image and self.neighbours != 0, "images have no neighbours"
        yield image and bool(set(self.factors) - set(IMAGE_FACTORS)), "images grow by 2, 3 or 4"
        yield not image and self.channels != 1, "slices have 1 channel"

    def _loss_checks(self) -> Iterable[Check]:
        weights = asdict(self.losses).values()
        yield min(weights) < 0 or max(weights) == 0, "losses are 0 or more, one of them above 0"
        plays = self.adversarial.objective != "none"
        yield plays != (self.losses.adversarial > 0), "an objective and its loss go together"

    def _needs_inner(self) -> bool:
        return any(spec.id == self.network and spec.published.inner for spec in NETWORKS)

    @property
    def size(self) -> Size:
        """The size of the network."""
        return Size(self.width, self.blocks, self.inner)

    @property
    def shape(self) -> NetworkShape:
        """Input, output and size of the network: all that is needed to build it."""
        return NetworkShape(self.layout, self.channels, self.neighbours, self.factors, self.size)

    @property
    def is_adversarial(self) -> bool:
        """Whether a discriminator takes part."""
        return self.adversarial.objective != "none"

    @property
    def seeks_texture(self) -> bool:
        """Whether it has a discriminator or feature losses, not a pixel loss alone."""
        return self.is_adversarial or self.losses.needs_features

    def sized(self, size: Size) -> TrainingPlan:
        """This plan for a network of another size.

        Args:
            size: The size of the network.

        Returns:
            The plan, all else unchanged.
        """
        return replace(self, width=size.width, blocks=size.blocks, inner=size.inner)

    def with_factors(self, factors: tuple[int, ...]) -> TrainingPlan:
        """This plan for other factors, each drawn equally often.

        Args:
            factors: The factors, 2 to MAX_FACTOR each.

        Returns:
            The plan, all else unchanged.
        """
        shares = (1 / max(1, len(factors)),) * len(factors)
        return replace(self, factors=factors, factor_shares=shares)

    def in_layout(self, layout: str) -> TrainingPlan:
        """This plan for slices or for RGB images.

        Args:
            layout: "axis" for slices, "image" for images.

        Returns:
            The plan, with the channels and patches of that layout, and the factors 2, 3 and 4 for
            images; unchanged where it has that layout.
        """
        if layout == self.layout:
            return self
        if layout == "axis":
            return replace(self, layout=layout, channels=1, rows=20, columns=40)
        return replace(
            self,
            layout=layout,
            channels=3,
            neighbours=0,
            factors=IMAGE_FACTORS,
            factor_shares=(1 / len(IMAGE_FACTORS),) * len(IMAGE_FACTORS),
            rows=24,
            columns=24,
            batch=16,
        )

    def differing(self, other: TrainingPlan) -> list[str]:
        """Compare two plans.

        Args:
            other: The plan to compare with.

        Returns:
            The names of the fields that differ.
        """
        mine, theirs = self.to_json(), other.to_json()
        return [name for name in mine if mine[name] != theirs[name]]

    def to_share(self) -> TrainingPlan:
        """This plan with file names without folders, which could identify who trained."""
        start, features = Path(self.start_from).name, Path(self.features).name
        return replace(self, start_from=start, features=features)

    def to_json(self) -> dict[str, Any]:
        """The plan as plain JSON values."""
        return asdict(self)

    @staticmethod
    def from_json(values: Any) -> TrainingPlan:
        """Read a plan from JSON values.

        Args:
            values: As ``to_json`` returns them, of this version or an earlier one; the preset must
                be there, other missing fields have their defaults.

        Returns:
            The plan.

        Raises:
            UserError: There is no preset, an unknown field, or a value that cannot be.
        """
        return read_plan(TrainingPlan, values)

    def dumps(self) -> str:
        """The plan as a line of JSON."""
        return json.dumps(self.to_json(), sort_keys=True)
