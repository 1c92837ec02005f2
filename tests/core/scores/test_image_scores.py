"""The protocols of 2D images: by hand and against scikit-image."""

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from srviewer.core.scores.image_scores import (
    PROTOCOLS,
    cropped,
    in_eight_bits,
    luma,
    protocol,
    score,
    shrunk,
)
from srviewer.errors import UserError


def pictures(rows: int = 40, columns: int = 52) -> tuple[np.ndarray, np.ndarray]:
    """A smooth colour image and a noisy copy, both of 8-bit values in 0..1."""
    row, column = np.mgrid[:rows, :columns]
    waves = [np.sin(row / (4 + n)) * np.cos(column / (7 - n)) for n in range(3)]
    truth = in_eight_bits(0.5 + 0.4 * np.stack(waves, axis=2).astype(np.float32))
    noise = np.random.default_rng(4).normal(0, 0.04, truth.shape).astype(np.float32)
    return truth, in_eight_bits(truth + noise)


def test_rgb_agrees_with_scikit_image() -> None:
    truth, guess = pictures()
    result = score(truth, guess, 2, protocol("rgb"))
    assert result.psnr == pytest.approx(
        peak_signal_noise_ratio(truth, guess, data_range=1.0), abs=1e-4
    )
    expected = structural_similarity(
        truth,
        guess,
        data_range=1.0,
        channel_axis=2,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    assert result.ssim == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_y_is_the_luma_inside_the_border(factor: int) -> None:
    truth, guess = pictures()
    spoilt = guess.copy()
    spoilt[:factor] = spoilt[:, -factor:] = 0
    inside = slice(factor, -factor)
    one, other = luma(truth)[inside, inside], luma(guess)[inside, inside]
    expected = -10 * np.log10(np.mean((one.astype(np.float64) - other) ** 2))
    assert score(truth, spoilt, factor, protocol("y")).psnr == pytest.approx(expected, abs=1e-6)
    assert score(truth, spoilt, factor, protocol("rgb")).psnr < expected - 5


@pytest.mark.parametrize(
    ("colour", "level"),
    # MATLAB's rgb2ycbcr of the 8-bit primaries
    [((0, 0, 0), 16), ((1, 1, 1), 235), ((1, 0, 0), 81), ((0, 1, 0), 145), ((0, 0, 1), 41)],
)
def test_luma_of_the_primaries(colour: tuple[int, int, int], level: int) -> None:
    pixel = np.array(colour, np.float32)[None, None]
    assert luma(pixel)[0, 0, 0] * 255 == pytest.approx(level)


def test_psnr_by_hand() -> None:
    truth = np.full((20, 24, 3), 100 / 255, np.float32)
    guess = truth.copy()
    guess[..., 1] += 6 / 255  # mean square error 36 / 3
    assert score(truth, guess, 2, protocol("rgb")).psnr == pytest.approx(
        10 * np.log10(255**2 / 12), abs=1e-4
    )


def test_the_candidate_is_clipped_and_rounded_first() -> None:
    truth = np.ones((20, 24, 3), np.float32)
    guess = truth + np.float32(0.3)
    for row in PROTOCOLS:
        equal = score(truth, guess, 2, row)
        assert equal.psnr == float("inf") and equal.ssim == pytest.approx(1)
        assert score(truth, truth - np.float32(0.4 / 255), 2, row).psnr == float("inf")


def test_eight_bits_round_half_up_as_matlab_does() -> None:
    values = np.array([-1, 0.5 / 255, 1.5 / 255, 2.5 / 255, 2], np.float64)
    assert (in_eight_bits(values) * 255).round(4).tolist() == [0, 1, 2, 3, 255]


def test_an_image_is_cropped_to_a_multiple() -> None:
    image = np.arange(7 * 9 * 3, dtype=np.float32).reshape(7, 9, 3)
    assert np.array_equal(cropped(image, 4), image[:4, :8])
    assert cropped(image[:6], 3).shape == (6, 9, 3)


def test_the_small_image_has_eight_bits() -> None:
    small = shrunk(pictures()[0], 4)
    assert small.shape == (10, 13, 3)
    assert np.allclose(small * 255, np.round(small * 255), atol=1e-4)


def test_what_cannot_be_scored_is_said() -> None:
    tiny = np.zeros((10, 40, 3), np.float32)
    with pytest.raises(UserError, match="40 x 10 pixels is too small"):
        score(tiny, tiny, 2, protocol("rgb"))
    edge = np.zeros((14, 40, 3), np.float32)
    with pytest.raises(UserError, match="factor 2"):
        score(edge, edge, 2, protocol("y"))
    with pytest.raises(UserError, match="Known: rgb, y"):
        protocol("lab")
