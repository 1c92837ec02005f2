"""The acquisition model: exact block means, slice profiles, noise, geometry."""

from math import pi, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantoms import ORIENTATIONS, affine_of, rotation
from srviewer.core.acquisition.degradation import Degradation, consistency
from srviewer.core.acquisition.slice_profiles import PROFILES, Profile
from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.volumes.volume import Volume

axes = st.integers(0, 2)
factors = st.integers(2, 6)
profiles = st.sampled_from(PROFILES)
thicknesses = st.sampled_from((0.4, 0.7, 1.0, 1.3, 2.0))


def whole_numbers(shape: tuple[int, int, int], seed: int = 0) -> np.ndarray:
    """float32 voxels whose sums are exact."""
    return np.random.default_rng(seed).integers(0, 1000, shape).astype(np.float32)


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("factor", [2, 4])
def test_the_box_profile_is_exactly_the_mean_of_each_block(axis: int, factor: int) -> None:
    thin = whole_numbers((8, 16, 24))
    thick = Degradation(axis, factor).apply(thin)
    rows, thin_rows = np.moveaxis(thick, axis, 0), np.moveaxis(thin, axis, 0)
    assert len(rows) == len(thin_rows) // factor
    for number, row in enumerate(rows):
        block = thin_rows[number * factor : (number + 1) * factor]
        np.testing.assert_array_equal(row, block.astype(np.float64).mean(axis=0))


def test_a_remainder_at_the_far_end_is_dropped() -> None:
    thin = whole_numbers((4, 5, 11))
    thick = Degradation(2, 4).apply(thin)
    assert thick.shape == (4, 5, 2)
    np.testing.assert_array_equal(thick, Degradation(2, 4).apply(thin[:, :, :8]))


def test_what_the_thick_slices_cover(head: Volume) -> None:
    degradation = Degradation(1, 5)
    covered = degradation.covered(head)
    assert covered.geometry.shape == (40, 45, 36)
    np.testing.assert_array_equal(covered.voxels, head.voxels[:, :45])
    thick = degradation.thick_volume(head)
    assert thick.geometry.refined(1, 5).matches(covered.geometry)
    assert Degradation(2, 4).covered(head) is head


@given(profiles, factors, thicknesses)
def test_the_profile_is_centred_and_adds_up_to_one(
    profile: Profile, factor: int, thickness: float
) -> None:
    first, taps = Degradation(0, factor, profile, thickness).weights()
    assert taps.sum() == pytest.approx(1)
    assert (taps >= 0).all()
    centroid = float((taps * (first + np.arange(len(taps)))).sum())
    assert centroid == pytest.approx((factor - 1) / 2, abs=1e-9)


@pytest.mark.parametrize("thickness", [0.5, 1.0, 1.5])
def test_the_gaussian_is_as_wide_at_half_its_height_as_the_slice(thickness: float) -> None:
    factor = 64  # a fine grid, so that the width can be read off
    first, taps = Degradation(0, factor, "gaussian", thickness).weights()
    places = first + np.arange(len(taps))
    half = taps.max() / 2
    middle = int(taps.argmax())
    left = np.interp(half, taps[: middle + 1], places[: middle + 1])
    right = np.interp(half, taps[middle:][::-1], places[middle:][::-1])
    assert right - left == pytest.approx(thickness * factor, rel=0.01)


def test_thin_slices_leave_gaps() -> None:
    first, taps = Degradation(0, 4, "box", 0.5).weights()
    seen = {first + n: tap for n, tap in enumerate(taps) if tap > 0}
    assert seen == pytest.approx({1: 0.5, 2: 0.5})


@given(axes, factors, profiles, thicknesses, st.integers(0, 5))
def test_a_thick_voxel_is_the_weighted_sum_of_thin_ones(
    axis: int, factor: int, profile: Profile, thickness: float, remainder: int
) -> None:
    """Also where slices reach beyond the ends, which hold on, and a remainder is left."""
    degradation = Degradation(axis, factor, profile, thickness)
    shape = [3, 4, 5]
    shape[axis] = 4 * factor + min(remainder, factor - 1)
    thin = np.random.default_rng(3).standard_normal(shape).astype(np.float32)
    rows, thick = np.moveaxis(thin, axis, 0), np.moveaxis(degradation.apply(thin), axis, 0)
    first, taps = degradation.weights()
    assert len(thick) == 4
    for number, voxels in enumerate(thick):
        read = (number * factor + first + n for n in range(len(taps)))
        parts = [w * rows[min(max(n, 0), len(rows) - 1)] for w, n in zip(taps, read, strict=True)]
        np.testing.assert_allclose(voxels, sum(parts), atol=1e-5)


def test_overlapping_slices_see_their_neighbours() -> None:
    first, taps = Degradation(0, 2, "box", 2.0).weights()
    assert first == -1
    assert taps == pytest.approx([0.25] * 4)


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("profile", PROFILES)
def test_values_and_geometry_agree(axis: int, profile: Profile) -> None:
    """Whatever is linear in the patient stays so: the thick grid lies where the values say."""
    shape = [6, 7, 8]
    shape[axis] = 31
    for directions in ORIENTATIONS[::7]:
        turned = rotation((12, -7, 20)) @ directions
        geometry = Geometry((shape[0], shape[1], shape[2]), affine_of(turned, (0.8, 1.1, 0.9)))

        def slope(grid: Geometry) -> np.ndarray:
            places = grid.world(np.moveaxis(np.indices(grid.shape), 0, -1))
            return places @ (1.0, -2.0, 0.5)

        thin = Volume(slope(geometry).astype(np.float32), geometry, "slope")
        thick = Degradation(axis, 3, profile).thick_volume(thin)
        inner = [slice(None)] * 3
        inner[axis] = slice(2, -2)  # away from the ends, beyond which the last slice is repeated
        expected = slope(thick.geometry)
        np.testing.assert_allclose(thick.voxels[*inner], expected[*inner], atol=1e-3)


def test_the_thick_volume_says_how_it_was_made(head: Volume) -> None:
    thick = Degradation(2, 4, "gaussian", 1.2, noise=0.02, seed=5).thick_volume(head)
    assert thick.geometry.spacing == pytest.approx((1, 1, 4))
    assert thick.name == head.name
    [step] = thick.history
    for word in ("gaussian", "factor 4 along k", "1.2", "0.02", "seed 5"):
        assert word in step


def test_noise_is_repeatable_by_its_seed(head: Volume) -> None:
    def noisy(seed: int) -> np.ndarray:
        return Degradation(2, 4, noise=0.05, seed=seed).thick_volume(head).voxels

    np.testing.assert_array_equal(noisy(1), noisy(1))
    assert not np.array_equal(noisy(1), noisy(2))


def test_noise_is_rician() -> None:
    """Over nothing its mean is sigma sqrt(pi / 2); everywhere E[m^2] = A^2 + 2 sigma^2."""
    voxels = np.zeros((48, 48, 64), np.float32)
    voxels[:24] = 200
    thin = Volume(voxels, Geometry(voxels.shape, np.eye(4)), "half")
    sigma = 0.1 * measured_intensity(voxels).range
    assert sigma == pytest.approx(20)
    noisy = Degradation(2, 2, noise=0.1).thick_volume(thin).voxels.astype(np.float64)
    assert noisy.min() >= 0
    assert noisy[24:].mean() == pytest.approx(sigma * sqrt(pi / 2), rel=0.02)
    assert (noisy[:24] ** 2).mean() == pytest.approx(200**2 + 2 * sigma**2, rel=0.005)


def test_consistency_is_a_share_of_the_range(head: Volume, thick_head: Volume) -> None:
    degradation = Degradation(2, 4)
    exact = consistency(head.voxels, thick_head.voxels, degradation)
    assert (exact.rms, exact.max) == (0, 0)
    moved = thick_head.voxels.copy()
    data_range = measured_intensity(thick_head.voxels).range
    moved[3, 4, 5] += 0.5 * data_range  # one voxel, and too few to move the range
    off = consistency(head.voxels, moved, degradation)
    scale = data_range / measured_intensity(moved).range
    assert off.max == pytest.approx(0.5 * scale, rel=1e-3)
    assert off.rms == pytest.approx(0.5 * scale / sqrt(moved.size), rel=1e-3)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"factor": 1}, "a factor is 2 or more, not 1"),
        ({"axis": 3}, "no such degradation"),
        ({"profile": "sinc"}, "no such degradation"),
        ({"thickness": 0.0}, "not 0 times"),
        ({"noise": 1.0}, "to below 1, not 1"),
        ({"seed": -1}, "a seed is 0 or more, not -1"),
    ],
)
def test_a_degradation_that_cannot_be_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Degradation(**{"axis": 0, "factor": 2, **wrong})


def test_only_the_plain_box_is_a_block_mean() -> None:
    assert Degradation(0, 3).is_block_mean
    assert not Degradation(0, 3, "gaussian").is_block_mean
    assert not Degradation(0, 3, thickness=0.8).is_block_mean
