"""The table of methods: networks and interpolations that refine a thick axis."""

from collections.abc import Callable
from dataclasses import dataclass

from srviewer.core.geometry.grid import Axis
from srviewer.core.reconstruction.iterative_back_projection import RESTORING, back_project
from srviewer.core.volumes import interpolate
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import (
    Storage,
    VoxelSource,
    slab_planes,
    slab_spans,
    with_length,
)
from srviewer.job import Job, Progress, within
from srviewer.sr.cross_plane.estimate import Computation, Estimate, EstimateStore, Keep
from srviewer.sr.cross_plane.network import cross_plane
from srviewer.sr.cross_plane.other_profile import of_profile
from srviewer.sr.cross_plane.refinement import Refinement, across
from srviewer.table import find_row

Interpolation = Callable[[Voxels, Axis, interpolate.Positions], Voxels]
Run = Callable[[VoxelSource, Refinement, Storage, Keep], Job[Computation]]


@dataclass(frozen=True)
class Method:
    """A way to refine (i, j, k) voxels by a factor along one axis.

    Attributes:
        id: The name in options, files and settings; never renamed.
        title: The name that users see in a list of methods.
        name: The name within a line, such as that of a result.
        needs_model: Whether the refinement must hold a model.
        consistent: Whether the result fulfils data consistency for every slice profile.
        run: (scan, refinement, storage, keep) -> a job that passes the slabs of the estimate to
            ``keep`` and gives what they were computed by. The scan is (i, j, k) voxels without
            padding.
    """

    id: str
    title: str
    name: str
    needs_model: bool
    consistent: bool
    run: Run


def _interpolation(kernel: Interpolation) -> Run:
    def run(scan: VoxelSource, todo: Refinement, storage: Storage, keep: Keep) -> Job[Computation]:
        axis, factor = todo.degradation.axis, todo.degradation.factor
        positions = interpolate.thin_positions(scan.shape[axis], factor)
        slabs, count = across(axis), scan.shape[across(axis)]
        thin = with_length(scan.shape, axis, len(positions))
        for start, stop in slab_spans(scan.shape, slabs, slab_planes(thin, slabs)):
            yield Progress(start / count, "Interpolating")
            voxels = kernel(scan.read(slabs, start, stop), axis, positions)
            yield from within(keep(start, Estimate(voxels)), start / count, stop / count)
        return Computation("cpu")

    return run


_cubic = _interpolation(interpolate.cubic)


def _back_projected(run: Run, share: float) -> Run:
    """A method whose estimate is made consistent with the scan by iterative back-projection.

    ``share``: of the method's own work in the whole.
    """

    def run_both(
        scan: VoxelSource, todo: Refinement, storage: Storage, keep: Keep
    ) -> Job[Computation]:
        slabs = across(todo.degradation.axis)
        first = EstimateStore(storage, slabs, scan.shape[slabs])
        computation = yield from within(run(scan, todo, storage, first.keep), 0.0, share)
        data_range = todo.intensity_of(scan).range
        spans = slabs, tuple(first.spans())
        job = back_project(first.kept.voxels, scan, todo.degradation, data_range, spans)
        yield from within(job, share, 0.99)
        yield from within(first.pass_on(RESTORING, keep), 0.99, 1.0)
        return computation

    return run_both


def _network(scan: VoxelSource, todo: Refinement, storage: Storage, keep: Keep) -> Job[Computation]:
    """Cross-plane super-resolution, which by itself keeps block means alone."""
    run = cross_plane if todo.degradation.is_block_mean else _back_projected(of_profile, 0.95)
    return run(scan, todo, storage, keep)


METHODS = (
    Method("cross-plane", "Cross-plane network", "cross-plane", True, True, _network),
    Method(
        "back-projected",
        "Back-projected cubic",
        "back-projected cubic",
        False,
        True,
        _back_projected(_cubic, 0.1),
    ),
    Method("cubic", "Cubic B-spline", "cubic", False, False, _cubic),
    Method("linear", "Linear", "linear", False, False, _interpolation(interpolate.linear)),
    Method("nearest", "Nearest", "nearest", False, False, _interpolation(interpolate.nearest)),
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
