"""Training pairs cut on the fly from thin volumes: the six groups of section 3.1.2."""

from collections.abc import Sequence
from math import ceil

import numpy as np

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.intensity.intensity_range import shares_of
from srviewer.core.slices.planes import TRAINING_GROUPS, unstack
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.errors import UserError
from srviewer.nn.data.augmentation import augment
from srviewer.nn.data.patches import prefer_foreground, random_mirror_index, random_patch_index
from srviewer.nn.data.prefetching import BATCH_STREAM, PatchBatch, generator
from srviewer.nn.data.smooth_phantoms import smooth_phantom
from srviewer.nn.devices.processes import ALONE, Process
from srviewer.nn.plans.plan import TrainingPlan

LEAST_ROWS = 4


class PatchSource:
    """Random patches of thin volumes, the same ones for the same seed and step.

    Every batch has one factor and one slice profile; its patches come from random volumes, groups
    and positions, mirrored and augmented, so that the network does not depend on the intensities of
    one scanner. UserError when a volume is too small.
    """

    def __init__(
        self, volumes: Sequence[Volume], plan: TrainingPlan, process: Process = ALONE
    ) -> None:
        self._plan = plan
        self._patches = process.patches(plan.batch)
        self._volumes = [shares_of(volume) for volume in volumes]
        self._least = min(min(volume.geometry.shape) for volume in volumes)
        factor = max(plan.factors)
        margin = max(
            _margin(Degradation(1, factor, profile, plan.data.thickness[1]))  # type: ignore[arg-type]
            for profile in plan.data.profiles
        )
        needed = max(plan.columns, factor * (LEAST_ROWS + 2 * margin))
        if self._least < needed:
            raise UserError(
                f"The smallest training volume has {self._least} voxels along one axis; factor "
                f"{factor} and patches of {plan.columns} columns need {needed}. Leave it out, or "
                f"use smaller ones."
            )

    def draw(self, step: int) -> PatchBatch:
        """Draw the batch of a step.

        Args:
            step: The number of the step, from 0.

        Returns:
            The same batch whenever it is drawn.
        """
        random = generator(self._plan.seed, step, BATCH_STREAM)
        degradation = self._degradation(random)
        factor, margin = degradation.factor, _margin(degradation)
        rows = min(self._plan.rows, self._least // factor - 2 * margin)
        size = (2 * self._plan.neighbours + 1, factor * (rows + 2 * margin), self._plan.columns)
        slabs = np.empty((len(self._patches), *size), np.float32)
        for slab, patch in zip(slabs, self._patches, strict=True):
            self._fill(slab, generator(self._plan.seed, step, patch + 1))
        thick = self._thick(slabs, degradation, step)[:, :, margin : margin + rows]
        inner = slice(factor * margin, factor * (margin + rows))
        middle = self._plan.neighbours
        return PatchBatch.of(factor, thick, slabs[:, middle : middle + 1, inner])

    def _degradation(self, random: np.random.Generator) -> Degradation:
        """The acquisition model of one batch."""
        plan, data = self._plan, self._plan.data
        shares = np.array(plan.factor_shares)
        factor = int(random.choice(plan.factors, p=shares / shares.sum()))
        if data.plain_share and random.random() < data.plain_share:
            return Degradation(axis=1, factor=factor)
        return Degradation(
            axis=1,
            factor=factor,
            profile=data.profiles[random.integers(len(data.profiles))],  # type: ignore[arg-type]
            thickness=float(random.uniform(*data.thickness)),
            noise=float(random.uniform(*data.noise)),
            seed=int(random.integers(2**31)),
        )

    def _thick(self, slabs: Voxels, degradation: Degradation, step: int) -> Voxels:
        """(B, 2k+1, rows, columns), degraded along the rows, all patches at once."""
        batch, depth, rows, columns = slabs.shape
        thick = degradation.apply(slabs.reshape(batch * depth, rows, columns))
        thick = thick.reshape(batch, depth, -1, columns)
        if degradation.noise:
            for slab, patch in zip(thick, self._patches, strict=True):
                # Intensities are shares of the range already.
                slab[:] = degradation.seeded(degradation.seed + patch).noisy(slab, 1.0)
        return thick

    def _fill(self, slab: Voxels, random: np.random.Generator) -> None:
        """Fill (2k + 1, rows, columns) with a patch, augmented, preferably not all air."""
        middle, data = self._plan.neighbours, self._plan.data
        if data.phantom_share and random.random() < data.phantom_share:
            slab[:] = smooth_phantom(slab.shape, random)
        else:
            patch = prefer_foreground(
                lambda: self._random_patch(slab.shape, random), lambda patch: patch[middle]
            )
            slab[:] = patch[random_mirror_index(random, data.flip_share)]
        augment(slab, data, random)

    def _random_patch(self, size: tuple[int, ...], random: np.random.Generator) -> Voxels:
        voxels = self._volumes[random.integers(len(self._volumes))]
        group = TRAINING_GROUPS[random.integers(len(TRAINING_GROUPS))]
        stack = unstack(voxels, group.thick, group.normal)
        return stack[random_patch_index(stack.shape, size, random)]


def _margin(degradation: Degradation) -> int:
    """Thick rows by which a profile reads beyond the patch."""
    first, _ = degradation.weights()
    return ceil(-first / degradation.factor)
