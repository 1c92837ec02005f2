"""RRDB: residual-in-residual dense blocks, the generator of ESRGAN (Wang et al. 2018)."""

import torch
from torch import Tensor, nn

from srviewer.nn.networks.enlargement import Nearest, convolution, enlargement_of, zero_initialised
from srviewer.nn.networks.generators import PostUpsampled
from srviewer.nn.networks.shape import NetworkShape

SCALE = 0.2  # of each residual
SLOPE = 0.2  # of LeakyReLU


def rrdb(shape: NetworkShape) -> PostUpsampled:
    """Build the generator of ESRGAN.

    Args:
        shape: Of the network: ``blocks`` of three dense blocks of ``width`` channels, each of which
            adds ``inner`` channels with every convolution.

    Returns:
        The network; each factor has a tail of nearest-neighbour enlargements and convolutions.
    """
    enlargement, width = enlargement_of(shape), shape.size.width

    def tail(factor: int) -> nn.Module:
        layers: list[nn.Module] = []
        for strides in enlargement.stages(factor):
            layers += [Nearest(strides), convolution(width, width), nn.LeakyReLU(SLOPE)]
        layers += [convolution(width, width), nn.LeakyReLU(SLOPE)]
        return nn.Sequential(*layers, zero_initialised(convolution(width, enlargement.outputs)))

    return PostUpsampled(shape, _Trunk(enlargement.inputs, shape), tail)


class _Trunk(nn.Module):
    def __init__(self, inputs: int, shape: NetworkShape) -> None:
        super().__init__()
        width, growth = shape.size.width, shape.size.inner
        self.head = convolution(inputs, width)
        blocks = (_ResidualInResidual(width, growth) for _ in range(shape.size.blocks))
        self.body = nn.Sequential(*blocks, convolution(width, width))

    def forward(self, slices: Tensor) -> Tensor:
        features: Tensor = self.head(slices)
        return torch.add(features, self.body(features))


class _ResidualInResidual(nn.Module):
    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        self.dense = nn.Sequential(*(_Dense(width, growth) for _ in range(3)))

    def forward(self, features: Tensor) -> Tensor:
        return torch.add(features, self.dense(features), alpha=SCALE)


class _Dense(nn.Module):
    """Five convolutions, each with the outputs of all before it as its input."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        grown = [width + n * growth for n in range(5)]
        outputs = [growth] * 4 + [width]
        self.steps = nn.ModuleList(map(_gentle, grown, outputs))
        self.activation = nn.LeakyReLU(SLOPE, inplace=True)

    def forward(self, features: Tensor) -> Tensor:
        seen = features
        for layer in self.steps[:-1]:
            seen = torch.cat([seen, self.activation(layer(seen))], dim=1)
        return torch.add(features, self.steps[-1](seen), alpha=SCALE)


def _gentle(inputs: int, outputs: int) -> nn.Conv2d:
    """Small weights, as published: a deep stack starts close to identity."""
    layer = convolution(inputs, outputs)
    nn.init.kaiming_normal_(layer.weight)
    with torch.no_grad():
        layer.weight *= 0.1
    return layer
