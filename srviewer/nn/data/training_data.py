"""Training and validation set of a run: volumes, or images."""

from collections.abc import Sequence
from dataclasses import dataclass

from srviewer.core.scores.bicubic import Image
from srviewer.core.volumes.volume import Volume
from srviewer.nn.data.image_pairs import ImagePatchSource
from srviewer.nn.data.prefetching import BatchSource
from srviewer.nn.data.validation import ValidationPair, image_pairs, volume_pairs
from srviewer.nn.data.volume_pairs import PatchSource
from srviewer.nn.devices.processes import Process
from srviewer.nn.plans.plan import TrainingPlan


@dataclass(frozen=True, eq=False)
class VolumeTrainingData:
    """Thin volumes, for the layout "axis", split by subject.

    Attributes:
        train: The training set.
        validation: The validation set.
    """

    train: Sequence[Volume]
    validation: Sequence[Volume] = ()

    def source(self, plan: TrainingPlan, process: Process) -> BatchSource:
        """The source of the training batches.

        Args:
            plan: The plan of the run.
            process: This process, which draws its share of each batch.

        Returns:
            Batches of the training set; UserError where it is too small for the plan.
        """
        return PatchSource(self.train, plan, process)

    def held_out(self, plan: TrainingPlan) -> list[ValidationPair]:
        """The pairs that are scored during the run.

        Args:
            plan: The plan of the run.

        Returns:
            Pairs of the validation set, none where it is empty.
        """
        return volume_pairs(self.validation, plan)


@dataclass(frozen=True, eq=False)
class ImageTrainingData:
    """Images (H, W, 3) in 0..1, for the layout "image".

    Attributes:
        train: The training set.
        validation: The validation set.
    """

    train: Sequence[Image]
    validation: Sequence[Image] = ()

    def source(self, plan: TrainingPlan, process: Process) -> BatchSource:
        """The source of the training batches.

        Args:
            plan: The plan of the run.
            process: This process, which draws its share of each batch.

        Returns:
            Batches of the training set; UserError where it is too small for the plan.
        """
        return ImagePatchSource(self.train, plan, process)

    def held_out(self, plan: TrainingPlan) -> list[ValidationPair]:
        """The pairs that are scored during the run.

        Args:
            plan: The plan of the run.

        Returns:
            Pairs of the validation set, none where it is empty.
        """
        return image_pairs(self.validation, plan)


Material = VolumeTrainingData | ImageTrainingData
