"""The shipped generator: a residual CNN on the coarse grid with exact data consistency."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from srviewer.nn.networks.enlargement import convolution, enlargement_of, shuffled, zero_initialised
from srviewer.nn.networks.interpolated_base import base_of
from srviewer.nn.networks.shape import NetworkShape


class ResidualNetwork(nn.Module):
    """``blocks`` residual blocks of two 3 x 3 convolutions of ``width`` channels.

    No batch normalisation (Lim et al. 2017). One trunk serves every factor; each factor has its
    own tail, ended by a sub-pixel shuffle.
    """

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        self._enlargement = enlargement_of(shape)
        width = shape.size.width
        self.base = base_of(shape)
        self.head = convolution(self._enlargement.inputs, width)
        self.body = nn.ModuleList(ResidualBlock(width) for _ in range(shape.size.blocks))
        self.tails = nn.ModuleDict({str(r): self._tail(width, r) for r in shape.factors})

    @property
    def blocks(self) -> list["ResidualBlock"]:
        """The blocks in their order."""
        return [block for block in self.body if isinstance(block, ResidualBlock)]

    def forward(self, slices: Tensor, factor: int) -> Tensor:
        """Add the detail of trunk and tail to the interpolated slices.

        Args:
            slices: The input as NetworkShape says, in shares of the intensity range.
            factor: One of the factors of the shape.

        Returns:
            The output as NetworkShape says, in the same unit; for the layout "axis" its block means
            are the middle slice.
        """
        features: Tensor = self.head(slices)
        for block in self.body:
            features = block(features)
        return self.finished(slices, features, factor)

    def finished(self, slices: Tensor, features: Tensor, factor: int) -> Tensor:
        """Add the detail of a tail to the interpolated slices.

        Args:
            slices: As of ``forward``.
            features: (B, width, H, W), the output of the last block.
            factor: One of the factors of the shape.

        Returns:
            As of ``forward``.
        """
        detail = shuffled(self.tails[str(factor)](features), self._enlargement.strides(factor))
        return self.base.finished(slices, detail, factor)

    def _tail(self, width: int, factor: int) -> nn.Module:
        down, right = self._enlargement.strides(factor)
        return zero_initialised(convolution(width, self._enlargement.outputs * down * right))


class ResidualBlock(nn.Module):
    """Two convolutions with ReLU between them, added to their input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = convolution(width, width)
        self.second = convolution(width, width)
        with torch.no_grad():
            self.second.weight *= 0.1  # deep stacks without normalisation start close to identity

    def forward(self, features: Tensor) -> Tensor:
        """Add the residual.

        Args:
            features: (B, width, H, W).

        Returns:
            The same shape.
        """
        detail = functional.relu(self.first(features), inplace=True)
        return torch.add(features, self.second(detail))
