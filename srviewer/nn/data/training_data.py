"""What a run learns from and is measured on: volumes, or images."""

from collections.abc import Sequence
from dataclasses import dataclass

from srviewer.core.scores.bicubic import Image
from srviewer.core.volumes.volume import Volume
from srviewer.nn.data.image_pairs import ImagePatchSource
from srviewer.nn.data.prefetching import BatchSource
from srviewer.nn.data.validation import HeldOut, image_pairs, volume_pairs
from srviewer.nn.data.volume_pairs import PatchSource
from srviewer.nn.devices.processes import Process
from srviewer.nn.plans.plan import TrainingPlan


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
