"""Reports of a training run while it goes on."""

from dataclasses import dataclass, field

from srviewer.core.volumes.volume import Voxels
from srviewer.job import Progress
from srviewer.nn.models.model_file import Model


@dataclass(frozen=True, eq=False)
class PatchPreview:
    """A held-out patch: (H, W) for slices, (H, W, 3) for colour; shares of the intensity range.

    Attributes:
        thick: The input of the network, each pixel repeated to the size of the others.
        result: The output of the network.
        truth: The target.
    """

    thick: Voxels
    result: Voxels
    truth: Voxels


@dataclass(frozen=True)
class TrainStep(Progress):
    """Progress of a training run with losses, speed, scores and the model so far.

    Attributes:
        step: Training steps done.
        seconds: Wall time of the run, that before a resume included.
        loss: The weighted sum of the generator's loss terms.
        model: The averaged weights so far, fit to be saved or scored.
        losses: Mean of each loss term since the last report, before weighting.
        stage: "pixels" or "adversarial".
        learning_rate: Of the last step.
        steps_per_second: Since the last report.
        waiting: The share of the time in which the network waited for data, 0..1.
        scores: Mean score on held-out patches of each comparable metric and of its baseline
            ("psnr", "psnr_cubic"); empty in a report without scores.
        checkpointed: Whether a checkpoint was just written.
        preview: One of the held-out patches, None in a report without scores.
    """

    step: int
    seconds: float
    loss: float
    model: Model = field(repr=False)
    losses: dict[str, float] = field(default_factory=dict)
    stage: str = "pixels"
    learning_rate: float = 0.0
    steps_per_second: float = 0.0
    waiting: float = 0.0
    scores: dict[str, float] = field(default_factory=dict)
    checkpointed: bool = False
    preview: PatchPreview | None = field(default=None, repr=False)
