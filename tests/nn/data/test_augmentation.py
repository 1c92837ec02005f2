from dataclasses import replace

import numpy as np
import pytest

from srviewer.core.volumes.volume import Volume
from srviewer.nn.data.augmentation import augment
from srviewer.nn.data.volume_pairs import PatchSource
from srviewer.nn.plans.parts import DataPlan
from srviewer.nn.plans.plan import TrainingPlan

UNCHANGED = DataPlan(intensity=(1.0, 1.0), contrast_share=0.0)
STAIRS = np.tile(np.linspace(0, 1, 40, dtype=np.float32), (3, 20, 1))


def augmented(data: DataPlan, seed: int = 0) -> np.ndarray:
    slab = STAIRS.copy()
    augment(slab, data, np.random.default_rng(seed))
    return slab


def test_nothing_changes_that_the_plan_leaves_out() -> None:
    assert np.array_equal(augmented(UNCHANGED), STAIRS)


def test_new_grey_levels_keep_air_and_sometimes_swap_tissues() -> None:
    data = replace(UNCHANGED, remap_share=1.0)
    curves = [augmented(data, seed)[1, 0] for seed in range(20)]
    for curve in curves:
        assert curve[0] == 0 and curve.min() >= 0 and curve.max() <= 1
        assert np.abs(np.diff(curve)).max() < 0.2  # no jump: edges stay where they were
    assert sum(np.diff(curve).min() < 0 for curve in curves) > 10


def test_shading_is_smooth_and_within_its_strength() -> None:
    field = augmented(replace(UNCHANGED, bias=(0.3, 0.3)))[:, :, 1:] / STAIRS[:, :, 1:]
    assert field.max() <= 1.3001 and field.min() >= 0.6999
    assert field.max() - field.min() > 0.3
    assert np.abs(np.diff(field, n=2, axis=1)).max() < 1e-5


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_plain_batches_have_no_noise(share: float, blobs: Volume) -> None:
    data = replace(UNCHANGED, noise=(0.1, 0.1), thickness=(0.6, 0.6), plain_share=share)
    plan = TrainingPlan(
        factors=(2,), factor_shares=(1.0,), neighbours=1, rows=8, columns=12, batch=4, data=data
    )
    batch = PatchSource([blobs], plan).draw(0)
    means = batch.targets.unflatten(2, (-1, 2)).mean(dim=3)
    plain = bool((batch.inputs[:, 1:2] - means).abs().max() < 1e-5)
    assert plain == (share == 1.0)
