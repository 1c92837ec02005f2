"""The table of presets: the paper's systems, each with a plan of its own."""

from dataclasses import dataclass, replace
from typing import Any

from srviewer.errors import UserError
from srviewer.nn.networks.generator_table import network_spec
from srviewer.nn.plans.parts import AdversarialPlan, DataPlan, LossWeights
from srviewer.nn.plans.plan import TrainingPlan
from srviewer.nn.plans.plan_json import check_names_preset
from srviewer.table import find_row

INTERPOLATION = "interpolation"
SMALL_DISCRIMINATOR, PUBLISHED_DISCRIMINATOR = 16, 64  # channels of the first layer


@dataclass(frozen=True)
class Preset:
    """A named training plan.

    Attributes:
        name: The name, by which it is asked for.
        title: The name for people.
        paper: The paper's row of this system, "" where it is ours.
        plan: The plan, sized so that a CPU can train it in minutes (``at_published_size`` gives the
            literature's size); None where nothing is trained.
    """

    name: str
    title: str
    paper: str
    plan: TrainingPlan | None

    @property
    def id(self) -> str:
        """The name, as the column that tables are looked up by."""
        return self.name

    @property
    def generator(self) -> str:
        """The id in NETWORKS, or "interpolation"."""
        return self.plan.network if self.plan else INTERPOLATION

    @property
    def adversarial(self) -> str:
        """The objective and its discriminator, or "none"."""
        if self.plan is None or not self.plan.is_adversarial:
            return "none"
        return f"{self.plan.adversarial.objective} ({self.plan.adversarial.discriminator})"

    @property
    def losses(self) -> tuple[str, ...]:
        """The terms of the generator's loss."""
        return tuple(self.plan.losses.used()) if self.plan else ()


def _plan(name: str, network: str, width: int, blocks: int, inner: int = 0) -> TrainingPlan:
    """A plan of a network of the paper, which has one slice as its input."""
    return TrainingPlan(
        name,
        network,
        width,
        blocks,
        inner=inner,
        neighbours=0,
        batch=16,
        learning_rate=1e-3,
    )


def _against(
    plan: TrainingPlan, objective: str, discriminator: str, losses: LossWeights
) -> TrainingPlan:
    adversary = AdversarialPlan(objective, discriminator, width=SMALL_DISCRIMINATOR)
    return replace(plan, losses=losses, adversarial=adversary)


def _srresnet(name: str) -> TrainingPlan:
    return _plan(name, "srresnet", 32, 5)


def _rrdb(name: str) -> TrainingPlan:
    return _plan(name, "rrdb", 32, 2, 16)


def _rfa(name: str) -> TrainingPlan:
    return _plan(name, "rfa", 32, 2, 8)


# lambda = 5e-3 and eta = 1e-2 of eq. 17, as ESRGAN has them.
SQUARES = LossWeights(mse=1.0)
CONTENT = LossWeights(l1=1.0, adversarial=5e-3)
PERCEPTUAL = LossWeights(perceptual=1.0, adversarial=5e-3)
EQUATION_17 = LossWeights(l1=1e-2, perceptual=1.0, adversarial=5e-3)
WITH_TEXTURE = replace(EQUATION_17, texture=1.0)
# In eq. 17 the features dominate; with more weight on the pixels the texture model of a shipped
# network gains as much texture and loses less PSNR.
HELD_TEXTURE = LossWeights(l1=1.0, perceptual=0.2, texture=1.0, adversarial=2e-2)

_OURS = replace(_rfa("ours"), neighbours=2)

# Shipped models must hold for scanners and contrasts beyond their training set. Most batches have
# box slices, since only for those does the last layer's exact block mean fit the truth.
ROBUST = DataPlan(
    profiles=("box", "gaussian"),
    thickness=(0.6, 1.2),
    noise=(0.0, 0.03),
    plain_share=0.6,
    remap_share=0.15,
    bias=(0.0, 0.3),
)
_FAST = TrainingPlan("fast", data=ROBUST)
_STANDARD = replace(
    _FAST,
    preset="standard",
    width=48,
    blocks=12,
    rows=24,
    columns=48,
    learning_rate=1.2e-3,
    data=replace(ROBUST, phantom_share=0.06),
)
_QUALITY = replace(
    _FAST, preset="quality", width=96, blocks=16, batch=64, rows=24, columns=48, learning_rate=8e-4
)


def _textured(plan: TrainingPlan, name: str) -> TrainingPlan:
    """The plan of the texture model that belongs to a shipped network."""
    plan = replace(plan, preset=name, batch=plan.batch // 2)
    return _against(plan, "relativistic", "unet", HELD_TEXTURE)


PRESETS = (
    Preset("fast", "Fast residual network for CPUs", "", _FAST),
    Preset(
        "fast-texture",
        "Fast residual network, texture instead of fidelity",
        "",
        _textured(_FAST, "fast-texture"),
    ),
    Preset("standard", "Medium residual network for CPUs with 8-bit products", "", _STANDARD),
    Preset(
        "standard-texture",
        "Medium residual network, texture instead of fidelity",
        "",
        _textured(_STANDARD, "standard-texture"),
    ),
    Preset("quality", "Large residual network for GPUs", "", _QUALITY),
    Preset(
        "quality-texture",
        "Large residual network, texture instead of fidelity",
        "",
        _textured(_QUALITY, "quality-texture"),
    ),
    Preset("bicubic", "Cubic interpolation", "Bicubic", None),
    Preset("srcnn", "SRCNN", "SRCNN", replace(_plan("srcnn", "srcnn", 64, 1, 32), losses=SQUARES)),
    Preset(
        "fsrcnn", "FSRCNN", "FSRCNN", replace(_plan("fsrcnn", "fsrcnn", 56, 4, 12), losses=SQUARES)
    ),
    Preset("vdsr", "VDSR", "VDSR", replace(_plan("vdsr", "vdsr", 32, 8), losses=SQUARES)),
    Preset("srresnet", "SRResNet", "SRResNet", _srresnet("srresnet")),
    Preset("srgan", "SRGAN", "SRGAN", _against(_srresnet("srgan"), "standard", "vgg", PERCEPTUAL)),
    Preset(
        "cgan-srgan",
        "Conditional SRGAN",
        "CGAN-SRGAN",
        _against(_srresnet("cgan-srgan"), "standard", "conditional", PERCEPTUAL),
    ),
    Preset(
        "wgan-srgan",
        "Wasserstein SRGAN",
        "WGAN-SRGAN",
        _against(_srresnet("wgan-srgan"), "wasserstein", "critic", PERCEPTUAL),
    ),
    Preset(
        "esrgan", "ESRGAN", "ESRGAN", _against(_rrdb("esrgan"), "relativistic", "vgg", EQUATION_17)
    ),
    Preset(
        "esrgan-r",
        "ESRGAN with residual feature aggregation",
        "ESRGAN-R",
        _against(_rfa("esrgan-r"), "relativistic", "vgg", WITH_TEXTURE),
    ),
    Preset(
        "esrwgan-r",
        "ESRGAN-R with a relativistic critic",
        "ESRWGAN-R",
        _against(_rfa("esrwgan-r"), "relativistic-wasserstein", "critic", WITH_TEXTURE),
    ),
    Preset("ours-l1", "Ours, L1 only", "Ours-L1", replace(_OURS, preset="ours-l1")),
    Preset(
        "ours",
        "Ours: five slices, per-pixel discriminator, texture",
        "Ours",
        _against(_OURS, "relativistic", "unet", WITH_TEXTURE),
    ),
    # Table 1 ticks dense block, improved adversarial loss, perceptual and texture loss.
    Preset(
        "table1-model1",
        "Ablation: none of the four",
        "Table 1, Model 1",
        _against(_srresnet("table1-model1"), "standard", "vgg", CONTENT),
    ),
    Preset(
        "table1-model2",
        "Ablation: dense block",
        "Table 1, Model 2",
        _against(_rrdb("table1-model2"), "standard", "vgg", CONTENT),
    ),
    Preset(
        "table1-model3",
        "Ablation: perceptual and texture loss",
        "Table 1, Model 3",
        _against(_srresnet("table1-model3"), "standard", "vgg", WITH_TEXTURE),
    ),
    Preset(
        "table1-model4",
        "Ablation: all but the dense block",
        "Table 1, Model 4",
        _against(_srresnet("table1-model4"), "relativistic", "vgg", WITH_TEXTURE),
    ),
    Preset(
        "table1-model5",
        "Ablation: all four",
        "Table 1, Model 5",
        _against(_rrdb("table1-model5"), "relativistic", "vgg", WITH_TEXTURE),
    ),
    Preset(
        "model-i",
        "Generator of ESRGAN-R, discriminator and losses of ESRGAN",
        "Table 4, Model I",
        _against(_rfa("model-i"), "relativistic", "vgg", EQUATION_17),
    ),
    Preset(
        "model-ii",
        "Generator of ESRGAN, critic and losses of ESRWGAN-R",
        "Table 5, Model II",
        _against(_rrdb("model-ii"), "relativistic-wasserstein", "critic", WITH_TEXTURE),
    ),
)
TRAINABLE = tuple(row.name for row in PRESETS if row.plan is not None)


def preset(name: str) -> Preset:
    """Look up a row of PRESETS.

    Args:
        name: The name of the preset.

    Returns:
        The row.

    Raises:
        UserError: There is no such row.
    """
    return find_row(PRESETS, name, "preset")


def training_plan(name: str) -> TrainingPlan:
    """The plan of a preset.

    Args:
        name: The name of the preset.

    Returns:
        The plan.

    Raises:
        UserError: There is no such preset, or it is an interpolation, which is not trained.
    """
    plan = preset(name).plan
    if plan is None:
        raise UserError(
            f"'{name}' is interpolation and needs no training: reconstruct with --method cubic. "
            f"What can be trained: {', '.join(TRAINABLE)}."
        )
    return plan


def completed_plan(values: dict[str, Any]) -> TrainingPlan:
    """Complete a plan that lacks values with those of its preset.

    A run that starts from a model has no L1 stage unless the values ask for one.

    Args:
        values: JSON values that name a preset, and any other fields of a plan.

    Returns:
        The plan.

    Raises:
        UserError: A field or the preset is unknown, or the plan cannot be run.
    """
    check_names_preset(values)
    plan = training_plan(values["preset"]).to_json()
    if values.get("start_from"):
        plan["adversarial"]["warm_start"] = 0.0
    for name, value in values.items():
        within = isinstance(value, dict) and isinstance(plan.get(name), dict)
        plan[name] = {**plan[name], **value} if within else value
    return TrainingPlan.from_json(plan)


def at_published_size(plan: TrainingPlan) -> TrainingPlan:
    """The plan with its networks as large as in the literature: for a GPU.

    Args:
        plan: The plan of a preset.

    Returns:
        The plan; unchanged for a preset that is no system of the paper.
    """
    if any(row.name == plan.preset and not row.paper for row in PRESETS):
        return plan
    adversary = replace(plan.adversarial, width=PUBLISHED_DISCRIMINATOR)
    sized = plan.sized(network_spec(plan.network).published)
    return replace(sized, adversarial=adversary) if plan.is_adversarial else sized
