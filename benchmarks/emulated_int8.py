"""8-bit convolutions as a processor with VNNI computes them, on one without: by float32.

Products of 8-bit integers and their sums are whole numbers, which float32 holds exactly up to
2^24, so nothing differs but the time, which says nothing. For measuring accuracy alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import torch
from torch import Tensor
from torch.nn import functional

from srviewer.nn.inference import precision
from srviewer.nn.networks import int8_convolution

EXACT = 2**24  # every whole number up to here is a float32
LARGEST = 255


class EmulatedOperators:
    """The operators of ``torch.ops.onednn`` that networks in 8-bit integers use."""

    def __init__(self) -> None:
        self.qconv2d_pointwise = _Pointwise()

    def qconv_prepack(self, weight: Tensor, *_: object) -> Tensor:
        """The weights (out, in, 3, 3) as float32.

        Raises:
            ValueError: Sums of their products may be too large for float32.
        """
        whole = weight.to(torch.float32)
        if LARGEST * float(whole.abs().sum((1, 2, 3)).max()) >= EXACT:
            raise ValueError("sums of these 8-bit products may be too large for exact float32")
        return whole.contiguous(memory_format=torch.channels_last)


class _Pointwise:
    """A convolution, ReLU or nothing behind it; ``binary`` adds it to features in place."""

    def __call__(
        self, values: Tensor, _scale: float, _zero: int, weight: Tensor, scale: Tensor,
        _zeros: Tensor, bias: Tensor, _strides: list[int], padding: list[int],
        _dilations: list[int], _groups: int, _out_scale: float, _out_zero: int,
        dtype: torch.dtype, after: str, *_: object,
    ) -> Tensor:  # fmt: skip
        sums = _sums(values, weight, scale, bias, padding)
        if after == "relu":
            sums.clamp_min_(0)
        return sums if dtype == torch.float32 else sums.round_().clamp_(0, LARGEST).to(dtype)

    def binary(
        self, values: Tensor, _scale: float, _zero: int, weight: Tensor, scale: Tensor,
        _zeros: Tensor, features: Tensor, bias: Tensor, _strides: list[int], padding: list[int],
        *_: object,
    ) -> Tensor:  # fmt: skip
        """The features, to which the convolution is added."""
        return features.add_(_sums(values, weight, scale, bias, padding))


def _sums(
    values: Tensor, weight: Tensor, scale: Tensor, bias: Tensor, padding: list[int]
) -> Tensor:
    whole = functional.conv2d(values.to(torch.float32), weight, padding=padding)
    return whole.mul_(scale[:, None, None]).add_(bias[:, None, None])


@contextmanager
def emulated_int8() -> Iterator[None]:
    """Networks compute in 8-bit integers within, by ``EmulatedOperators``."""
    with (
        patch.object(int8_convolution, "OPERATORS", EmulatedOperators()),
        patch.object(precision, "int8_hindrance", lambda: ""),
    ):
        yield
