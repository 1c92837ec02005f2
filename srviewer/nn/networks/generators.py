"""The two frames of a generator: refine what was interpolated, or enlarge what was refined."""

from collections.abc import Callable

from torch import Tensor, nn

from srviewer.nn.networks.interpolated_base import base_of
from srviewer.nn.networks.shape import NetworkShape


class PreUpsampled(nn.Module):
    """Works on the interpolated slices: ``trunk`` (B, inputs, fine) to the detail that they lack.

    One trunk does every factor.
    """

    def __init__(self, shape: NetworkShape, trunk: nn.Module) -> None:
        super().__init__()
        self.base = base_of(shape)
        self.trunk = trunk

    def forward(self, slices: Tensor, factor: int) -> Tensor:
        """What NetworkShape says."""
        detail = self.trunk(self.base(slices, factor))
        return self.base.finished(slices, detail, factor)


class PostUpsampled(nn.Module):
    """Works on the coarse grid: ``trunk`` to features, then one ``tail`` per factor to the detail.

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
        """What NetworkShape says."""
        detail = self.tails[str(factor)](self.trunk(slices))
        return self.base.finished(slices, detail, factor)
