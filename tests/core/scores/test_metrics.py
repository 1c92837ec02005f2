"""PSNR, SSIM and MAE against values worked out by hand and against scikit-image."""

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from srviewer.core.intensity.intensity_range import Intensity, measured_intensity
from srviewer.core.scores.metrics import (
    METRICS,
    mae,
    psnr,
    ssim,
    ssim_map,
)
from srviewer.core.volumes.volume import Volume

EVERYTHING = np.ones((20, 30), bool)


def test_psnr_by_hand() -> None:
    reference = np.full((20, 30), 100, np.float32)
    candidate = reference.copy()
    candidate[0, 0] += 60  # mean square error 3600 / 600 = 6
    value = psnr(reference, candidate, 200.0, EVERYTHING)
    assert value == pytest.approx(10 * np.log10(200**2 / 6))
    assert psnr(reference, reference, 200.0, EVERYTHING) == float("inf")


def test_errors_outside_the_mask_do_not_count() -> None:
    reference = np.full((20, 30), 100, np.float32)
    candidate = reference + 4
    candidate[:, 15:] = -5000
    left = EVERYTHING.copy()
    left[:, 15:] = False
    assert psnr(reference, candidate, 100.0, left) == pytest.approx(10 * np.log10(100**2 / 16))
    assert mae(reference, candidate, 100.0, left) == pytest.approx(4)


@pytest.mark.parametrize("axis", range(3))
def test_the_ssim_map_agrees_with_scikit_image(head: Volume, axis: int) -> None:
    data_range = measured_intensity(head.voxels).range
    noise = np.random.default_rng(2).normal(0, 40, head.voxels.shape)
    blurred = (head.voxels + np.roll(head.voxels, 1, axis=axis)) / 2
    for candidate in (head.voxels + noise.astype(np.float32), blurred):
        for number in (5, 17, 30):
            truth, image = (np.take(v, number, axis=axis) for v in (head.voxels, candidate))
            _, expected = structural_similarity(
                truth,
                image,
                data_range=data_range,
                gaussian_weights=True,
                sigma=1.5,
                use_sample_covariance=False,
                full=True,
            )
            np.testing.assert_allclose(ssim_map(truth, image, data_range), expected, atol=1e-4)


def test_ssim_is_the_mean_of_its_map_over_the_mask(head: Volume) -> None:
    truth, image = head.voxels[20], head.voxels[21]
    inside = Intensity(0.0, 900.0).foreground(truth)
    expected = ssim_map(truth, image, 900.0)[inside].mean()
    assert ssim(truth, image, 900.0, inside) == pytest.approx(float(expected))
    assert ssim(truth, truth, 900.0, inside) == pytest.approx(1)


def test_the_range_is_a_percentile_of_what_is_brighter_than_the_mean() -> None:
    voxels = np.zeros(10_000, np.float32)
    voxels[:1001] = np.linspace(500, 1500, 1001)  # all above the mean of about 100
    assert measured_intensity(voxels).range == pytest.approx(1499, abs=0.1)


def test_the_range_of_odd_images() -> None:
    assert measured_intensity(np.full(50, 7, np.float32)).range == 1.0
    below = measured_intensity(np.linspace(-9, -2, 50, dtype=np.float32))
    assert (below.floor, below.range) == pytest.approx((-9, 7), rel=2e-3)


def test_the_foreground_is_above_five_percent_of_the_range() -> None:
    values = np.array([0, 4.9, 5.1, 100], np.float32)
    assert Intensity(0.0, 100.0).foreground(values).tolist() == [False, False, True, True]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.id)
def test_a_slice_with_under_one_percent_foreground_has_no_score(metric) -> None:
    reference = np.random.default_rng(0).uniform(0, 100, (20, 30)).astype(np.float32)
    few = np.zeros((20, 30), bool)
    few.flat[:5] = True  # of 600
    assert metric.score(reference, reference + 1, 100.0, few) is None
    few.flat[5] = True  # one percent
    assert metric.score(reference, reference + 1, 100.0, few) is not None
    assert metric.score(reference, reference + 1, 100.0, np.zeros_like(few)) is None
