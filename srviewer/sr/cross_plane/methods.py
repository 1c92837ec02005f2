"""The table of methods: how a thick scan can be made thin."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from srviewer.core.geometry.grid import Axis
from srviewer.core.reconstruction.iterative_back_projection import back_projected
from srviewer.core.volumes import interpolate
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, within
from srviewer.sr.cross_plane.refinement import Estimate, Refinement, cross_plane
from srviewer.table import find_row

Interpolation = Callable[[Voxels, Axis, interpolate.Positions], Voxels]


@dataclass(frozen=True)
class Method:
    """A way to refine (i, j, k) voxels by a factor along one axis.

    ``needs_model``: whether the ``model`` of the refinement must be one. ``consistent``: whether
    the result is held to the scan, by whatever profile its slices were acquired.
    """

    id: str
    title: str
    needs_model: bool
    consistent: bool
    run: Callable[[Voxels, Refinement], Job[Estimate]]


def _interpolation(kernel: Interpolation) -> Callable[[Voxels, Refinement], Job[Estimate]]:
    def run(scan: Voxels, todo: Refinement) -> Job[Estimate]:
        yield Progress(0.0, "Interpolating")
        axis, factor = todo.degradation.axis, todo.degradation.factor
        positions = interpolate.thin_positions(scan.shape[axis], factor)
        return Estimate(kernel(scan, axis, positions), None, "cpu")

    return run


_cubic = _interpolation(interpolate.cubic)


def _back_projected(scan: Voxels, todo: Refinement) -> Job[Estimate]:
    """Cubic interpolation that, degraded, is the scan."""
    first = yield from within(_cubic(scan, todo), 0.0, 0.1)
    data_range = todo.intensity_of(scan).range
    job = back_projected(first.voxels, scan, todo.degradation, data_range)
    voxels = yield from within(job, 0.1, 1.0)
    return replace(first, voxels=voxels)


METHODS = (
    Method("cross-plane", "Cross-plane network", True, True, cross_plane),
    Method("back-projected", "Cubic, held to the scan", False, True, _back_projected),
    Method("cubic", "Cubic B-spline", False, False, _cubic),
    Method("linear", "Linear", False, False, _interpolation(interpolate.linear)),
    Method("nearest", "Nearest", False, False, _interpolation(interpolate.nearest)),
)


def method(method_id: str) -> Method:
    """The row of METHODS with this id; UserError when there is none."""
    return find_row(METHODS, method_id, "method")
