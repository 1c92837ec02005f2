"""The parts of a training plan, each field with its tip, unit and choices for forms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from srviewer.core.acquisition.slice_profiles import PROFILES

OBJECTIVES = ("none", "standard", "relativistic", "wasserstein", "relativistic-wasserstein")
DISCRIMINATOR_IDS = ("vgg", "unet", "conditional", "critic")

T = TypeVar("T")
Check = tuple[bool, str]


def setting(default: T, tip: str, unit: str = "", choices: Iterable[str] = ()) -> T:
    """A field of a plan, with what a form shows beside it.

    Args:
        default: Its default value.
        tip: What it means, in a few words.
        unit: Its unit, "" for none.
        choices: The only values that it takes; none for any value.

    Returns:
        A dataclass field with this metadata; typed as its default.
    """
    described: T = field(default=default, metadata=about(tip, unit, choices))
    return described


def file_setting(default: str, tip: str) -> str:
    """A field of a plan that may name a file.

    Args:
        default: Its default value.
        tip: What it means, in a few words.

    Returns:
        A dataclass field with this metadata; typed as its default.
    """
    described: str = field(default=default, metadata={**about(tip), "file": True})
    return described


def about(tip: str, unit: str = "", choices: Iterable[str] = ()) -> dict[str, Any]:
    """The metadata of a field: its meaning, unit and choices.

    Args:
        tip: What it means, in a few words.
        unit: Its unit, "" for none.
        choices: The only values that it takes; none for any value.

    Returns:
        The values under "tip", "unit" and "choices".
    """
    return {"tip": tip, "unit": unit, "choices": tuple(choices)}


@dataclass(frozen=True)
class LossWeights:
    """Weights of the terms of the generator's loss (eq. 17); 0 leaves a term out."""

    l1: float = setting(0.0, "Mean absolute difference to the truth; eta of eq. 17")
    mse: float = setting(0.0, "Mean squared difference to the truth")
    perceptual: float = setting(0.0, "L1 between features before their activation")
    texture: float = setting(0.0, "L1 between the Gram matrices of the features")
    adversarial: float = setting(0.0, "The adversarial term; lambda of eq. 17")

    def used(self) -> dict[str, float]:
        """The weights above 0, by the name of their term."""
        return {term: weight for term, weight in asdict(self).items() if weight > 0}

    @property
    def needs_features(self) -> bool:
        """Whether a feature network takes part."""
        return self.perceptual > 0 or self.texture > 0


PIXELS_ONLY = LossWeights(l1=1.0)


@dataclass(frozen=True)
class AdversarialPlan:
    """The discriminator of a plan, and the GAN objective of both networks."""

    objective: str = setting(
        "none", "The GAN objective; none for no discriminator", choices=OBJECTIVES
    )
    discriminator: str = setting(
        "vgg", "The discriminator; used where there is an objective", choices=DISCRIMINATOR_IDS
    )
    width: int = setting(32, "Channels of the discriminator's first layer", "channels")
    warm_start: float = setting(
        0.5, "Warm start: share of the run that trains on L1 alone", "share"
    )
    learning_rate: float = setting(1e-4, "Of both networks after the warm start")
    penalty: float = setting(10.0, "Weight of the critic's gradient penalty")

    def checks(self) -> Iterable[Check]:
        """Check the values: (wrong, complaint) pairs."""
        yield self.objective not in OBJECTIVES, f"no objective '{self.objective}'"
        yield self.discriminator not in DISCRIMINATOR_IDS, f"no such {self.discriminator}"
        yield self.width < 1, "the discriminator's width is >= 1"
        yield not 0 <= self.warm_start < 1, "warm_start is at least 0 and below 1"
        yield not 0 < self.learning_rate < 1, "the adversarial learning rate is between 0 and 1"
        yield self.penalty < 0, "the gradient penalty is 0 or more"


@dataclass(frozen=True)
class DataPlan:
    """Degradation and augmentation of training pairs; each range is drawn from evenly."""

    profiles: tuple[str, ...] = setting(
        ("box",), "Slice profiles, drawn equally often", choices=PROFILES
    )
    thickness: tuple[float, float] = setting(
        (1.0, 1.0), "Slice thickness; below 1 leaves gaps, above 1 overlaps", "of the spacing"
    )
    noise: tuple[float, float] = setting(
        (0.0, 0.0), "Rician noise in the thick slices", "share of the intensity range"
    )
    intensity: tuple[float, float] = setting((0.6, 1.2), "Scale of all intensities", "factor")
    contrast: tuple[float, float] = setting((0.7, 1.4), "Gamma of bent contrasts", "exponent")
    contrast_share: float = setting(0.3, "How many patches get a bent contrast", "share")
    flip_share: float = setting(0.5, "How often each axis is mirrored", "share")
    plain_share: float = setting(
        0.0, "How many batches have box slices without gaps and noise anyway", "share"
    )
    remap_share: float = setting(
        0.0, "How many patches get random grey levels: other contrasts", "share"
    )
    bias: tuple[float, float] = setting(
        (0.0, 0.0), "Strength of the shading across a patch", "share of the intensity"
    )
    phantom_share: float = setting(
        0.0, "How many patches are smooth phantoms: waves and tilted plates", "share"
    )

    def checks(self) -> Iterable[Check]:
        """Check the values: (wrong, complaint) pairs."""
        unknown = not self.profiles or set(self.profiles) - set(PROFILES)
        yield bool(unknown), f"profiles are {' or '.join(PROFILES)}"
        yield not _within(self.thickness, 0.1, 4), "thickness is 0.1 to 4, the smaller first"
        yield not _within(self.noise, 0, 0.99), "noise is 0 to 0.99, the smaller first"
        yield not _within(self.intensity, 0.01, 100), "intensity is 0.01 to 100"
        yield not _within(self.contrast, 0.1, 10), "contrast is 0.1 to 10"
        yield not _within(self.bias, 0, 0.9), "bias is 0 to 0.9, the smaller first"
        shares = [value for name, value in asdict(self).items() if name.endswith("_share")]
        yield any(not 0 <= share <= 1 for share in shares), "a share is 0 to 1"


def _within(span: tuple[float, float], least: float, most: float) -> bool:
    return len(span) == 2 and least <= span[0] <= span[1] <= most
