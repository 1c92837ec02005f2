"""The pretext task on which the feature network is trained: to grade blur and noise of patches.

Patches of thin slices are degraded at random, and the network classifies three things: the factor
by which the rows were degraded and interpolated back (1, 2, 3, 4, 6 or 8), that of the columns,
and the noise (three levels). Each needs a sense of sharpness in its direction, and of texture apart
from noise: what a result of super-resolution should share with its target, and what differences of
pixels do not show. The labels are free: no annotation, no data but the volumes, no weights whose
licence forbids shipping them. (Predicting quarter turns was tried and dropped: patches of all six
groups, mirrored at random, have no upright.)
Command: ``srviewer train-features PATH... -o features.safetensors --minutes 4``.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.percentage import percentage
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import Job, Progress
from srviewer.nn.data.prefetching import BATCH_STREAM, generator
from srviewer.nn.data.volume_pairs import PatchSource
from srviewer.nn.inference.infer import weights_of
from srviewer.nn.models.feature_network import FORMAT, WIDTHS, FeatureNetwork
from srviewer.nn.models.safetensors_file import Arrays, write_arrays
from srviewer.nn.plans.budget import Budget
from srviewer.nn.plans.plan import TrainingPlan

FACTORS = (1, 2, 3, 4, 6, 8)
NOISES = (0.0, 0.03, 0.08)  # shares of the range
QUESTIONS = (("rows", len(FACTORS)), ("columns", len(FACTORS)), ("noise", len(NOISES)))
SIDE = 48  # pixels of a patch; a multiple of every factor
BATCH = 32
LEARNING_RATE = 1e-3
CALIBRATION_BATCHES = 8
# A plan only to cut patches with: fine ones of SIDE x SIDE, whatever their factor.
CUTTING = TrainingPlan(
    "fast", neighbours=0, factors=(2,), factor_shares=(1.0,), rows=SIDE // 2, columns=SIDE
)


@dataclass(frozen=True, eq=False)
class TrainedFeatures:
    """A trained feature network.

    Attributes:
        arrays: The content of a feature file.
        accuracy: The share of right answers, 0..1, for each of "rows", "columns" and "noise".
        steps: Training steps done.
        trained_on: The names of the volumes.
    """

    arrays: Arrays
    accuracy: dict[str, float]
    steps: int
    trained_on: tuple[str, ...]

    def save(self, path: Path) -> None:
        """Write a file that a plan's ``features`` may name.

        Args:
            path: The file.
        """
        write_arrays(
            path, self.arrays, {"format": FORMAT, "trained_on": "; ".join(self.trained_on)}
        )


def train_features(
    volumes: Sequence[Volume], budget: Budget, seed: int, widths: tuple[int, ...] = WIDTHS
) -> Job[TrainedFeatures]:
    """Train a feature network on the pretext task.

    Args:
        volumes: Thin volumes.
        budget: Bounds of the training.
        seed: Of all random choices.
        widths: Channels of the levels.

    Returns:
        A job with the network and its accuracy; UserError where a volume is too small or the seed
        cannot be.
    """
    patches = _Patches(volumes, seed)
    torch.manual_seed(seed)
    network, heads = FeatureNetwork(widths), _Heads(widths[-1])
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    weights = [*network.parameters(), *heads.parameters()]
    optimiser = torch.optim.Adam(weights, lr=LEARNING_RATE)
    started, step, done = time.monotonic(), 0, 0.0
    right: list[Tensor] = []
    while done < 1.0:
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * done))
        images, answers = patches.draw(step)
        guesses = heads(network(images))
        loss = torch.stack(
            [functional.cross_entropy(g, a) for g, a in zip(guesses, answers, strict=True)]
        ).sum()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        right = [*right[-49:], _right(guesses, answers)]
        step += 1
        done = budget.used(step, time.monotonic() - started)
        share = percentage(float(torch.stack(right).mean()))
        yield Progress(done, f"Step {step}, right answers {share}")
    _calibrate(network, patches, step)
    accuracy = torch.stack(right).mean(dim=0).tolist()
    return TrainedFeatures(
        dict(weights_of(network)),
        {name: right for (name, _), right in zip(QUESTIONS, accuracy, strict=True)},
        step,
        tuple(volume.name for volume in volumes),
    )


class _Heads(nn.Module):
    """Three classifiers, of the mean and the spread of the features of a patch."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.answers = nn.ModuleList(nn.Linear(2 * width, kinds) for _, kinds in QUESTIONS)

    def forward(self, features: Tensor) -> list[Tensor]:
        active = functional.relu(features)
        # The spread over the patch depends on its texture, the mean on its content.
        pooled = torch.cat([active.mean(dim=(2, 3)), active.std(dim=(2, 3))], dim=1)
        return [answer(pooled) for answer in self.answers]


class _Patches:
    """Degraded patches (B, 1, SIDE, SIDE) and their three labels, (B,) each."""

    def __init__(self, volumes: Sequence[Volume], seed: int) -> None:
        self._seed = seed
        self._source = PatchSource(volumes, replace(CUTTING, batch=BATCH, seed=seed))

    def draw(self, step: int) -> tuple[Tensor, list[Tensor]]:
        fine = self._source.draw(step).targets.numpy()[:, 0]
        # The stream after the last patch's: the source has used those before it.
        random = generator(self._seed, step, BATCH_STREAM + BATCH + 1)
        answers = [random.integers(kinds, size=BATCH) for _, kinds in QUESTIONS]
        images = [
            _worsened(patch, FACTORS[row], FACTORS[column], NOISES[n], int(random.integers(2**31)))
            for patch, row, column, n in zip(fine, *answers, strict=True)
        ]
        return torch.from_numpy(np.stack(images)[:, None]), [torch.from_numpy(a) for a in answers]


def _worsened(patch: Voxels, rows: int, columns: int, noise: float, seed: int) -> Voxels:
    """Rows and columns averaged in blocks of that length and interpolated back, then noise."""
    slab = patch[None]
    for axis, factor in ((1, rows), (2, columns)):
        if factor > 1:
            thick = Degradation(axis, factor).apply(slab)
            # Interpolated, as a result is smooth too: blocks would give the answer away.
            slab = cubic(thick, axis, thin_positions(SIDE // factor, factor))
    if noise:
        slab = Degradation(1, 2, noise=noise, seed=seed).noisy(slab, 1.0)
    return np.ascontiguousarray(slab[0], np.float32)


def _right(guesses: list[Tensor], answers: list[Tensor]) -> Tensor:
    pairs = zip(guesses, answers, strict=True)
    return torch.stack([(g.argmax(dim=1) == a).float().mean() for g, a in pairs])


def _calibrate(network: FeatureNetwork, patches: _Patches, step: int) -> None:
    """Set the scale so that the features' mean magnitude is 1."""
    with torch.no_grad():
        drawn = [patches.draw(step + n)[0] for n in range(CALIBRATION_BATCHES)]
        network.scale.copy_(torch.stack([network(images).abs().mean() for images in drawn]).mean())
