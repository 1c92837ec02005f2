"""Smooth phantoms: in range, repeatable, some flat, and drawn as often as the plan says."""

from dataclasses import replace

import numpy as np
import pytest

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.nn.data.smooth_phantoms import smooth_phantom
from srviewer.nn.data.volume_pairs import PatchSource
from srviewer.nn.plans.plan import TrainingPlan

SHAPE = (5, 48, 32)
PLAN = TrainingPlan("fast", factors=(2,), factor_shares=(1.0,), rows=8, columns=16, batch=4, seed=2)
PLAIN = replace(PLAN.data, flip_share=0.0, contrast_share=0.0, intensity=(1.0, 1.0))


def test_they_are_in_range_smooth_and_repeatable() -> None:
    flat = 0
    for seed in range(60):
        phantom = smooth_phantom(SHAPE, np.random.default_rng(seed))
        again = smooth_phantom(SHAPE, np.random.default_rng(seed))
        assert phantom.shape == SHAPE and phantom.dtype == np.float32
        assert np.array_equal(phantom, again)
        assert phantom.min() >= 0 and phantom.max() <= 1
        across = np.ptp(phantom, axis=(0, 2)).max()
        assert max(across, np.ptp(phantom, axis=1).max()) > 0.01
        flat += across < 1e-6
    assert 5 <= flat <= 40


def test_the_plan_says_how_often(blobs: Volume) -> None:
    never = PatchSource([blobs], replace(PLAN, data=PLAIN))
    always = PatchSource([blobs], replace(PLAN, data=replace(PLAIN, phantom_share=1.0)))
    other = replace(blobs, voxels=np.ascontiguousarray(blobs.voxels[::-1]))
    elsewhere = PatchSource([other], replace(PLAN, data=replace(PLAIN, phantom_share=1.0)))
    assert not np.array_equal(never.draw(0).targets, always.draw(0).targets)
    assert np.array_equal(elsewhere.draw(0).targets, always.draw(0).targets)


def test_a_share_above_one_is_refused() -> None:
    with pytest.raises(UserError, match="a share is 0 to 1"):
        replace(PLAN, data=replace(PLAIN, phantom_share=1.5))
