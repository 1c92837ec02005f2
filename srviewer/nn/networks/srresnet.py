"""SRResNet: residual blocks with batch normalisation, sub-pixel enlargement (Ledig et al. 2017)."""

import torch
from torch import Tensor, nn

from srviewer.nn.networks.enlargement import Shuffle, convolution, enlargement_of, zero_initialised
from srviewer.nn.networks.generators import PostUpsampled
from srviewer.nn.networks.shape import NetworkShape

OUTER_KERNEL = 9  # of the first and the last layer


def srresnet(shape: NetworkShape) -> PostUpsampled:
    """Build the generator of SRGAN.

    Args:
        shape: Of the network: ``blocks`` residual blocks of ``width`` channels.

    Returns:
        The network; each factor has a tail of sub-pixel shuffles.
    """
    enlargement, width = enlargement_of(shape), shape.size.width

    def tail(factor: int) -> nn.Module:
        layers: list[nn.Module] = []
        for down, right in enlargement.stages(factor):
            layers += [convolution(width, width * down * right), Shuffle((down, right)), nn.PReLU()]
        last = zero_initialised(convolution(width, enlargement.outputs, OUTER_KERNEL))
        return nn.Sequential(*layers, last)

    return PostUpsampled(shape, _Trunk(enlargement.inputs, width, shape.size.blocks), tail)


class _Trunk(nn.Module):
    def __init__(self, inputs: int, width: int, blocks: int) -> None:
        super().__init__()
        self.head = nn.Sequential(convolution(inputs, width, OUTER_KERNEL), nn.PReLU())
        self.body = nn.Sequential(
            *(_Block(width) for _ in range(blocks)),
            convolution(width, width),
            nn.BatchNorm2d(width),
        )

    def forward(self, slices: Tensor) -> Tensor:
        features: Tensor = self.head(slices)
        return torch.add(features, self.body(features))


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            convolution(width, width),
            nn.BatchNorm2d(width),
            nn.PReLU(),
            convolution(width, width),
            nn.BatchNorm2d(width),
        )

    def forward(self, features: Tensor) -> Tensor:
        return torch.add(features, self.branch(features))
