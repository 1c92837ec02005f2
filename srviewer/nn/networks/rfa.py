"""RFANet: residual feature aggregation with enhanced spatial attention (Liu et al. 2020)."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from srviewer.nn.networks.enlargement import Shuffle, convolution, enlargement_of, zero_initialised
from srviewer.nn.networks.generators import PostUpsampled
from srviewer.nn.networks.interpolated_base import mirrored
from srviewer.nn.networks.shape import NetworkShape

BRANCHES = 4  # residual blocks whose branches are aggregated
LEAST_PIXELS = 15  # that the attention's 7 x 7 pool with stride 3 after a stride of 2 needs


def rfa(shape: NetworkShape) -> PostUpsampled:
    """Build the generator of RFANet.

    Args:
        shape: Of the network: ``blocks`` aggregations of ``width`` channels, ``inner`` channels in
            their attention.

    Returns:
        The network; each factor has a tail of sub-pixel shuffles.
    """
    enlargement, width = enlargement_of(shape), shape.size.width

    def tail(factor: int) -> nn.Module:
        layers: list[nn.Module] = []
        for down, right in enlargement.stages(factor):
            layers += [convolution(width, width * down * right), Shuffle((down, right))]
        return nn.Sequential(*layers, zero_initialised(convolution(width, enlargement.outputs)))

    return PostUpsampled(shape, _Trunk(enlargement.inputs, shape), tail)


class _Trunk(nn.Module):
    def __init__(self, inputs: int, shape: NetworkShape) -> None:
        super().__init__()
        width, inner = shape.size.width, shape.size.inner
        self.head = convolution(inputs, width)
        blocks = (_Aggregation(width, inner) for _ in range(shape.size.blocks))
        self.body = nn.Sequential(*blocks, convolution(width, width))

    def forward(self, slices: Tensor) -> Tensor:
        features: Tensor = self.head(slices)
        return torch.add(features, self.body(features))


class _Aggregation(nn.Module):
    """Four residual blocks whose branches are joined and fused by a 1 x 1 convolution."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(_Branch(width, inner) for _ in range(BRANCHES))
        self.fuse = convolution(BRANCHES * width, width, 1)

    def forward(self, features: Tensor) -> Tensor:
        branches: list[Tensor] = []
        current = features
        for branch in self.branches:
            branches.append(branch(current))
            current = current + branches[-1]
        fused: Tensor = self.fuse(torch.cat(branches, dim=1))
        return features + fused


class _Branch(nn.Module):
    """The residual of a block: two convolutions and the attention."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.first = convolution(width, width)
        self.second = convolution(width, width)
        self.attention = _SpatialAttention(width, inner)
        with torch.no_grad():
            self.second.weight *= 0.1  # deep stacks without normalisation start close to identity

    def forward(self, features: Tensor) -> Tensor:
        branch = self.second(functional.relu(self.first(features), inplace=True))
        attended: Tensor = self.attention(branch)
        return attended


class _SpatialAttention(nn.Module):
    """Weighs each pixel by a wide neighbourhood of it."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.narrow = convolution(width, inner, 1)
        self.skip = convolution(inner, inner, 1)
        self.stride = nn.Conv2d(inner, inner, 3, stride=2)
        self.wide = nn.Sequential(
            nn.MaxPool2d(7, stride=3),
            convolution(inner, inner),
            nn.ReLU(inplace=True),
            convolution(inner, inner),
            nn.ReLU(inplace=True),
            convolution(inner, inner),
        )
        self.widen = convolution(inner, width, 1)

    def forward(self, features: Tensor) -> Tensor:
        narrow = self.narrow(features)
        rows, columns = narrow.shape[2:]
        down, right = (max(0, -(-(LEAST_PIXELS - n) // 2)) for n in (rows, columns))
        padded = mirrored(narrow, (down, right)) if down or right else narrow
        seen = functional.interpolate(
            self.wide(self.stride(padded)), padded.shape[2:], mode="bilinear", align_corners=False
        )
        seen = seen[:, :, down : down + rows, right : right + columns]
        weights = torch.sigmoid(self.widen(seen + self.skip(narrow)))
        return features * weights
