"""The shipped generator: a residual CNN in low-resolution space with exact data consistency."""

from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

BASE_TAPS = 5


class ResidualNetwork(nn.Module):
    """2k+1 neighbouring slices to the middle one, ``factor`` times finer along its rows.

    ``width``: feature channels. ``blocks``: residual blocks of two 3 x 3 convolutions, no batch
    normalisation (Lim et al. 2017). One trunk serves every factor; each factor has its own tail,
    ended by a sub-pixel shuffle along one axis.

    Whatever the weights, the mean of each block of ``factor`` output rows is the measured input
    row: the interpolated base has exact block means and the learned residual has none.
    """

    def __init__(self, width: int, blocks: int, neighbours: int, factors: tuple[int, ...]) -> None:
        super().__init__()
        self.neighbours = neighbours
        self.head = nn.Conv2d(2 * neighbours + 1, width, 3, padding=1)
        self.body = nn.ModuleList(_ResidualBlock(width) for _ in range(blocks))
        self.tails = nn.ModuleDict({str(r): _silent_convolution(width, r) for r in factors})
        for factor in factors:
            kernel = torch.from_numpy(block_mean_kernel(factor))[:, None, :, None]
            self.register_buffer(f"base_{factor}", kernel, persistent=False)

    def forward(self, slices: Tensor, factor: int) -> Tensor:
        """(B, 2k+1, H, W), H along the thick axis, to (B, 1, factor * H, W); any intensity unit."""
        features: Tensor = self.head(slices)
        for block in self.body:
            features = block(features)
        detail = self.tails[str(factor)](features)
        detail = detail - detail.mean(dim=1, keepdim=True)
        fine = self._base(slices, factor) + detail
        batch, _, rows, columns = fine.shape
        shuffled: Tensor = fine.permute(0, 2, 1, 3).reshape(batch, 1, rows * factor, columns)
        return shuffled

    def _base(self, slices: Tensor, factor: int) -> Tensor:
        """The middle slice interpolated: (B, factor, H, W), exact in its mean over dim 1."""
        middle = slices[:, self.neighbours : self.neighbours + 1]
        reach = BASE_TAPS // 2
        padded = functional.pad(middle, (0, 0, reach, reach), mode="replicate")
        return functional.conv2d(padded, self.get_buffer(f"base_{factor}"))


def _silent_convolution(width: int, channels: int) -> nn.Conv2d:
    """All zeros, so that training starts from the interpolated base."""
    convolution = nn.Conv2d(width, channels, 3, padding=1)
    for parameter in convolution.parameters():
        nn.init.zeros_(parameter)
    return convolution


class _ResidualBlock(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        with torch.no_grad():
            self.second.weight *= 0.1  # deep stacks without normalisation start close to identity

    def forward(self, features: Tensor) -> Tensor:
        detail = functional.relu(self.first(features), inplace=True)
        return torch.add(features, self.second(detail))


def block_mean_kernel(factor: int) -> np.ndarray:
    """(factor, 5) float32 weights from five thick voxels to the thin ones inside the middle one.

    They are the cell means of the polynomial of degree 4 whose own means over the five thick
    voxels are the given values, so the mean over a thick voxel is reproduced exactly.
    """
    powers = np.arange(BASE_TAPS)
    thick_edges = np.arange(BASE_TAPS + 1) - BASE_TAPS / 2
    thin_edges = np.linspace(-0.5, 0.5, factor + 1)
    kernel = _cell_means(thin_edges, powers) @ np.linalg.inv(_cell_means(thick_edges, powers))
    return kernel.astype(np.float32)


def _cell_means(edges: np.ndarray, powers: np.ndarray) -> np.ndarray:
    """(cells, powers): the mean of x^p over each cell between neighbouring edges."""
    next_powers = powers + 1
    return np.array(
        [(b**next_powers - a**next_powers) / next_powers / (b - a) for a, b in pairwise(edges)]
    )
