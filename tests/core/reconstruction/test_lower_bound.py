"""No voxel below a least value, and every slice as it was."""

from dataclasses import replace

import numpy as np
import pytest

from srviewer.core.acquisition.degradation import Degradation, residual
from srviewer.core.reconstruction import lower_bound as minimum
from srviewer.core.reconstruction.lower_bound import TOLERANCE, raised, raised_slab
from srviewer.core.volumes.volume import Voxels
from srviewer.job import run

RANGE = 100.0


def estimate_of(degradation: Degradation, noise: float = 4.0) -> tuple[Voxels, Voxels]:
    """A thin estimate with undershoots in its dark parts, and the truth without any."""
    random = np.random.default_rng(5)
    shape = [9, 11, 10]
    shape[degradation.axis] = 8 * degradation.factor
    low = random.normal(0, 1, shape).cumsum(degradation.axis) * 12
    truth = np.clip(low, 0, RANGE).astype(np.float32)
    return (truth + random.normal(0, noise, shape)).astype(np.float32), truth


def held(degradation: Degradation) -> tuple[Voxels, Voxels]:
    """An estimate that degrades to what the truth does: (estimate, the thick scan)."""
    estimate, truth = estimate_of(degradation)
    off = residual(estimate, degradation.apply(truth), degradation)
    estimate -= np.repeat(off, degradation.factor, degradation.axis)
    return estimate, degradation.apply(estimate)


@pytest.mark.parametrize("lowest", [0.0, 3.25, -1.5])
@pytest.mark.parametrize(("axis", "factor"), [(0, 2), (1, 4), (2, 7)])
def test_the_mean_of_each_block_stays_and_nothing_lies_below(
    axis: int, factor: int, lowest: float
) -> None:
    degradation = Degradation(axis, factor)
    estimate, _ = estimate_of(degradation)
    estimate += np.float32(lowest)
    before = estimate.copy()
    made = run(raised(estimate, degradation, lowest, RANGE))
    np.testing.assert_array_equal(estimate, before)
    assert estimate.min() < lowest and made.min() == np.float32(lowest)
    wanted = np.maximum(degradation.apply(estimate), np.float32(lowest))
    np.testing.assert_allclose(degradation.apply(made), wanted, atol=1e-5 * RANGE)
    blocks = np.moveaxis(estimate, axis, 0).reshape(8, factor, -1).min(axis=1) >= lowest
    same = np.moveaxis(made == estimate, axis, 0).reshape(8, factor, -1).all(axis=1)
    assert blocks.any() and same[blocks].all()


def test_a_block_becomes_the_nearest_of_its_mean() -> None:
    """Against every split into voxels at the least value and voxels lowered alike."""
    random = np.random.default_rng(2)
    blocks = random.normal(1, 2, (200, 5)).astype(np.float32)
    made = raised_slab(blocks.reshape(200, 5, 1), Degradation(1, 5), 0.0, RANGE)[:, :, 0]
    for block, found in zip(blocks, made, strict=True):
        mean = max(float(block.mean()), 0.0)
        ways = []
        for kept in range(1, 32):
            inside = np.array([kept >> n & 1 for n in range(5)], bool)
            lowered = np.where(inside, block - (block[inside].sum() - 5 * mean) / inside.sum(), 0)
            if lowered.min() >= -1e-6:
                ways.append(lowered)
        nearest = min(ways, key=lambda way: float(np.square(way - block).sum()))
        np.testing.assert_allclose(found, nearest, atol=1e-4)


@pytest.mark.parametrize(
    ("profile", "thickness"), [("gaussian", 1.0), ("box", 0.5), ("box", 1.5), ("gaussian", 0.6)]
)
def test_slices_of_another_profile_stay_within_the_tolerance(
    profile: str, thickness: float
) -> None:
    """Where a volume without undershoots that degrades to the same slices exists."""
    degradation = Degradation(1, 4, profile, thickness)  # type: ignore[arg-type]
    noisy, truth = estimate_of(degradation)
    matrix = replace(degradation, axis=0).apply(np.eye(truth.shape[1], dtype=np.float32))
    unseen = np.eye(truth.shape[1]) - np.linalg.pinv(matrix) @ matrix
    change = np.einsum("ab,ibk->iak", unseen, noisy - truth)
    change[0] = 0
    estimate = (truth + change).astype(np.float32)
    made = run(raised(estimate, degradation, 0.0, RANGE))
    assert estimate.min() < 0 <= made.min()
    off = degradation.apply(made) - degradation.apply(estimate)
    clipped = degradation.apply(np.maximum(estimate, 0)) - degradation.apply(estimate)
    assert np.abs(clipped).max() > 50 * TOLERANCE * RANGE
    assert np.abs(off).max() < 15 * TOLERANCE * RANGE
    assert (np.abs(off) <= 1.01 * TOLERANCE * RANGE).mean() > 0.9
    np.testing.assert_array_equal(made[0], estimate[0])


@pytest.mark.parametrize("profile", ["box", "gaussian"])
def test_slabs_give_every_bit(profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    degradation = Degradation(2, 4, profile)  # type: ignore[arg-type]
    estimate, _ = estimate_of(degradation)
    whole = raised_slab(estimate, degradation, 0.0, RANGE)
    monkeypatch.setattr(minimum, "ROUNDS_VOXELS", 700)
    monkeypatch.setattr("srviewer.core.volumes.slabwise.SLAB_VOXELS", 700)
    job = raised(estimate, degradation, 0.0, RANGE)
    np.testing.assert_array_equal(run(job), whole)
    turned = raised_slab(np.asfortranarray(estimate), degradation, 0.0, RANGE)
    np.testing.assert_array_equal(turned, whole)


def test_what_degrades_to_a_scan_still_does() -> None:
    degradation = replace(Degradation(0, 4))
    estimate, scan = held(degradation)
    made = raised_slab(estimate, degradation, float(scan.min()), RANGE)
    assert np.abs(residual(made, scan, degradation)).max() < 1e-5 * RANGE
