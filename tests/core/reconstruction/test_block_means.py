"""Block means estimated from slices of other profiles."""

import numpy as np
import pytest

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.slice_profiles import Profile
from srviewer.core.reconstruction.block_means import BlockMeanFilter
from srviewer.core.volumes.volume import Volume

WIDE: list[tuple[Profile, float]] = [("gaussian", 1.0), ("gaussian", 1.3), ("box", 1.3)]


def test_block_means_stay_what_they_are(head: Volume) -> None:
    plain = Degradation(1, 3)
    thick = plain.apply(head.voxels)
    means = BlockMeanFilter(plain, 0.0).apply(thick)
    assert np.abs(means - thick).max() < 0.005 * thick.max()


@pytest.mark.parametrize(("profile", "width"), WIDE)
def test_the_filter_comes_nearer_to_block_means(profile: Profile, width: float) -> None:
    walk = np.random.default_rng(3).normal(size=(4, 5, 800)).cumsum(axis=2).astype(np.float32)
    degradation = Degradation(2, 4, profile, width)
    truth, thick = Degradation(2, 4).apply(walk), degradation.apply(walk)
    means = BlockMeanFilter(degradation, 0.0).apply(thick)
    inner = (slice(None), slice(None), slice(4, -4))
    before, after = (np.square(v - truth)[inner].mean() for v in (thick, means))
    assert after < 0.6 * before


def test_noise_is_amplified_less_where_there_is_more() -> None:
    degradation = Degradation(2, 4, "gaussian", 1.3)
    gains = [np.sum(BlockMeanFilter(degradation, noise).weights ** 2) for noise in (0, 0.01, 0.05)]
    assert gains == sorted(gains, reverse=True)
    assert BlockMeanFilter(degradation, 0.05).weights.sum() == pytest.approx(1)


def test_a_correction_adds_what_the_estimate_lacks(head: Volume) -> None:
    degradation = Degradation(2, 3, "gaussian", 1.0)
    thick = degradation.apply(head.voxels)
    linear = BlockMeanFilter(degradation, 0.0)
    means = linear.apply(thick)
    assert np.allclose(linear.corrected(means, head.voxels, thick), means, atol=1e-4)
    darker = linear.corrected(means, head.voxels - np.float32(5), thick)
    assert np.allclose(darker - means, 5, atol=1e-3)
