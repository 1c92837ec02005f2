"""What a run learns from and is measured on: volumes, or images."""

from collections.abc import Sequence
from dataclasses import dataclass

from srviewer.core.scores.bicubic import Image
from srviewer.core.volumes.volume import Volume
from srviewer.nn.batches import BatchSource
from srviewer.nn.held_out import HeldOut, image_pairs, volume_pairs
from srviewer.nn.image_pairs import ImagePatchSource
from srviewer.nn.pairs import PatchSource
from srviewer.nn.plan import TrainingPlan
from srviewer.nn.processes import Process


@dataclass(frozen=True, eq=False)
class Volumes:
    """Thin volumes, for the layout "axis"; nobody's scans are on both sides."""

    train: Sequence[Volume]
    validation: Sequence[Volume] = ()

    def source(self, plan: TrainingPlan, process: Process) -> BatchSource:
        """Where batches come from."""
        return PatchSource(self.train, plan, process)

    def held_out(self, plan: TrainingPlan) -> list[HeldOut]:
        """What is scored while training."""
        return volume_pairs(self.validation, plan)


@dataclass(frozen=True, eq=False)
class Images:
    """Images (H, W, 3) in 0..1, for the layout "image"."""

    train: Sequence[Image]
    validation: Sequence[Image] = ()

    def source(self, plan: TrainingPlan, process: Process) -> BatchSource:
        """Where batches come from."""
        return ImagePatchSource(self.train, plan, process)

    def held_out(self, plan: TrainingPlan) -> list[HeldOut]:
        """What is scored while training."""
        return image_pairs(self.validation, plan)


Material = Volumes | Images
