"""Training pairs cut on the fly from 2D images, downsampled by antialiased bicubic."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from srviewer.core.scores.bicubic import Image, resized
from srviewer.core.scores.image_scores import cropped
from srviewer.errors import UserError
from srviewer.nn.data.prefetching import BATCH_STREAM, PatchBatch, generator
from srviewer.nn.devices.processes import ALONE, Process
from srviewer.nn.plans.plan import TrainingPlan

LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


class ImagePatchSource:
    """Random patches of images (H, W, 3) in 0..1, the same ones for the same seed and step.

    They are mirrored and turned by quarters. An image too small for a patch at a factor is not used
    for that factor; UserError when there is none for some factor.
    """

    def __init__(
        self, images: Sequence[Image], plan: TrainingPlan, process: Process = ALONE
    ) -> None:
        self._plan = plan
        self._patches = process.patches(plan.batch)
        self._images = [in_channels(image, plan.channels) for image in images]
        self._small: dict[tuple[int, int], Image] = {}
        self._fitting = {factor: self._fitting_images(factor) for factor in plan.factors}

    def draw(self, step: int) -> PatchBatch:
        """Draw the batch of a step.

        Args:
            step: The number of the step, from 0.

        Returns:
            The same batch whenever it is drawn.
        """
        random = generator(self._plan.seed, step, BATCH_STREAM)
        shares = np.array(self._plan.factor_shares)
        factor = int(random.choice(self._plan.factors, p=shares / shares.sum()))
        pairs = [
            self._pair(factor, generator(self._plan.seed, step, patch + 1))
            for patch in self._patches
        ]
        inputs, targets = (np.stack([_channels_first(p[n]) for p in pairs]) for n in (0, 1))
        return PatchBatch.of(factor, inputs, targets)

    def _pair(self, factor: int, random: np.random.Generator) -> tuple[Image, Image]:
        number = int(random.choice(self._fitting[factor]))
        small = self._shrunk(number, factor)
        rows, columns = self._plan.rows, self._plan.columns
        top, left = random.integers([small.shape[0] - rows + 1, small.shape[1] - columns + 1])
        inputs = small[top : top + rows, left : left + columns]
        targets = self._images[number][
            factor * top : factor * (top + rows), factor * left : factor * (left + columns)
        ]
        quarters = 2 * int(random.integers(2)) if rows != columns else int(random.integers(4))
        step = int(random.choice((-1, 1)))
        return np.rot90(inputs, quarters)[:, ::step], np.rot90(targets, quarters)[:, ::step]

    def _shrunk(self, number: int, factor: int) -> Image:
        """The downsampled image; made once, on whichever thread needs it first."""
        key = (number, factor)
        if key not in self._small:
            whole = cropped(self._images[number], factor)
            self._small[key] = resized(whole, Fraction(1, factor))
        return self._small[key]

    def _fitting_images(self, factor: int) -> list[int]:
        """The numbers of the images that are large enough for a patch at this factor."""
        least = (factor * self._plan.rows, factor * self._plan.columns)
        fitting = [
            number
            for number, image in enumerate(self._images)
            if image.shape[0] >= least[0] and image.shape[1] >= least[1]
        ]
        if not fitting:
            raise UserError(
                f"No training image has {least[0]} x {least[1]} pixels, which factor {factor} and "
                f"patches of {self._plan.rows} x {self._plan.columns} need. Use smaller patches."
            )
        return fitting


def in_channels(image: Image, channels: int) -> Image:
    """Reduce an image to the channels of a network.

    Args:
        image: (H, W, 3) RGB in 0..1.
        channels: 3, or 1 for its luma (ITU-R BT.601).

    Returns:
        (H, W, ``channels``) in 0..1.
    """
    return image if channels == 3 else (image @ LUMA)[..., None]


def _channels_first(image: Image) -> Image:
    """(H, W, C) to (C, H, W)."""
    return np.ascontiguousarray(image.transpose(2, 0, 1))
