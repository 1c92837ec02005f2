"""The table of methods: how a thick scan can be made thin."""

from collections.abc import Callable
from dataclasses import dataclass

from srviewer.core import interpolate
from srviewer.core.fuse import Fusion
from srviewer.core.geometry import Axis
from srviewer.core.volume import Voxels
from srviewer.job import Job, Progress
from srviewer.nn.model_file import Model
from srviewer.sr.cross_plane import Estimate, cross_plane
from srviewer.table import find_row

Interpolation = Callable[[Voxels, Axis, interpolate.Positions], Voxels]


@dataclass(frozen=True)
class Method:
    """A way to refine (i, j, k) voxels by a factor along one axis.

    ``run(scan, axis, factor, model, fusion, device)``; ``model`` is None unless ``needs_model``.
    """

    id: str
    title: str
    needs_model: bool
    run: Callable[[Voxels, Axis, int, Model | None, Fusion, str], Job[Estimate]]


def _interpolation(kernel: Interpolation) -> Callable[..., Job[Estimate]]:
    def run(
        scan: Voxels, axis: Axis, factor: int, model: Model | None, fusion: Fusion, device: str
    ) -> Job[Estimate]:
        yield Progress(0.0, "Interpolating")
        positions = interpolate.thin_positions(scan.shape[axis], factor)
        return Estimate(kernel(scan, axis, positions), None, "cpu")

    return run


def _cross_plane(
    scan: Voxels, axis: Axis, factor: int, model: Model | None, fusion: Fusion, device: str
) -> Job[Estimate]:
    if model is None:
        raise ValueError("cross-plane super-resolution needs a model")
    return (yield from cross_plane(scan, axis, factor, model, fusion, device))


METHODS = (
    Method("cross-plane", "Cross-plane network", True, _cross_plane),
    Method("cubic", "Cubic B-spline", False, _interpolation(interpolate.cubic)),
    Method("linear", "Linear", False, _interpolation(interpolate.linear)),
    Method("nearest", "Nearest", False, _interpolation(interpolate.nearest)),
)


def method(method_id: str) -> Method:
    """The row of METHODS with this id; UserError when there is none."""
    return find_row(METHODS, method_id, "method")
