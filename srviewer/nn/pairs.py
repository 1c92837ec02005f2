"""Training pairs cut on the fly from thin volumes: the six groups of section 3.1.2."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from srviewer.core.degrade import Degradation
from srviewer.core.metrics import FOREGROUND_SHARE, intensity_range
from srviewer.core.planes import TRAINING_GROUPS, unstack
from srviewer.core.volume import Volume, Voxels
from srviewer.errors import UserError
from srviewer.nn.specs import TrainingPlan

TRIES_FOR_FOREGROUND = 8
LEAST_FOREGROUND = 0.2


@dataclass(frozen=True)
class PatchBatch:
    """``thick``: (B, 2k+1, rows, columns); ``thin``: (B, 1, factor * rows, columns)."""

    factor: int
    thick: Tensor
    thin: Tensor


class PatchSource:
    """Draws batches of random patches from thin volumes, the same ones for the same seed.

    Every batch has one factor; its patches come from random volumes, groups and places, flipped,
    scaled in intensity and sometimes bent in contrast, so that the network does not learn one
    scanner's grey values.
    """

    def __init__(self, volumes: Sequence[Volume], plan: TrainingPlan) -> None:
        self._plan = plan
        self._volumes = [volume.voxels / intensity_range(volume.voxels) for volume in volumes]
        self._random = np.random.default_rng(plan.seed)
        self._least = min(min(volume.geometry.shape) for volume in volumes)
        if self._least < max(plan.columns, 4 * max(plan.factors)):
            raise UserError(
                f"The smallest training volume has {self._least} voxels along one axis; factor "
                f"{max(plan.factors)} and patches of {plan.columns} columns need "
                f"{max(plan.columns, 4 * max(plan.factors))}. Leave it out, or use smaller ones."
            )

    def draw(self) -> PatchBatch:
        """The next batch."""
        plan = self._plan
        factor = int(self._random.choice(plan.factors, p=_normalised(plan.factor_shares)))
        pairs = [self._pair(factor) for _ in range(plan.batch)]
        thick = torch.from_numpy(np.stack([thick for thick, _ in pairs]))
        thin = torch.from_numpy(np.stack([thin for _, thin in pairs])[:, None])
        return PatchBatch(factor, thick.contiguous(memory_format=torch.channels_last), thin)

    def _pair(self, factor: int) -> tuple[Voxels, Voxels]:
        """One (2k+1, rows, columns) input and its (factor * rows, columns) truth."""
        slab = self._augmented(self._slab(factor))
        thick = Degradation(axis=1, factor=factor).apply(slab)
        return thick, slab[self._plan.neighbours]

    def _slab(self, factor: int) -> Voxels:
        """A (2k+1, factor * rows, columns) piece of a volume, preferably not all air."""
        for _ in range(TRIES_FOR_FOREGROUND):
            slab = self._random_slab(factor)
            if np.mean(slab[self._plan.neighbours] > FOREGROUND_SHARE) >= LEAST_FOREGROUND:
                break
        return slab

    def _random_slab(self, factor: int) -> Voxels:
        voxels = self._volumes[self._random.integers(len(self._volumes))]
        group = TRAINING_GROUPS[self._random.integers(len(TRAINING_GROUPS))]
        stack = unstack(voxels, group.thick, group.normal)
        reach = self._plan.neighbours
        rows = min(self._plan.rows, self._least // factor)
        size = (2 * reach + 1, factor * rows, self._plan.columns)
        corner = [
            int(self._random.integers(n - s + 1)) for n, s in zip(stack.shape, size, strict=True)
        ]
        return stack[tuple(slice(c, c + s) for c, s in zip(corner, size, strict=True))]

    def _augmented(self, slab: Voxels) -> Voxels:
        random = self._random
        for axis in range(3):
            if random.random() < 0.5:
                slab = np.flip(slab, axis)
        if random.random() < 0.3:
            slab = np.sign(slab) * np.abs(slab) ** np.float32(random.uniform(0.7, 1.4))
        return slab * np.float32(random.uniform(0.6, 1.2))


def _normalised(shares: tuple[float, ...]) -> np.ndarray:
    return np.array(shares) / sum(shares)
