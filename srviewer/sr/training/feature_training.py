"""Training of the feature network of the perceptual losses, from files to its file."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from srviewer.job import Job, within
from srviewer.nn.plans.budget import Budget
from srviewer.sr.training.data import volume_data

if TYPE_CHECKING:
    from srviewer.nn.training.pretext import TrainedFeatures


def trained_features(
    paths: Sequence[Path], output: Path, budget: Budget, seed: int
) -> Job["TrainedFeatures"]:
    """Read thin volumes, train the feature network on its pretext task, and save it.

    Args:
        paths: The training set.
        output: The file of the feature network.
        budget: Steps or minutes.
        seed: Of weights and patches.

    Returns:
        A job whose result is the network.

    Raises:
        UserError: As ``volume_data`` and ``train_features``.
    """
    from srviewer.nn.training.pretext import train_features  # lazy: loads torch

    data = yield from within(volume_data(paths, ()), 0.0, 0.1)
    features = yield from within(train_features(data.learned, budget, seed), 0.1, 1.0)
    features.save(output)
    return features
