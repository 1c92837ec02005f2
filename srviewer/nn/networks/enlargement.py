"""Enlargement of images by a network: along the rows only, or along rows and columns."""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from srviewer.nn.networks.shape import NetworkShape, prime_factors

Strides = tuple[int, int]  # how much finer (rows, columns) become


@dataclass(frozen=True)
class Enlargement:
    """The axes along which a network enlarges, and its channels.

    Attributes:
        inputs: Channels of the input.
        outputs: Channels of the output.
        both: Whether columns are refined as rows are.
    """

    inputs: int
    outputs: int
    both: bool

    def strides(self, factor: int) -> Strides:
        """Factors of enlargement of the two axes.

        Args:
            factor: The factor of the network.

        Returns:
            The factors of (rows, columns).
        """
        return (factor, factor if self.both else 1)

    def stages(self, factor: int) -> tuple[Strides, ...]:
        """Stages of enlargement by prime factors.

        Args:
            factor: The factor of the network.

        Returns:
            One (rows, columns) for each prime factor, the larger first; their product is
            ``strides(factor)``.
        """
        return tuple(self.strides(prime) for prime in prime_factors(factor))


def enlargement_of(shape: NetworkShape) -> Enlargement:
    """The layout that a shape asks for.

    Args:
        shape: Of the network; its layout is "axis" or "image".

    Returns:
        Its channels and the axes that are enlarged.
    """
    if shape.layout == "axis":
        return Enlargement(2 * shape.neighbours + 1, 1, both=False)
    return Enlargement(shape.channels, shape.channels, both=True)


def shuffled(fine: Tensor, strides: Strides) -> Tensor:
    """The sub-pixel shuffle of Shi et al. 2016: channels to pixels.

    Args:
        fine: (B, C * a * b, H, W).
        strides: The factors (a, b) of rows and columns.

    Returns:
        (B, C, a * H, b * W).
    """
    down, right = strides
    batch, channels, rows, columns = fine.shape
    split = fine.reshape(batch, channels // (down * right), down, right, rows, columns)
    return split.permute(0, 1, 4, 2, 5, 3).reshape(batch, -1, rows * down, columns * right)


class Shuffle(nn.Module):
    """The sub-pixel shuffle (``shuffled``) as a layer."""

    def __init__(self, strides: Strides) -> None:
        super().__init__()
        self._strides = strides

    def forward(self, fine: Tensor) -> Tensor:
        """Shuffle channels to pixels.

        Args:
            fine: (B, C * a * b, H, W).

        Returns:
            (B, C, a * H, b * W).
        """
        return shuffled(fine, self._strides)


class Nearest(nn.Module):
    """Nearest-neighbour enlargement as a layer: each pixel is repeated."""

    def __init__(self, strides: Strides) -> None:
        super().__init__()
        self._factors = tuple(map(float, strides))

    def forward(self, images: Tensor) -> Tensor:
        """Repeat each pixel along rows and columns.

        Args:
            images: (B, C, H, W).

        Returns:
            (B, C, a * H, b * W).
        """
        return functional.interpolate(images, scale_factor=self._factors, mode="nearest")


def zero_initialised(convolution: nn.Module) -> nn.Module:
    """Zero initialisation of a last layer, so that training starts from the interpolated base.

    Args:
        convolution: The layer; its weights and bias are set to 0 in place.

    Returns:
        The same layer.
    """
    for parameter in convolution.parameters():
        nn.init.zeros_(parameter)
    return convolution


def convolution(inputs: int, outputs: int, kernel: int = 3) -> nn.Conv2d:
    """A convolution whose output is as large as its input, padded with zeros.

    Args:
        inputs: Channels of the input.
        outputs: Channels of the output.
        kernel: Length of the square kernel in pixels, odd.

    Returns:
        The layer, with the initial weights of torch.
    """
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)
