"""The residual network with its blocks in 8-bit integers; all that they are added to is float32.

Products of integers and their sums are exact, so they are the same in every order, batch and
thread. torch lends its compiler's convolutions of plain 8-bit tensors (oneDNN).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from srviewer.nn.networks.residual import ResidualBlock, ResidualNetwork
from srviewer.nn.networks.rounding import rounded

LEVELS = 255  # the largest unsigned integer of 8 bits
LARGEST_WEIGHT = 127
# How far a channel may go: so many times as far as where it was measured, and a share of the range
# of all channels more. Behind ReLU rare values are far out, and their steps matter less.
Room = tuple[float, float]
INPUT_ROOM: Room = (1.2, 0.1)
HIDDEN_ROOM: Room = (1.6, 0.2)
PATCHES = 128  # of each slice that is measured
LEAST = 1e-6  # the range of a channel that is always 0
# A float32 to which this is added holds the nearest whole number in its lowest bits.
ROUNDING = 1.5 * 2**23
ONES = [1, 1]  # strides, dilations
NO_SCALARS: list[float] = []


class _Inputs:
    """The inputs of one convolution as they were measured: ranges, and moments of 3 x 3 patches."""

    def __init__(self, width: int) -> None:
        self.low, self.high = torch.zeros(width), torch.full((width,), LEAST)
        self._products, self._count = torch.zeros(9 * width, 9 * width), 0

    def add(self, values: Tensor) -> None:
        """Add (B, width, H, W)."""
        flat = values.permute(0, 2, 3, 1).flatten(0, 2)
        torch.minimum(self.low, flat.amin(0), out=self.low)
        torch.maximum(self.high, flat.amax(0), out=self.high)
        framed = functional.pad(values, (1, 1, 1, 1)).permute(0, 2, 3, 1)
        chosen = torch.linspace(0, len(flat) - 1, min(PATCHES, len(flat))).long()
        rows, columns = values.shape[2:]
        image, row, column = chosen // (rows * columns), chosen // columns % rows, chosen % columns
        around = [
            framed[image, row + down, column + right] for down in range(3) for right in range(3)
        ]
        patches = torch.stack(around, dim=2).flatten(1)
        self._products.addmm_(patches.T, patches)
        self._count += len(patches)

    def moments(self, steps: Tensor) -> Tensor:
        """(9 width, 9 width): the mean products of inputs in units of the ``steps`` of channels."""
        each = steps.repeat_interleave(9)
        return self._products / self._count / torch.outer(each, each)


class Measured:
    """The inputs of the convolutions of a network, measured while it runs in float32."""

    def __init__(self, network: ResidualNetwork) -> None:
        self.network = network
        width = network.head.out_channels
        self.inputs = [(_Inputs(width), _Inputs(width)) for _ in network.blocks]

    def run(self, slices: Tensor, factor: int) -> Tensor:
        """Run the network, and measure what its convolutions see.

        Args:
            slices: (B, 2k + 1, H, W), in shares of the intensity range.
            factor: One of the factors of the network.

        Returns:
            (B, 1, factor * H, W), the output of the network.
        """
        features = self.network.head(slices)
        for block, (first, second) in zip(self.network.blocks, self.inputs, strict=True):
            first.add(features)
            hidden = functional.relu(block.first(features), inplace=True)
            second.add(hidden)
            features = torch.add(features, block.second(hidden))
        return self.network.finished(slices, features, factor)

    def block(self, number: int) -> "Int8Block":
        """Make a block in 8-bit integers, by what its convolutions saw.

        Args:
            number: Of the block, from 0.

        Returns:
            The block.
        """
        return Int8Block(self.network.blocks[number], *self.inputs[number])


class Int8Residual(nn.Module):
    """A residual network whose blocks compute in 8-bit integers.

    Head, tail, base, and the features that the blocks add to, are those of the network in float32,
    so block means are as exact as there.
    """

    def __init__(self, network: ResidualNetwork, blocks: Sequence["Int8Block"]) -> None:
        super().__init__()
        self._network, self._blocks = network, blocks

    def forward(self, slices: Tensor, factor: int) -> Tensor:
        """Add the detail of trunk and tail to the interpolated slices.

        Args:
            slices: As of ``ResidualNetwork.forward``.
            factor: One of the factors of the network.

        Returns:
            As of ``ResidualNetwork.forward``.
        """
        features = self._network.head(slices)
        for block in self._blocks:
            features = block.added(features)
        return self._network.finished(slices, features, factor)


class Int8Block:
    """A residual block, by the inputs that its two convolutions had in float32."""

    def __init__(self, block: ResidualBlock, first: _Inputs, second: _Inputs) -> None:
        step, zero = _steps(first.low, first.high, INPUT_ROOM)
        hidden, _ = _steps(second.low, second.high, HIDDEN_ROOM)
        self._per_step, self._zero = 1 / step, zero
        # The hidden integers are the values over their steps, which ReLU does not mind.
        weight, bias = _weights(block.first)
        weight = weight * step[:, None, None] / hidden[:, None, None, None]
        self._first = _Int8Convolution(weight, bias / hidden, first.moments(step), zero)
        weight, bias = _weights(block.second)
        weight = weight * hidden[:, None, None]
        self._second = _Int8Convolution(weight, bias, second.moments(hidden), None)

    def added(self, features: Tensor) -> Tensor:
        """Add the residual to features, in place.

        Args:
            features: (B, width, H, W) in float32.

        Returns:
            The features.
        """
        hidden = self._first.rectified(self._quantised(features))
        return self._second.added(hidden, features)

    def _quantised(self, features: Tensor) -> Tensor:
        """(B, width, H + 2, W + 2) in 8-bit integers, with a border that stands for 0."""
        values = features.permute(0, 2, 3, 1)
        batch, rows, columns, width = values.shape
        # Not by one addcmul, which rounds once or twice by where in memory a value lies.
        near = (values * self._per_step).add_(self._zero + ROUNDING)
        near.clamp_(ROUNDING, ROUNDING + LEVELS)
        border = self._zero.to(torch.uint8)
        whole = border.expand(batch, rows + 2, columns + 2, width).contiguous()
        whole[:, 1:-1, 1:-1] = near.view(torch.int32)  # the lowest 8 bits
        return whole.permute(0, 3, 1, 2)


class _Int8Convolution:
    """A 3 x 3 convolution of unsigned 8-bit integers.

    ``weight``: for inputs in their steps. ``moments``: (9 width, 9 width), of input patches in
    these steps. ``zero``: the integer that stands for 0 in each channel, of an input that has its
    border; None for an input without a border in which 0 stands for 0.
    """

    def __init__(self, weight: Tensor, bias: Tensor, moments: Tensor, zero: Tensor | None) -> None:
        self._scale = weight.abs().amax((1, 2, 3)).clamp_min(LEAST**2) / LARGEST_WEIGHT
        rows = rounded(weight.flatten(1) / self._scale[:, None], moments, LARGEST_WEIGHT)
        whole = rows.reshape(weight.shape)
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
        after = 1.0, 0, torch.uint8, "relu", NO_SCALARS, ""
        result: Tensor = torch.ops.onednn.qconv2d_pointwise(*self._given(values), *after)
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
