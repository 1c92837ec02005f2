"""One axis refined slab by slab, each slab as thin as memory asks and as the network batches."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, lcm
from typing import TYPE_CHECKING

import numpy as np

from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import intensity_of_parts
from srviewer.core.intensity.padding import marked
from srviewer.core.reconstruction.fusion import Fusion, disagreement
from srviewer.core.slices.planes import TrainingGroup, cross_planes, restack, unstack
from srviewer.core.volumes.volume import Voxels
from srviewer.io.chunk_store import Scratch, ScratchVoxels, Shape
from srviewer.job import Job, within
from srviewer.sr.cross_plane.methods import Method
from srviewer.sr.cross_plane.refinement import Refinement, passes, started
from srviewer.sr.slabs.sums import SlabSums

if TYPE_CHECKING:
    from srviewer.nn.inference.infer import Upsampler

SLAB_BYTES = 32 * 2**20  # of a refined slab
LEAST_SLICES = 16  # in a slab that is not too large: thin ones cost a look into every chunk
CHUNK_EDGE = 16  # along axes without slabs

Keep = Callable[[int, Voxels], None]  # takes the first plane of a slab, and the slab (i, j, k)


@dataclass(frozen=True, eq=False)
class Finished:
    """``voxels``: the result. ``apart``: the disagreement, where two planes made it.

    ``off``: what the result, degraded again, differs from the scan by. ``device``: what computed.
    """

    voxels: ScratchVoxels
    apart: ScratchVoxels | None
    off: ScratchVoxels
    device: str


class _Last:
    """Takes the finished slabs: fuses them with what the first plane left, and keeps them."""

    def __init__(
        self,
        axis: Axis,
        first: ScratchVoxels | None,
        fusion: Fusion,
        floor: np.float32,
        into: Finished,
        sums: SlabSums,
    ) -> None:
        self._axis, self._first, self._fusion, self._floor = axis, first, fusion, floor
        self._into, self._sums = into, sums

    def __call__(self, start: int, slab: Voxels) -> None:
        padding, padded = self._sums.padding, None
        if padding is not None:
            padded = padding.thin(self._axis, start, start + slab.shape[self._axis])
        if self._first is not None and self._into.apart is not None:
            other = self._first.read(self._axis, start, start + slab.shape[self._axis])
            apart = disagreement(other, slab)
            self._sums.add_disagreement(apart if padded is None else apart[~padded])
            apart = apart if padded is None else np.where(padded, np.float32(0), apart)
            self._into.apart.write(self._axis, start, apart)
            slab = self._fusion.fuse(other, slab)
        if self._floor:
            slab = slab + self._floor
        slab = self._sums.raised(slab)
        if padding is not None and padded is not None:
            slab = marked(np.array(slab), padded, padding.padding)
        self._into.voxels.write(self._axis, start, slab)
        self._into.off.write(self._axis, start, self._sums.off(self._axis, start, slab))


def refined_by_network(
    scan: ScratchVoxels, todo: Refinement, scratch: Scratch, sums: SlabSums
) -> Job[Finished]:
    """What ``cross_plane`` does, with the first plane's estimate waiting on disk."""
    if todo.model is None:
        raise ValueError("cross-plane super-resolution needs a model")
    upsampler = yield from started(todo.model, todo.device)
    axis, factor = todo.degradation.axis, todo.degradation.factor
    intensity = todo.intensity or intensity_of_parts(scan.parts)
    floor, scale = np.float32(intensity.floor), intensity.range
    stages = passes(factor, todo.model.factors)
    one, other = cross_planes(axis)
    thick = tuple(_thickness(upsampler, scan.shape, group, stages) for group in (one, other))
    edges = _edges((one.normal, thick[0]), (other.normal, thick[1]))
    first = scratch.voxels(_refined_shape(scan.shape, axis, factor), edges)
    work = _Planes(upsampler, scan, floor, scale, stages, scratch)
    yield from within(work.refined(one, thick[0], first.writer(one.normal)), 0.0, 0.5)
    found = Finished(
        voxels=scratch.voxels(first.shape, _edges((other.normal, thick[1]))),
        apart=scratch.voxels(first.shape, _edges((other.normal, thick[1]))),
        off=scratch.voxels(scan.shape, _edges((other.normal, thick[1]))),
        device="",
    )
    last = _Last(other.normal, first, todo.fusion, floor, found, sums)
    yield from within(work.refined(other, thick[1], last), 0.5, 1.0)
    return replace(found, device=upsampler.device_title)


def interpolated(
    scan: ScratchVoxels, todo: Refinement, chosen: Method, scratch: Scratch, sums: SlabSums
) -> Job[Finished]:
    """An interpolation along the axis, which no line of voxels beside it can change."""
    axis = todo.degradation.axis
    across = cross_planes(axis)[1].normal
    shape = _refined_shape(scan.shape, axis, todo.degradation.factor)
    thick = _slices(4 * int(np.prod(shape)) // shape[across])
    edges = _edges((across, thick))
    voxels, off = scratch.voxels(shape, edges), scratch.voxels(scan.shape, edges)
    found = Finished(voxels, None, off, "cpu")
    last = _Last(across, None, todo.fusion, np.float32(0), found, sums)
    count = shape[across]
    for start in range(0, count, thick):
        stop = min(start + thick, count)
        job = chosen.run(scan.read(across, start, stop), todo)
        estimate = yield from within(job, start / count, stop / count)
        last(start, estimate.voxels)
    return found


@dataclass(frozen=True, eq=False)
class _Planes:
    """The scan, and how the slices of one plane are refined. ``floor``: of the intensities."""

    upsampler: "Upsampler"
    scan: ScratchVoxels
    floor: np.float32
    scale: float
    stages: tuple[int, ...]
    scratch: Scratch

    def refined(self, group: TrainingGroup, thick: int, keep: Keep) -> Job[None]:
        """Every stage of one plane; what comes before the last stage goes to disk."""
        source, floor, last = self.scan, self.floor, len(self.stages) - 1
        for number, factor in enumerate(self.stages[:-1]):
            shape = _refined_shape(source.shape, group.thick, factor)
            between = self.scratch.voxels(shape, _edges((group.normal, thick)))
            job = self._stage(source, floor, group, factor, thick, between.writer(group.normal))
            yield from within(job, number / (last + 1), (number + 1) / (last + 1))
            source, floor = between, np.float32(0)
        job = self._stage(source, floor, group, self.stages[-1], thick, keep)
        yield from within(job, last / (last + 1), 1.0)

    def _stage(
        self,
        source: ScratchVoxels,
        floor: np.float32,
        group: TrainingGroup,
        factor: int,
        thick: int,
        keep: Keep,
    ) -> Job[None]:
        axis, count, around = group.normal, source.shape[group.normal], self.upsampler.neighbours
        for start in range(0, count, thick):
            stop = min(start + thick, count)
            low, high = max(0, start - around), min(count, stop + around)
            seen = unstack(source.read(axis, low, high), group.thick, axis)
            seen = seen - floor if floor else seen
            margin = (low - (start - around), stop + around - high)
            padded = np.pad(seen, (margin, (0, 0), (0, 0)), mode="edge")
            job = self.upsampler.upsample_seen(padded, factor, self.scale)
            fine = yield from within(job, start / count, stop / count)
            keep(start, restack(fine, group.thick, axis))


def _thickness(
    upsampler: "Upsampler", shape: Shape, group: TrainingGroup, stages: tuple[int, ...]
) -> int:
    """How many slices make a slab: whole batches at every stage, so that numbers stay the same."""
    rows, columns = shape[group.thick], shape[3 - group.thick - group.normal]
    batches = [upsampler.batch_of(rows, columns)]
    for factor in stages:
        rows *= factor
        batches.append(upsampler.batch_of(rows, columns))
    together = lcm(*batches[:-1])
    return together * ceil(_slices(4 * rows * columns) / together)


def _slices(slice_bytes: int) -> int:
    """How many slices of this size make a slab."""
    return max(1, min(LEAST_SLICES, SLAB_BYTES // slice_bytes))


def _edges(*slabs: tuple[Axis, int]) -> Shape:
    """Chunks as thick as the slabs along their axes."""
    edges = [CHUNK_EDGE] * 3
    for axis, thick in slabs:
        edges[axis] = thick
    return edges[0], edges[1], edges[2]


def _refined_shape(shape: Shape, axis: Axis, factor: int) -> Shape:
    refined = list(shape)
    refined[axis] *= factor
    return refined[0], refined[1], refined[2]
