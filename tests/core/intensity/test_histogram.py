"""The steps of a histogram: those of whole numbers fit them."""

import numpy as np
import pytest

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.histogram import BINS, histogram
from srviewer.core.volumes.volume import Volume
from srviewer.job import run

SHAPE = (12, 11, 10)


def _volume(top: float, whole: bool) -> Volume:
    voxels = np.random.default_rng(3).uniform(-0.49, top + 0.49, SHAPE)
    voxels = np.rint(voxels) if whole else voxels
    return Volume(voxels.astype(np.float32), Geometry(SHAPE, np.eye(4)), "v")


@pytest.mark.parametrize(("top", "step"), [(0, 1), (40, 1), (255, 1), (256, 2), (700, 3)])
def test_each_step_holds_equally_many_whole_numbers(top: int, step: int) -> None:
    volume = _volume(top, whole=True)
    counted = run(histogram(volume))
    assert counted.counts.sum() == volume.voxels.size
    assert (counted.high - counted.low) / len(counted.counts) == step
    assert (counted.low - 0.5) % 1 == 0 and len(counted.counts) <= BINS


def test_fractions_have_the_finest_steps() -> None:
    counted = run(histogram(_volume(40, whole=False)))
    assert len(counted.counts) == BINS and counted.counts.sum() == np.prod(SHAPE)
