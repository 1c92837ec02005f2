"""Emulated 8-bit convolutions are those of integers; rounded weights keep the sums of kernels."""

import numpy as np
import pytest
import torch
from numpy.lib.stride_tricks import sliding_window_view

from benchmarks.emulated_int8 import emulated_int8
from srviewer.nn.networks import int8_convolution
from srviewer.nn.networks.int8_convolution import Int8Convolution

WIDTH, STEP = 32, 2.0**-12  # a power of 2, so that float32 is exact


@pytest.fixture(scope="module")
def integers() -> tuple[torch.Tensor, torch.Tensor, np.ndarray]:
    """Values, whole weights of at most 127, and the sums of their products."""
    random = np.random.default_rng(1)
    values = random.integers(0, 256, (2, WIDTH, 9, 11), np.uint8)
    weight = random.integers(-127, 128, (WIDTH, WIDTH, 3, 3)).astype(np.int8)
    weight[:, 0, 0, 0] = 127  # the largest of every output channel
    seen = sliding_window_view(values.astype(np.int32), (3, 3), axis=(2, 3))
    sums = np.einsum("bchwij,ocij->bohw", seen, weight.astype(np.int32))
    return torch.from_numpy(values), torch.from_numpy(weight).float(), sums


def test_they_are_those_of_integers(
    integers: tuple[torch.Tensor, torch.Tensor, np.ndarray],
) -> None:
    values, weight, sums = integers
    none = torch.zeros(WIDTH)
    with emulated_int8():
        convolution = Int8Convolution(STEP * weight, none, none)
        plain = convolution.plain(values)
        rectified = convolution.rectified(values)
        added = convolution.added(values, torch.ones_like(plain))
    np.testing.assert_array_equal(plain.numpy() / STEP, sums)
    assert rectified.dtype == torch.uint8
    np.testing.assert_array_equal(rectified, np.clip(np.rint(sums * STEP), 0, 255))
    np.testing.assert_array_equal(added.numpy(), 1 + STEP * sums)


def test_sums_too_large_for_float32_are_refused() -> None:
    weight = torch.ones(1, 600, 3, 3)
    with emulated_int8(), pytest.raises(ValueError, match="too large"):
        convolution = Int8Convolution(weight, torch.zeros(1), torch.zeros(600))
        convolution.plain(torch.zeros((1, 600, 4, 4), dtype=torch.uint8))


def test_weights_are_packed_for_each_shape_and_not_kept_for_all(
    integers: tuple[torch.Tensor, torch.Tensor, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    values, weight, sums = integers
    shapes = []
    with emulated_int8():
        convolution = Int8Convolution(STEP * weight, torch.zeros(WIDTH), torch.zeros(WIDTH))
        pack = int8_convolution.OPERATORS.qconv_prepack

        def noted(*given: object) -> torch.Tensor:
            shapes.append(given[-1])
            return pack(*given)

        monkeypatch.setattr(int8_convolution.OPERATORS, "qconv_prepack", noted)
        for columns in (11, 9, 11):
            plain = convolution.plain(values[..., :columns])
            np.testing.assert_array_equal(plain.numpy() / STEP, sums[..., : columns - 2])
        assert shapes == [[2, WIDTH, 9, 11], [2, WIDTH, 9, 9]]
        for columns in (*range(3, 3 + int8_convolution.MOST_PACKED), 11):
            convolution.plain(values[..., :columns])
        assert shapes.count([2, WIDTH, 9, 11]) == 2


def test_rounded_weights_keep_the_sums_of_kernels() -> None:
    weight = torch.from_numpy(np.random.default_rng(2).normal(size=(8, 8, 3, 3))).float()
    with emulated_int8():
        left = Int8Convolution(weight, torch.zeros(8), None).left(weight)
    steps = weight.abs().amax((1, 2, 3)) / 127
    sums = left.sum((2, 3)).abs() / steps[:, None]
    assert sums.max() < 0.501
    assert left.abs().max() < 1.01 * steps.max()
