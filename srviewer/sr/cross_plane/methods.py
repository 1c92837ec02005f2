"""The table of methods: networks and interpolations that refine a thick axis."""

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

    Attributes:
        id: The name in options, files and settings; never renamed.
        title: The name that users see.
        needs_model: Whether the refinement must hold a model.
        consistent: Whether the result fulfils data consistency for every slice profile.
        run: (scan, refinement) -> a job that gives the estimate. The scan is (i, j, k) voxels
            without padding.
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
    """Cubic interpolation with data consistency, by iterative back-projection."""
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
    """The method of an id.

    Args:
        method_id: The id of a row of ``METHODS``.

    Returns:
        That row.

    Raises:
        UserError: The id is unknown; the message lists the known ones.
    """
    return find_row(METHODS, method_id, "method")
