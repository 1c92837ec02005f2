"""The variants of the shipped network that are compared, each a module with its interface."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from srviewer.nn.networks.enlargement import convolution, zero_initialised
from srviewer.nn.networks.interpolated_base import AxisBase
from srviewer.nn.networks.residual import ResidualNetwork
from srviewer.nn.networks.shape import NetworkShape

Build = Callable[[NetworkShape], nn.Module]

WIDER = 2  # channels of a reparameterised convolution while it learns, over those that remain


@dataclass(frozen=True)
class Variant:
    """``neighbours``: k of the 2k + 1 slices seen. ``merged``: what a trained network becomes."""

    name: str
    build: Build
    width: int = 16
    neighbours: int = 2
    merged: Callable[[nn.Module], nn.Module] | None = None


class ChannelAttention(nn.Module):
    """Weighs each channel by what it holds on the whole slice (RCAN, Zhang et al. 2018)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.narrow, self.widen = (
            convolution(width, width // 4, 1),
            convolution(width // 4, width, 1),
        )

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, H, W), weighted."""
        seen = functional.relu(self.narrow(features.mean(dim=(2, 3), keepdim=True)))
        return features * torch.sigmoid(self.widen(seen))


class PixelAttention(nn.Module):
    """Weighs each value by the channels of its own pixel (PAN, Zhao et al. 2020)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weigh = convolution(width, width, 1)

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, H, W), weighted."""
        return features * torch.sigmoid(self.weigh(features))


class FreeAttention(nn.Module):
    """Weighs each value by itself, without a parameter (SPAN, Wan et al. 2024)."""

    def __init__(self, width: int) -> None:
        super().__init__()

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, H, W), weighted."""
        return features * (torch.sigmoid(features) - 0.5)


def attended(attention: Callable[[int], nn.Module]) -> Build:
    """The shipped network with an attention at the end of each block's second convolution."""

    def build(shape: NetworkShape) -> nn.Module:
        network = ResidualNetwork(shape)
        for block in _blocks(network):
            block.second = nn.Sequential(block.second, attention(shape.size.width))
        return network

    return build


class WideConvolution(nn.Module):
    """A 3 x 3 convolution that learns as a sum of paths and is one afterwards (ECBSR, SPAN)."""

    def __init__(self, plain: nn.Conv2d) -> None:
        super().__init__()
        inputs, outputs = plain.in_channels, plain.out_channels
        self.plain = plain
        self.expand = nn.Conv2d(inputs, WIDER * inputs, 1, bias=False)  # none: borders stay exact
        self.wide = nn.Conv2d(WIDER * inputs, outputs, 3, padding=1, bias=False)
        self.point = nn.Conv2d(inputs, outputs, 1, bias=False)
        with torch.no_grad():
            self.wide.weight *= 0.1
            self.point.weight *= 0.1

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C', H, W)."""
        narrow: Tensor = self.plain(features) + self.point(features)
        return narrow.add(self.wide(self.expand(features)))

    def merged(self) -> nn.Conv2d:
        """The one convolution that does the same."""
        with torch.no_grad():
            weight = self.plain.weight.clone()
            weight += torch.einsum("omhw,mi->oihw", self.wide.weight, self.expand.weight[..., 0, 0])
            weight[:, :, 1, 1] += self.point.weight[..., 0, 0]
            self.plain.weight.copy_(weight)
        return self.plain


def _blocks(network: ResidualNetwork) -> Iterator[Any]:
    """Its residual blocks, whose layers may be replaced: torch's types know of none."""
    yield from network.body


def reparameterised(shape: NetworkShape) -> nn.Module:
    """The shipped network with wide convolutions in its blocks."""
    network = ResidualNetwork(shape)
    for block in _blocks(network):
        block.first, block.second = WideConvolution(block.first), WideConvolution(block.second)
    return network


def merged(network: nn.Module) -> nn.Module:
    """A reparameterised network as the shipped one."""
    assert isinstance(network, ResidualNetwork)
    for block in _blocks(network):
        block.first, block.second = block.first.merged(), block.second.merged()
    return network


class AxialBranch(nn.Module):
    """Corrects thin slices that the two planes have made, seen along the thick axis.

    (B, 3, H, W) neighbouring thin slices of the estimate to (B, 1, H, W), what is added to the
    middle one.
    """

    def __init__(self, width: int = 8, blocks: int = 4) -> None:
        super().__init__()
        self.head = convolution(3, width)
        self.pairs = nn.ModuleList(
            nn.Sequential(convolution(width, width), nn.ReLU(), convolution(width, width))
            for _ in range(blocks)
        )
        self.tail = zero_initialised(convolution(width, 1))

    def forward(self, slices: Tensor) -> Tensor:
        """What the class says."""
        features: Tensor = self.head(slices)
        for pair in self.pairs:
            features = features + pair(features)
        detail: Tensor = self.tail(features)
        return detail


class _LooseBase(AxisBase):
    """The base without the exact means: what the network would say if it were not held."""

    def finished(self, slices: Tensor, detail: Tensor, factor: int) -> Tensor:
        k = self._neighbours
        base: Tensor = self(slices[:, k : k + 1], factor)
        return base + detail


def unheld(shape: NetworkShape) -> nn.Module:
    """The shipped network without the exact means."""
    network = ResidualNetwork(shape)
    network.base = _LooseBase(shape.neighbours, shape.factors)
    return network


PLAIN = Variant("as shipped: 5 slices, no attention", ResidualNetwork)
VARIANTS = (
    Variant("1 slice", ResidualNetwork, neighbours=0),
    Variant("3 slices", ResidualNetwork, neighbours=1),
    Variant("channel attention (RCAN)", attended(ChannelAttention)),
    Variant("pixel attention (PAN)", attended(PixelAttention)),
    Variant("attention without parameters (SPAN)", attended(FreeAttention)),
    Variant("reparameterised convolutions", reparameterised, merged=merged),
    Variant("as shipped, 18 wide", ResidualNetwork, width=18),
)
