"""Bicubic resizing against values that hold by its definition."""

from fractions import Fraction

import numpy as np
import pytest

from srviewer.core.scores.bicubic import resized

HALF = Fraction(1, 2)


def picture(rows: int = 12, columns: int = 16) -> np.ndarray:
    """Asymmetric along both axes, so that a flip or a transpose shows."""
    row, column = np.mgrid[:rows, :columns]
    return (np.sin(row / 3) + 0.1 * column + 0.02 * row * column).astype(np.float32)


# The kernel with a = -1/2 at these distances in pixels.
KERNEL = {0.25: 0.8671875, 0.75: 0.2265625, 1.25: -0.0703125, 1.75: -0.0234375}


def test_enlarging_an_edge_by_hand() -> None:
    """New pixel 7 lies at old 3.25 and new pixel 8 at old 3.75; the edge is before old 4."""
    step = np.zeros((4, 8), np.float32)
    step[:, 4:] = 1
    row = resized(step, 2)[3]
    assert row[7] == pytest.approx(KERNEL[0.75] + KERNEL[1.75], abs=1e-6)
    assert row[8] == pytest.approx(KERNEL[0.25] + KERNEL[1.25], abs=1e-6)
    assert np.all(row[:5] == 0) and np.allclose(row[11:], 1)


def test_shrinking_an_impulse_by_hand() -> None:
    """Halving widens the kernel to eight pixels and halves it; new pixel n lies at 2 n + 1/2."""
    impulse = np.zeros((8, 32), np.float32)
    impulse[:, 16] = 1
    row = resized(impulse, HALF)[1]
    expected = {n: KERNEL[abs(16 - (2 * n + 0.5)) / 2] / 2 for n in range(6, 10)}
    assert {n: row[n] for n in expected} == pytest.approx(expected, abs=1e-6)
    assert row.sum() == pytest.approx(0.5, abs=1e-6) and np.count_nonzero(row) == 4


@pytest.mark.parametrize("scale", [2, 3, 4, HALF, Fraction(1, 3), Fraction(1, 4)])
def test_a_ramp_stays_a_ramp_inside(scale: Fraction | int) -> None:
    row, column = np.mgrid[:48, :60].astype(np.float32)
    large = resized(2 * row - 3 * column, scale)
    at_rows, at_columns = ((np.arange(n) + 0.5) / float(scale) - 0.5 for n in large.shape)
    expected = 2 * at_rows[:, None] - 3 * at_columns
    margin = int(np.ceil(2 * max(1, float(scale)) + 2))
    inside = slice(margin, -margin)
    np.testing.assert_allclose(large[inside, inside], expected[inside, inside], atol=1e-3)


@pytest.mark.parametrize("scale", [2, 3, HALF, Fraction(2, 3)])
def test_a_constant_stays_constant_up_to_its_borders(scale: Fraction | int) -> None:
    flat = np.full((10, 13, 3), 0.3, np.float32)
    np.testing.assert_allclose(resized(flat, scale), 0.3, atol=1e-6)


def test_axes_and_channels_do_not_mix() -> None:
    image = picture()
    assert np.allclose(resized(image.T, 3), resized(image, 3).T, atol=1e-5)
    assert np.allclose(resized(image[::-1], 2), resized(image, 2)[::-1], atol=1e-5)
    colour = np.stack([image, 2 * image, -image], axis=2)
    large = resized(colour, 2)
    assert large.shape == (24, 32, 3) and large.dtype == np.float32
    for n in range(3):
        assert np.array_equal(large[..., n], resized(colour[..., n], 2))


def test_borders_are_mirrored_about_the_outer_edge() -> None:
    image = picture()
    mirrored = np.pad(image, ((6, 6), (6, 6)), mode="symmetric")
    assert np.allclose(resized(image, HALF), resized(mirrored, HALF)[3:-3, 3:-3], atol=1e-5)
    assert np.allclose(resized(image, 2), resized(mirrored, 2)[12:-12, 12:-12], atol=1e-5)


def test_an_image_smaller_than_the_kernel() -> None:
    assert resized(np.ones((1, 2), np.float32), 4).shape == (4, 8)
    assert resized(np.ones((3, 3), np.float32), Fraction(1, 3)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("length", "scale", "expected"), [(9, 1 / 3, 3), (30, 0.1, 3), (5, 0.5, 3)]
)
def test_the_size_is_rounded_up_but_not_by_rounding_errors(
    length: int, scale: float, expected: int
) -> None:
    assert resized(np.ones((length, length), np.float32), scale).shape == (expected, expected)
