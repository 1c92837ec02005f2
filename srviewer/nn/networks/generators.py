"""The two frames of a generator: before or after its layers, the slices are enlarged."""

from collections.abc import Callable

from torch import Tensor, nn

from srviewer.nn.networks.interpolated_base import base_of
from srviewer.nn.networks.shape import NetworkShape


class PreUpsampled(nn.Module):
    """A generator that works on interpolated slices.

    Its ``trunk`` maps (B, inputs, fine rows, fine columns) to the detail that is added to the base.
    One trunk serves every factor.
    """

    def __init__(self, shape: NetworkShape, trunk: nn.Module) -> None:
        super().__init__()
        self.base = base_of(shape)
        self.trunk = trunk

    def forward(self, slices: Tensor, factor: int) -> Tensor:
        """Interpolate the slices and add the detail of the trunk.

        Args:
            slices: The input as NetworkShape says, in shares of the intensity range.
            factor: One of the factors of the shape.

        Returns:
            The output as NetworkShape says, in the same unit.
        """
        detail = self.trunk(self.base(slices, factor))
        return self.base.finished(slices, detail, factor)


class PostUpsampled(nn.Module):
    """A generator that works on the coarse grid.

    Its ``trunk`` makes features, and one ``tail`` for each factor makes the detail of them.
    Every family refines the interpolated base (a global residual, as in VDSR). Published SRResNet,
    FSRCNN and RRDB predict the whole image; with the base they span the same functions, start at
    cubic quality instead of noise, and compare fairly after equal, short training.
    """

    def __init__(
        self, shape: NetworkShape, trunk: nn.Module, tail: Callable[[int], nn.Module]
    ) -> None:
        super().__init__()
        self.base = base_of(shape)
        self.trunk = trunk
        self.tails = nn.ModuleDict({str(factor): tail(factor) for factor in shape.factors})

    def forward(self, slices: Tensor, factor: int) -> Tensor:
        """Add the detail of trunk and tail to the interpolated slices.

        Args:
            slices: The input as NetworkShape says, in shares of the intensity range.
            factor: One of the factors of the shape.

        Returns:
            The output as NetworkShape says, in the same unit.
        """
        detail = self.tails[str(factor)](self.trunk(slices))
        return self.base.finished(slices, detail, factor)
