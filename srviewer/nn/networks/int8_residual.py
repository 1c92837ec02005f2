"""The residual network with its convolutions in 8-bit integers; what they add to is float32.

Products of integers and their sums are exact, so they are the same in every order, batch and
thread. torch lends its compiler's convolutions of plain 8-bit tensors (oneDNN).
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from srviewer.nn.networks.enlargement import shuffled
from srviewer.nn.networks.interpolated_base import AxisBase
from srviewer.nn.networks.residual import ResidualBlock, ResidualNetwork

LEVELS = 255  # the largest unsigned integer of 8 bits
LARGEST_WEIGHT = 127
# How far a channel may go: so many times as far as where it was measured, and a share of the range
# of all channels more. Behind ReLU rare values are far out, and their steps matter less.
Room = tuple[float, float]
INPUT_ROOM: Room = (1.2, 0.1)
HIDDEN_ROOM: Room = (1.6, 0.2)
# What the first blocks round off goes through all that follow: of so many, one stays in float32.
BLOCKS_FOR_AN_EXACT_ONE = 16
LEAST = 1e-6  # the range of a channel that is always 0
# A float32 to which this is added holds the nearest whole number in its lowest bits.
ROUNDING = 1.5 * 2**23
ONES = [1, 1]  # strides, dilations
NO_SCALARS: list[float] = []


Block = Callable[[Tensor], Tensor]  # (B, width, H, W) in float32 to the same, its own to change


class _Ranges:
    """The least and the largest value of each channel at the input of one convolution."""

    def __init__(self, width: int) -> None:
        self.low, self.high = torch.zeros(width), torch.full((width,), LEAST)

    def widen(self, values: Tensor) -> None:
        """Widen the ranges by (B, width, H, W)."""
        flat = values.permute(0, 2, 3, 1).flatten(0, 2)
        torch.minimum(self.low, flat.amin(0), out=self.low)
        torch.maximum(self.high, flat.amax(0), out=self.high)


class Measured:
    """The ranges at the inputs of all convolutions, measured while a network runs in float32."""

    def __init__(self, network: ResidualNetwork) -> None:
        self.network = network
        width = network.head.out_channels
        self.ranges = [(_Ranges(width), _Ranges(width)) for _ in network.blocks]
        self.last = _Ranges(width)  # at the input of the tail

    def run(self, slices: Tensor, factor: int) -> Tensor:
        """Run the network, and measure what its convolutions see.

        Args:
            slices: (B, 2k + 1, H, W), in shares of the intensity range.
            factor: One of the factors of the network.

        Returns:
            (B, 1, factor * H, W), the output of the network.
        """
        features = self.network.head(slices)
        for block, (first, second) in zip(self.network.blocks, self.ranges, strict=True):
            first.widen(features)
            hidden = functional.relu(block.first(features), inplace=True)
            second.widen(hidden)
            features = torch.add(features, block.second(hidden))
        self.last.widen(features)
        return self.network.finished(slices, features, factor)

    def block(self, number: int) -> Block:
        """Make a block in 8-bit integers, by the ranges that its convolutions saw.

        Args:
            number: Of the block, from 0.

        Returns:
            The block; as it is where it is one of the few that stay in float32.
        """
        block = self.network.blocks[number]
        if number < len(self.ranges) // BLOCKS_FOR_AN_EXACT_ONE:
            return block
        return _Int8Block(block, *self.ranges[number]).added


class Int8Residual(nn.Module):
    """A residual network whose blocks and tail compute in 8-bit integers.

    The head, the base, and the features that the blocks add to, are those of the network in
    float32, so block means are as exact as there.
    """

    def __init__(self, measured: Measured, blocks: Sequence[Block]) -> None:
        super().__init__()
        network = measured.network
        assert isinstance(network.base, AxisBase)  # images have no scales measured
        self._head, self.base, self._blocks = network.head, network.base, blocks
        self._tails = {
            int(factor): _Int8Tail(tail, measured.last)
            for factor, tail in network.tails.items()
            if isinstance(tail, nn.Conv2d)
        }

    def forward(self, slices: Tensor, factor: int) -> Tensor:
        """Add the detail of trunk and tail to the interpolated slices.

        Args:
            slices: As of ``ResidualNetwork.forward``.
            factor: One of the factors of the network.

        Returns:
            As of ``ResidualNetwork.forward``.
        """
        middle = slices.shape[1] // 2
        phases = torch.stack([self.base.phases(each, factor) for each in slices[:, middle]])
        phases += self.detail(slices, factor)
        return shuffled(phases, (factor, 1))

    def detail(self, slices: Tensor, factor: int) -> Tensor:
        """The detail that is added to the interpolated slices, whose block means are 0.

        Args:
            slices: As of ``ResidualNetwork.forward``.
            factor: One of the factors of the network.

        Returns:
            (B, factor, H, W): the thin rows of each thick one as channels.
        """
        features = self._head(slices)
        for block in self._blocks:
            features = block(features)
        detail = self._tails[factor](features)
        return detail.sub_(detail.mean(dim=1, keepdim=True))


class _Int8Block:
    """A residual block, by the ranges that its two convolutions saw in float32."""

    def __init__(self, block: ResidualBlock, first: _Ranges, second: _Ranges) -> None:
        self._quantised = quantised = _Quantised(first)
        hidden, _ = _steps(second.low, second.high, HIDDEN_ROOM)
        # The hidden integers are the values over their steps, which ReLU does not mind.
        weight, bias = _weights(block.first)
        weight = weight * quantised.step[:, None, None] / hidden[:, None, None, None]
        self._first = _Int8Convolution(weight, bias / hidden, quantised.zero)
        weight, bias = _weights(block.second)
        weight = weight * hidden[:, None, None]
        self._second = _Int8Convolution(weight, bias, None)

    def added(self, features: Tensor) -> Tensor:
        """Features (B, width, H, W) in float32 to which the residual is added, in place."""
        hidden = self._first.rectified(self._quantised(features))
        return self._second.added(hidden, features)


class _Int8Tail:
    """The last layer, by the range that it saw in float32."""

    def __init__(self, tail: nn.Conv2d, seen: _Ranges) -> None:
        self._quantised = quantised = _Quantised(seen)
        weight, bias = _weights(tail)
        weight = weight * quantised.step[:, None, None]
        self._convolution = _Int8Convolution(weight, bias, quantised.zero)

    def __call__(self, features: Tensor) -> Tensor:
        """(B, width, H, W) to (B, channels, H, W) in float32, one channel after the other."""
        return self._convolution.plain(self._quantised(features)).contiguous()


class _Quantised:
    """Features as 8-bit integers, with one step for each channel."""

    def __init__(self, seen: _Ranges) -> None:
        self.step, self.zero = _steps(seen.low, seen.high, INPUT_ROOM)
        self._per_step, self._shift = 1 / self.step, self.zero + ROUNDING
        self._border = self.zero.to(torch.uint8)

    def __call__(self, features: Tensor) -> Tensor:
        """(B, width, H, W) to (B, width, H + 2, W + 2), with a border that stands for 0."""
        values = features.permute(0, 2, 3, 1)
        batch, rows, columns, width = values.shape
        # Not by one addcmul, which rounds once or twice by where in memory a value lies.
        near = (values * self._per_step).add_(self._shift)
        near.clamp_(ROUNDING, ROUNDING + LEVELS)
        whole = torch.empty((batch, rows + 2, columns + 2, width), dtype=torch.uint8)
        whole[:, 1:-1, 1:-1] = near.view(torch.int32)  # the lowest 8 bits
        for edge in (whole[:, 0], whole[:, -1], whole[:, :, 0], whole[:, :, -1]):
            edge[:] = self._border
        return whole.permute(0, 3, 1, 2)


class _Int8Convolution:
    """A 3 x 3 convolution of unsigned 8-bit integers.

    ``weight``: for inputs in their steps. ``zero``: the integer that stands for 0 in each channel,
    of an input that has its border; None for an input without a border in which 0 stands for 0.
    """

    def __init__(self, weight: Tensor, bias: Tensor, zero: Tensor | None) -> None:
        self._scale = weight.abs().amax((1, 2, 3)).clamp_min(LEAST**2) / LARGEST_WEIGHT
        whole = torch.round(weight / self._scale[:, None, None, None])
        if zero is not None:
            bias = bias - self._scale * (whole * zero[:, None, None]).sum((1, 2, 3))
        self._padding = [1, 1] if zero is None else [0, 0]
        self._bias = bias.clone()
        self._weight = torch.ops.onednn.qconv_prepack(
            whole.to(torch.int8), self._scale, 1.0, 0, ONES, self._padding, ONES, 1, None
        )
        self._zeros = torch.zeros(len(bias), dtype=torch.int32)

    def rectified(self, values: Tensor) -> Tensor:
        """ReLU of the convolution, in 8-bit integers."""
        return self._alone(values, torch.uint8, "relu")

    def plain(self, values: Tensor) -> Tensor:
        """The convolution in float32."""
        return self._alone(values, torch.float32, "none")

    def _alone(self, values: Tensor, dtype: torch.dtype, after: str) -> Tensor:
        settings = 1.0, 0, dtype, after, NO_SCALARS, ""
        result: Tensor = torch.ops.onednn.qconv2d_pointwise(*self._given(values), *settings)
        return result

    def added(self, values: Tensor, features: Tensor) -> Tensor:
        """Features in float32 to which the convolution is added, in place."""
        *given, bias, strides, padding, dilations, groups = self._given(values)
        after = 1.0, 0, torch.float32, 1.0, 0, "sum", 1.0, "none", NO_SCALARS, ""
        result: Tensor = torch.ops.onednn.qconv2d_pointwise.binary(
            *given, features, bias, strides, padding, dilations, groups, *after
        )
        return result

    def _given(self, values: Tensor) -> tuple[object, ...]:
        weight = self._weight, self._scale, self._zeros
        return (values, 1.0, 0, *weight, self._bias, ONES, self._padding, ONES, 1)


def _weights(layer: nn.Conv2d) -> tuple[Tensor, Tensor]:
    bias = torch.zeros(layer.out_channels) if layer.bias is None else layer.bias
    return layer.weight, bias


def _steps(low: Tensor, high: Tensor, room: Room) -> tuple[Tensor, Tensor]:
    """Step and zero of each channel of measured range: value = step * (integer - zero)."""
    of_own, of_all = room
    margin = of_all * (high.max() - low.min())
    low = torch.where(low < 0, of_own * low - margin, 0.0)
    step = (of_own * high + margin - low) / LEVELS
    return step, torch.round(-low / step)
