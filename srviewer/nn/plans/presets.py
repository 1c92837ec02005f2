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
    """A named starting point for training; ``paper`` names the paper's row, or "" where ours.

    ``plan``: sized so that a CPU can train it in minutes (``at_published_size`` gives the
    literature's); None for what needs no training.
    """

    name: str
    title: str
    paper: str
    plan: TrainingPlan | None

    @property
    def id(self) -> str:
        """The name: what a preset is asked for by."""
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
    """A network of the paper: it sees one slice at a time."""
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
# Eq. 17 lets the features rule; with more weight on the pixels the sharper pair of a shipped
# network wins as much in texture and loses less PSNR.
HELD_TEXTURE = LossWeights(l1=1.0, perceptual=0.2, texture=1.0, adversarial=2e-2)

_OURS = replace(_rfa("ours"), neighbours=2)

# What ships must hold for scanners and contrasts that it has not seen. Most batches stay plain,
# since only for box slices does the last layer's exact block mean fit the truth.
ROBUST = DataPlan(
    profiles=("box", "gaussian"),
    thickness=(0.6, 1.2),
    noise=(0.0, 0.03),
    plain_share=0.6,
    remap_share=0.15,
    bias=(0.0, 0.3),
)
_FAST = TrainingPlan("fast", data=ROBUST)
_QUALITY = replace(
    _FAST, preset="quality", width=96, blocks=16, batch=64, rows=24, columns=48, learning_rate=8e-4
)


def _textured(plan: TrainingPlan, name: str) -> TrainingPlan:
    """The second weight set of a shipped network, for the way from fidelity to texture."""
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
    """The row of PRESETS with this name; UserError when there is none."""
    return find_row(PRESETS, name, "preset")


def training_plan(name: str) -> TrainingPlan:
    """The plan of a preset; UserError when there is none, or nothing to train."""
    plan = preset(name).plan
    if plan is None:
        raise UserError(
            f"'{name}' is interpolation and needs no training: reconstruct with --method cubic. "
            f"What can be trained: {', '.join(TRAINABLE)}."
        )
    return plan


def completed_plan(values: dict[str, Any]) -> TrainingPlan:
    """A plan from JSON values; what they leave out is as in the preset that they name.

    A run that starts from a model has no L1 stage unless the values ask for one. UserError for
    unknown fields, an unknown preset, or a plan that cannot be run.
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

    A preset that is no system of the paper has no such size and keeps its own.
    """
    if any(row.name == plan.preset and not row.paper for row in PRESETS):
        return plan
    adversary = replace(plan.adversarial, width=PUBLISHED_DISCRIMINATOR)
    sized = plan.sized(network_spec(plan.network).published)
    return replace(sized, adversarial=adversary) if plan.is_adversarial else sized
