"""One floor and one range for all shares and scores: adding a constant changes none of them."""

from dataclasses import replace

import numpy as np
import pytest

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.noise import noise_level
from srviewer.core.acquisition.zero_filling import zero_filling
from srviewer.core.comparison.comparison import Comparison
from srviewer.core.intensity.histogram import histogram
from srviewer.core.intensity.intensity_range import (
    Intensity,
    intensity_of_parts,
    measured_intensity,
)
from srviewer.core.intensity.window import robust_window
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import run

CONSTANTS = (-1500.0, 700.0, 1024.0, 32768.0)


def grainy(head: Volume) -> Volume:
    """A scan of a range of about 1000 in air of 0."""
    noise = np.random.default_rng(4).normal(0, 10, head.voxels.shape)
    voxels = np.maximum(head.voxels / head.voxels.max() * 1000 + noise, 0)
    return replace(head, voxels=voxels.astype(np.float32))


def moved(volume: Volume, constant: float) -> Volume:
    return replace(volume, voxels=volume.voxels + np.float32(constant))


@pytest.mark.parametrize("constant", CONSTANTS)
def test_a_constant_moves_the_floor_and_keeps_the_range(head: Volume, constant: float) -> None:
    plain, other = grainy(head), moved(grainy(head), constant)
    before, after = measured_intensity(plain.voxels), measured_intensity(other.voxels)
    assert before.floor == 0 and after.floor == pytest.approx(constant, abs=0.5)
    assert after.range == pytest.approx(before.range, rel=1e-3)
    np.testing.assert_array_equal(after.foreground(other.voxels), before.foreground(plain.voxels))
    np.testing.assert_allclose(
        after.shares(other.voxels), before.shares(plain.voxels), atol=1e-3, rtol=0
    )
    assert noise_level(other.voxels, 2) == pytest.approx(noise_level(plain.voxels, 2), rel=1e-2)


@pytest.mark.parametrize("constant", CONSTANTS)
def test_a_constant_changes_no_score(head: Volume, constant: float) -> None:
    plain = grainy(head)
    blurred = replace(plain, voxels=(plain.voxels + np.roll(plain.voxels, 1, axis=0)) / 2)
    before = run(Comparison(plain, blurred, "itself").scores())
    after = run(Comparison(moved(plain, constant), moved(blurred, constant), "itself").scores())
    assert after.floor == pytest.approx(constant, abs=0.5) and after.voxels == before.voxels
    for metric, tolerance in (("psnr", 0.02), ("ssim", 1e-3), ("mae", 0.01)):
        assert after.whole[metric] == pytest.approx(before.whole[metric], abs=tolerance)


@pytest.mark.parametrize("constant", CONSTANTS)
def test_window_and_histogram_move_with_a_constant(head: Volume, constant: float) -> None:
    plain, other = grainy(head), moved(grainy(head), constant)
    before, after = (robust_window(volume.voxels) for volume in (plain, other))
    assert (after.low, after.high) == pytest.approx(
        (before.low + constant, before.high + constant), abs=0.02
    )
    counts, same = run(histogram(plain)), run(histogram(other))
    assert (same.low, same.high) == pytest.approx(
        (counts.low + constant, counts.high + constant), abs=0.02
    )


@pytest.mark.parametrize("constant", CONSTANTS)
def test_noise_is_added_above_the_floor(head: Volume, constant: float) -> None:
    degradation = Degradation(2, 2, noise=0.05, seed=3)
    before, after = (
        degradation.thick_volume(volume).voxels
        for volume in (grainy(head), moved(grainy(head), constant))
    )
    np.testing.assert_allclose(after - np.float32(constant), before, atol=1.0)


def test_an_added_constant_hides_no_zero_filling(head: Volume) -> None:
    spectrum = np.fft.rfft(np.random.default_rng(1).normal(500, 80, (96, 96, 8)), axis=0)
    spectrum[32:] = 0
    voxels = np.fft.irfft(spectrum, 96, axis=0).astype(np.float32)
    grid = replace(head.geometry, shape=(96, 96, 8))
    shares = [
        [(one.axis, one.share) for one in zero_filling(scan, grid, 2)]
        for scan in (voxels, voxels + np.float32(1e6))
    ]
    assert shares[0] == shares[1] and shares[0][0][0] == 0


def floor_of(low: float, high: float) -> float:
    return measured_intensity(np.linspace(low, high, 20_001, dtype=np.float32)).floor


def test_a_floor_close_to_zero_is_zero() -> None:
    assert floor_of(0, 1000) == 0
    assert floor_of(46, 1000) == 0 and floor_of(-46, 1000) == 0  # below 5 % of the range
    assert floor_of(60, 1000) == pytest.approx(61, abs=1)
    assert floor_of(-60, 1000) == pytest.approx(-59, abs=1)


@pytest.mark.parametrize("constant", (0.0, 100.0, -1e4))
def test_images_with_hardly_a_range_have_one(constant: float) -> None:
    flat = np.full((9, 9, 9), 5 + constant, np.float32)
    assert measured_intensity(flat) == Intensity(5 + constant, 1.0)
    spot = flat.copy()
    spot[0, 0, 0] -= 3  # fewer than a thousandth of the voxels are dark
    few = measured_intensity(np.tile(spot, (2, 2, 1))[:17])
    assert few.range > 0 and np.isfinite(few.floor)


@pytest.mark.parametrize("scale", (1e-30, 1e-9, 1e30))
def test_values_of_any_size_fill_the_window(head: Volume, scale: float) -> None:
    plain = grainy(head).voxels
    found = robust_window(plain * np.float32(scale))
    assert found.width == pytest.approx(robust_window(plain).width * scale, rel=1e-4)
    assert robust_window(np.zeros_like(plain)).width > 0


def test_padding_does_not_count(head: Volume) -> None:
    plain = grainy(head).voxels
    voxels = np.concatenate([plain, np.full_like(plain, -32768)])
    found = measured_intensity(voxels, -32768)
    assert found == measured_intensity(plain)
    assert measured_intensity(voxels).range > 30_000  # which is what it does without being told
    parts: list[Voxels] = [voxels[:10], voxels[10:50], voxels[50:]]
    assert intensity_of_parts(lambda: iter(parts), -32768) == found
    assert measured_intensity(np.full(9, -1, np.float32), -1) == Intensity(0.0, 1.0)
