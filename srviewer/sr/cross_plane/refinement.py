"""The settings of a refinement: planes, mirrored copies, passes of the network."""

from dataclasses import dataclass

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import Intensity, intensity_of_parts
from srviewer.core.reconstruction.fusion import Fusion
from srviewer.core.slices.planes import cross_planes
from srviewer.core.volumes.voxel_sources import VoxelSource
from srviewer.errors import UserError
from srviewer.nn.models.model_file import Model


@dataclass(frozen=True, eq=False)
class Refinement:
    """The settings of one refinement along ``degradation.axis`` by ``degradation.factor``.

    Attributes:
        degradation: The acquisition that made the scan thick.
        model: The network; None for interpolation.
        fusion: Joins the estimates of the two planes.
        device: Where the network runs, one of ``DEVICES``.
        flips: Test-time augmentation: average over mirrored inputs.
        intensity: Floor and range of the scan without its padding; None to measure them where the
            voxels hold no padding.
        precision: Of the network, one of ``PRECISIONS``.
        noise: Of the scan, its standard deviation as a share of the range; 0 where it does not
            matter.
    """

    degradation: Degradation
    model: Model | None
    fusion: Fusion
    device: str = "auto"
    flips: bool = False
    intensity: Intensity | None = None
    precision: str = "float32"
    noise: float = 0.0

    def intensity_of(self, scan: VoxelSource) -> Intensity:
        """Intensity floor and range of the scan, measured where they are not given.

        Args:
            scan: (i, j, k) thick voxels without padding.

        Returns:
            Floor and range, in the unit of the scan.
        """
        return self.intensity or intensity_of_parts(scan.parts)


def across(axis: Axis) -> Axis:
    """The axis across the slabs of a refinement: the normal of the plane that is refined last.

    Args:
        axis: The refined axis.

    Returns:
        Another axis, 0..2.
    """
    return cross_planes(axis)[1].normal


def mirrorings(axis: Axis) -> tuple[tuple[Axis, ...], ...]:
    """The mirrored inputs of test-time augmentation.

    Args:
        axis: The refined axis.

    Returns:
        For each copy the array axes that it is mirrored along: none, the refined axis, both others,
        all three.
    """
    first, second = (a for a in range(3) if a != axis)
    return (), (axis,), (first, second), (axis, first, second)


def passes(factor: int, known: tuple[int, ...]) -> tuple[int, ...]:
    """The fewest factors of a model whose product is a factor.

    Args:
        factor: The factor to reach, 2 or more.
        known: The factors that the model refines by in one pass.

    Returns:
        One factor for each pass, the largest first.

    Raises:
        UserError: No product of the known factors is ``factor``.
    """
    factors = _shortest_product(factor, tuple(sorted(known, reverse=True)))
    if factors is None:
        raise UserError(
            f"This model cannot refine by {factor}: it knows the factors "
            f"{', '.join(map(str, sorted(known)))} and their products. Choose another factor."
        )
    return factors


def reachable(factor: int, known: tuple[int, ...]) -> bool:
    """Whether a model reaches a factor, in one pass or several.

    Args:
        factor: The factor to reach.
        known: The factors that the model refines by in one pass.

    Returns:
        True where ``passes`` gives an answer.
    """
    return factor >= 1 and _shortest_product(factor, known) is not None


def _shortest_product(factor: int, known: tuple[int, ...]) -> tuple[int, ...] | None:
    if factor == 1:
        return ()
    rests = ((r, _shortest_product(factor // r, known)) for r in known if factor % r == 0)
    ways = [(r, *rest) for r, rest in rests if rest is not None]
    return min(ways, key=len, default=None)
