"""Convolutions of 8-bit integers: ranges, steps, features and weights as integers.

Products of integers and their sums are exact, so they are the same in every order, batch and
thread. torch lends its compiler's convolutions of plain 8-bit tensors (oneDNN).
"""

from threading import Lock

import torch
from torch import Tensor, nn

LEVELS = 255  # the largest unsigned integer of 8 bits
FINER = 256  # steps of the second integer in one of the first
LARGEST_WEIGHT = 127
# How far a channel may go: so many times as far as where it was measured, and a share of the range
# of all channels more. Behind ReLU rare values are far out, and their steps matter less.
Room = tuple[float, float]
INPUT_ROOM: Room = (1.2, 0.05)
HIDDEN_ROOM: Room = (1.3, 0.2)
LEAST = 1e-6  # the range of a channel that is always 0
WIDEST = 16.0  # times as wide as they must be: steps of which the second integer has one 256th
KERNEL = 9
# A float32 to which this is added holds the nearest whole number in its lowest bits.
ROUNDING = 1.5 * 2**23
ONES = [1, 1]  # strides, dilations
NO_SCALARS: list[float] = []
MOST_PACKED = 8  # shapes of the input for which one convolution keeps its weights packed
OPERATORS = torch.ops.onednn  # benchmarks emulate them, where a processor has no 8-bit products


class Ranges:
    """The least and the largest value of each channel at the input of one convolution.

    Threads may widen them at a time.
    """

    def __init__(self, width: int) -> None:
        self.low, self.high = torch.zeros(width), torch.full((width,), LEAST)
        self._widening = Lock()

    def widen(self, values: Tensor) -> None:
        """Widen the ranges.

        Args:
            values: (B, width, H, W), what the convolution sees.
        """
        flat = values.permute(0, 2, 3, 1).flatten(0, 2)
        low, high = flat.amin(0), flat.amax(0)
        with self._widening:
            torch.minimum(self.low, low, out=self.low)
            torch.maximum(self.high, high, out=self.high)


class Quantised:
    """Features as 8-bit integers, with one step for each channel.

    Args:
        seen: The ranges of their channels.
        weight: (out, in, 3, 3) of the convolution that takes them in two integers each, for which
            steps may be wide; None for one integer.
        room: How far a channel may go beyond its range.
    """

    def __init__(self, seen: Ranges, weight: Tensor | None = None, room: Room = INPUT_ROOM) -> None:
        self.step, zero = steps_of(seen.low, seen.high, room)
        wider = torch.ones_like(zero) if weight is None else _room_of(weight, self.step)
        self.step, self.zero = self.step * wider, torch.round(zero / wider)
        self._per_step, self._shift = 1 / self.step, self.zero + ROUNDING
        self._border = self.zero.to(torch.uint8)

    def __call__(self, features: Tensor) -> Tensor:
        """(B, width, H, W) to (B, width, H + 2, W + 2), with a border that stands for 0."""
        # Not by one addcmul, which rounds once or twice by where in memory a value lies.
        near = (features.permute(0, 2, 3, 1) * self._per_step).add_(self._shift)
        near.clamp_(ROUNDING, ROUNDING + LEVELS)
        return _framed(near.view(torch.int32), self._border)

    def in_two(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Features as two integers each, the second in steps that are ``FINER``.

        Args:
            features: (B, width, H, W) in float32.

        Returns:
            (B, width, H + 2, W + 2) both, with a border that stands for 0.
        """
        near = (features.permute(0, 2, 3, 1) * (FINER * self._per_step)).add_(
            FINER * self.zero + ROUNDING
        )
        near.clamp_(ROUNDING, ROUNDING + FINER * FINER - 1)
        whole = near.view(torch.int32)
        upper = torch.bitwise_right_shift(whole, 8)
        return _framed(upper, self._border), _framed(whole, torch.zeros_like(self._border))


def rectified_integers(values: Tensor) -> Tensor:
    """ReLU of values in their steps, as 8-bit integers.

    Args:
        values: (B, width, H, W) in float32, which are changed.

    Returns:
        The same shape and memory order.
    """
    near = values.add_(ROUNDING).clamp_(ROUNDING, ROUNDING + LEVELS)
    return near.view(torch.int32).to(torch.uint8)


def _framed(whole: Tensor, border: Tensor) -> Tensor:
    """The lowest 8 bits of (B, H, W, width) as (B, width, H + 2, W + 2), with a border."""
    batch, rows, columns, width = whole.shape
    framed = torch.empty((batch, rows + 2, columns + 2, width), dtype=torch.uint8)
    framed[:, 1:-1, 1:-1] = whole
    for edge in (framed[:, 0], framed[:, -1], framed[:, :, 0], framed[:, :, -1]):
        edge[:] = border
    return framed.permute(0, 3, 1, 2)


class Int8Convolution:
    """A 3 x 3 convolution of unsigned 8-bit integers.

    ``weight``: for inputs in their steps. ``zero``: the integer that stands for 0 in each channel,
    of an input that has its border; None for an input without a border in which 0 stands for 0.
    """

    def __init__(self, weight: Tensor, bias: Tensor, zero: Tensor | None) -> None:
        self._scale = weight.abs().amax((1, 2, 3)).clamp_min(LEAST**2) / LARGEST_WEIGHT
        whole = _rounded(weight / self._scale[:, None, None, None])
        if zero is not None:
            bias = bias - self._scale * (whole * zero[:, None, None]).sum((1, 2, 3))
        self._padding = [1, 1] if zero is None else [0, 0]
        self._bias = bias.clone()
        self._whole = whole.to(torch.int8)
        self._packed: dict[torch.Size, Tensor] = {}
        self._zeros = torch.zeros(len(bias), dtype=torch.int32)

    def left(self, weight: Tensor) -> Tensor:
        """The part of the weights that is lost by rounding them to integers.

        Args:
            weight: The weights of the convolution.

        Returns:
            The same shape.
        """
        scale = self._scale[:, None, None, None]
        return weight - scale * _rounded(weight / scale)

    def rectified(self, values: Tensor) -> Tensor:
        """ReLU of the convolution, in 8-bit integers.

        Args:
            values: (B, width, H, W) in 8-bit integers.

        Returns:
            The same shape, where the input has a border without it, in 8-bit integers.
        """
        return self._alone(values, torch.uint8, "relu")

    def plain(self, values: Tensor) -> Tensor:
        """The convolution in float32.

        Args:
            values: (B, width, H, W) in 8-bit integers.

        Returns:
            The same shape, where the input has a border without it, in float32.
        """
        return self._alone(values, torch.float32, "none")

    def _alone(self, values: Tensor, dtype: torch.dtype, after: str) -> Tensor:
        settings = 1.0, 0, dtype, after, NO_SCALARS, ""
        result: Tensor = OPERATORS.qconv2d_pointwise(*self._given(values), *settings)
        return result

    def added(self, values: Tensor, features: Tensor) -> Tensor:
        """Add the convolution to features, in place.

        Args:
            values: (B, width, H, W) in 8-bit integers.
            features: What the convolution is added to, in float32.

        Returns:
            The features.
        """
        *given, bias, strides, padding, dilations, groups = self._given(values)
        after = 1.0, 0, torch.float32, 1.0, 0, "sum", 1.0, "none", NO_SCALARS, ""
        result: Tensor = OPERATORS.qconv2d_pointwise.binary(
            *given, features, bias, strides, padding, dilations, groups, *after
        )
        return result

    def _weight(self, shape: torch.Size) -> Tensor:
        """The weights, packed for inputs of a shape.

        Packed for another one, oneDNN may pack them anew in every call: for matrix units (AMX) of
        96 channels that takes several times as long as the convolution.
        """
        packed = self._packed.get(shape)
        if packed is None:
            packed = OPERATORS.qconv_prepack(
                self._whole, self._scale, 1.0, 0, ONES, self._padding, ONES, 1, list(shape)
            )
            if len(self._packed) >= MOST_PACKED:
                self._packed.clear()
            self._packed[shape] = packed
        return packed

    def _given(self, values: Tensor) -> tuple[object, ...]:
        weight = self._weight(values.shape), self._scale, self._zeros
        return (values, 1.0, 0, *weight, self._bias, ONES, self._padding, ONES, 1)


def _rounded(weight: Tensor) -> Tensor:
    """Weights (out, in, 3, 3) as whole numbers, the sum of each kernel as near as it can be.

    Where features change little from pixel to pixel, the sum is what counts.
    """
    whole = torch.round(weight)
    left = (weight - whole).flatten(2)
    for _ in range(KERNEL // 2):  # of each weight at most a half is left
        off = left.sum(2, keepdim=True).round_().sign_()
        place = (left * off).argmax(2, keepdim=True)
        whole.flatten(2).scatter_add_(2, place, off)
        left.scatter_add_(2, place, -off)
    return whole.clamp_(-LARGEST_WEIGHT, LARGEST_WEIGHT)


def _room_of(weight: Tensor, step: Tensor) -> Tensor:
    """The factor by which the step of each input channel may be wider, 1 to ``WIDEST``.

    Until one of its weights is the largest of its output channel. Integers are smaller by that, and
    so is what the rounding of weights changes.
    """
    sizes = weight.abs().amax((2, 3)) * step
    shares = sizes / sizes.amax(1, keepdim=True).clamp_min(LEAST**2)
    return (1 / shares.amax(0)).clamp_(1, WIDEST)


def weights_of(layer: nn.Conv2d) -> tuple[Tensor, Tensor]:
    """Weights and bias of a layer.

    Args:
        layer: The layer.

    Returns:
        Both, the bias with zeros where the layer has none.
    """
    bias = torch.zeros(layer.out_channels) if layer.bias is None else layer.bias
    return layer.weight, bias


def steps_of(low: Tensor, high: Tensor, room: Room) -> tuple[Tensor, Tensor]:
    """Step and zero of each channel of measured range: value = step * (integer - zero).

    Args:
        low: The least value of each channel, 0 or less.
        high: The largest one.
        room: How far a channel may go beyond.

    Returns:
        Both for each channel.
    """
    of_own, of_all = room
    margin = of_all * (high.max() - low.min())
    low = torch.where(low < 0, of_own * low - margin, 0.0)
    step = (of_own * high + margin - low) / LEVELS
    return step, torch.round(-low / step)
