"""What a training run tells while it goes on."""

from dataclasses import dataclass, field

from srviewer.core.volumes.volume import Voxels
from srviewer.job import Progress
from srviewer.nn.models.model_file import Model


@dataclass(frozen=True, eq=False)
class Preview:
    """One held-out patch: (H, W) for slices, (H, W, 3) for colour; shares of the range.

    ``thick``: what the network was given, each pixel repeated to the size of the others.
    """

    thick: Voxels
    result: Voxels
    truth: Voxels


@dataclass(frozen=True)
class TrainStep(Progress):
    """A report of a run.

    ``step``: steps done. ``seconds``: wall time, that before a resume included. ``losses``: term ->
    mean since the last report, before weighting; ``loss``: their weighted sum for the generator.
    ``stage``: "pixels" or "adversarial". ``steps_per_second``: since the last report.
    ``waiting``: share of the time that the network waited for data. ``model``: the averaged
    weights so far, fit to be saved or measured. ``scores``: each comparable metric and that
    of cubic ("psnr", "psnr_cubic") on held-out patches, empty when not measured this time.
    ``checkpointed``: a checkpoint was just kept.
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
    preview: Preview | None = field(default=None, repr=False)
