"""The two ways in which a network enlarges: along the rows only, or along rows and columns."""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from srviewer.nn.networks.shape import NetworkShape

Strides = tuple[int, int]  # how much finer (rows, columns) become


@dataclass(frozen=True)
class Layout:
    """``inputs`` and ``outputs``: channels. ``both``: whether columns grow as rows do."""

    inputs: int
    outputs: int
    both: bool

    def strides(self, factor: int) -> Strides:
        """How much finer rows and columns become."""
        return (factor, factor if self.both else 1)

    def stages(self, factor: int) -> tuple[Strides, ...]:
        """``strides(factor)`` as steps by its prime factors, the larger first."""
        return tuple(self.strides(prime) for prime in _primes(factor))


def layout_of(shape: NetworkShape) -> Layout:
    """The layout of a network's shape."""
    if shape.layout == "axis":
        return Layout(2 * shape.neighbours + 1, 1, both=False)
    return Layout(shape.channels, shape.channels, both=True)


def shuffled(fine: Tensor, strides: Strides) -> Tensor:
    """(B, C * a * b, H, W) to (B, C, a * H, b * W): the sub-pixel shuffle of Shi et al. 2016."""
    down, right = strides
    batch, channels, rows, columns = fine.shape
    split = fine.reshape(batch, channels // (down * right), down, right, rows, columns)
    return split.permute(0, 1, 4, 2, 5, 3).reshape(batch, -1, rows * down, columns * right)


class Shuffle(nn.Module):
    """``shuffled`` as a layer."""

    def __init__(self, strides: Strides) -> None:
        super().__init__()
        self._strides = strides

    def forward(self, fine: Tensor) -> Tensor:
        """(B, C * a * b, H, W) to (B, C, a * H, b * W)."""
        return shuffled(fine, self._strides)


class Nearest(nn.Module):
    """Repeats pixels."""

    def __init__(self, strides: Strides) -> None:
        super().__init__()
        self._factors = tuple(map(float, strides))

    def forward(self, images: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C, a * H, b * W)."""
        return functional.interpolate(images, scale_factor=self._factors, mode="nearest")


def silent(convolution: nn.Module) -> nn.Module:
    """The layer with all weights zero, so that training starts from the interpolated base."""
    for parameter in convolution.parameters():
        nn.init.zeros_(parameter)
    return convolution


def convolution(inputs: int, outputs: int, kernel: int = 3) -> nn.Conv2d:
    """A convolution that keeps the image's size."""
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)


def _primes(factor: int) -> list[int]:
    primes: list[int] = []
    for prime in range(2, factor + 1):
        while factor % prime == 0:
            primes.insert(0, prime)
            factor //= prime
    return primes
