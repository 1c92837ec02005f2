"""The residual network with its convolutions in 8-bit integers; what they add to is float32."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from srviewer.nn.networks.enlargement import shuffled
from srviewer.nn.networks.int8_convolution import (
    HIDDEN_ROOM,
    Int8Convolution,
    Quantised,
    Ranges,
    steps_of,
    weights_of,
)
from srviewer.nn.networks.int8_in_two import InTwo
from srviewer.nn.networks.interpolated_base import AxisBase
from srviewer.nn.networks.residual import ResidualBlock, ResidualNetwork

# What the first blocks round off goes through all that follow: of so many, the first takes its
# input and its weights in two integers each, and the second its input.
BLOCKS_FOR_A_FINE_ONE = 16
# Of so many, in a network whose blocks all take their input in two integers, the first takes all
# that it computes with in two.
BLOCKS_FOR_A_FINEST_ONE = 8

Block = Callable[[Tensor], Tensor]  # (B, width, H, W) in float32 to the same, its own to change


class Measured:
    """The ranges at the inputs of all convolutions, measured while a network runs in float32."""

    def __init__(self, network: ResidualNetwork) -> None:
        self.network = network
        width = network.head.out_channels
        self.ranges = [(Ranges(width), Ranges(width)) for _ in network.blocks]
        self.last = Ranges(width)  # at the input of the tail

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

    def block(self, number: int, fine: bool) -> Block:
        """Make a block in 8-bit integers, by the ranges that its convolutions saw.

        Args:
            number: Of the block, from 0.
            fine: Whether every block takes its input in two integers, not only the first ones,
                and the first ones their weights and what ReLU leaves, too.

        Returns:
            The block.
        """
        block, ranges = self.network.blocks[number], self.ranges[number]
        if fine and number < len(self.ranges) // BLOCKS_FOR_A_FINEST_ONE:
            return _FinestBlock(block, *ranges).added
        exact = self.with_fine_weights
        fineness = 2 if number < exact else 1 if fine or number < 2 * exact else 0
        return _Int8Block(block, *ranges, fineness).added

    @property
    def with_fine_weights(self) -> int:
        """The number of blocks that take input and weights in two integers each."""
        return len(self.ranges) // BLOCKS_FOR_A_FINE_ONE


class Int8Residual(nn.Module):
    """A residual network that computes in 8-bit integers.

    The head, the base, and the features that the blocks add to, are those of the network in
    float32, so block means are as exact as there. So is the tail of a fine one, and of one of many
    blocks, where it takes little of the time.
    """

    def __init__(self, measured: Measured, blocks: Sequence[Block], fine: bool) -> None:
        super().__init__()
        network = measured.network
        assert isinstance(network.base, AxisBase)  # images have no scales measured
        self._head, self.base, self._blocks = network.head, network.base, blocks
        self._tails = {
            int(factor): tail
            if fine or measured.with_fine_weights
            else _Int8Tail(tail, measured.last)
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
        detail = self._tails[factor](features).contiguous()
        return detail.sub_(detail.mean(dim=1, keepdim=True))


class _Int8Block:
    """A residual block, by the ranges that its two convolutions saw in float32.

    What ReLU leaves is one integer in its steps; ``fineness``: 1 for an input in two integers, 2
    for the first weights in two as well, else 0.
    """

    def __init__(
        self, block: ResidualBlock, first: Ranges, second: Ranges, fineness: int = 0
    ) -> None:
        # The hidden integers are the values over their steps, which ReLU does not mind.
        hidden, _ = steps_of(second.low, second.high, HIDDEN_ROOM)
        self._first = (
            InTwo(block.first, first, step=hidden, weights=fineness > 1)
            if fineness > 0
            else _InOne(block.first, first, hidden)
        )
        weight, bias = weights_of(block.second)
        self._second = Int8Convolution(weight * hidden[:, None, None], bias, None)

    def added(self, features: Tensor) -> Tensor:
        """Features (B, width, H, W) in float32 to which the residual is added, in place."""
        return self._second.added(self._first.rectified(features), features)


class _InOne:
    """A convolution whose input is one integer each, as is what ReLU leaves, in its ``step``."""

    def __init__(self, layer: nn.Conv2d, seen: Ranges, step: Tensor) -> None:
        self._quantised = quantised = Quantised(seen)
        weight, bias = weights_of(layer)
        weight = weight * quantised.step[:, None, None] / step[:, None, None, None]
        self._convolution = Int8Convolution(weight, bias / step, quantised.zero)

    def rectified(self, features: Tensor) -> Tensor:
        """ReLU of the convolution of (B, in, H, W) in float32, in 8-bit integers."""
        return self._convolution.rectified(self._quantised(features))


class _FinestBlock:
    """A residual block that takes all inputs and weights in two integers each."""

    def __init__(self, block: ResidualBlock, first: Ranges, second: Ranges) -> None:
        self._first = InTwo(block.first, first, weights=True)
        self._second = InTwo(block.second, second, HIDDEN_ROOM, weights=True)

    def added(self, features: Tensor) -> Tensor:
        """Features (B, width, H, W) in float32 to which the residual is added, in place."""
        return self._second.added(self._first.plain(features).relu_(), features)


class _Int8Tail:
    """The last layer, by the range that it saw in float32."""

    def __init__(self, tail: nn.Conv2d, seen: Ranges) -> None:
        self._quantised = quantised = Quantised(seen)
        weight, bias = weights_of(tail)
        weight = weight * quantised.step[:, None, None]
        self._convolution = Int8Convolution(weight, bias, quantised.zero)

    def __call__(self, features: Tensor) -> Tensor:
        """(B, width, H, W) to (B, channels, H, W) in float32."""
        return self._convolution.plain(self._quantised(features))
