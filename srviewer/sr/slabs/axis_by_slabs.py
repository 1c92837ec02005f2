"""Slab-wise refinement of one axis, in slabs as thin as memory asks and as the network batches."""

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
from srviewer.sr.cross_plane.refinement import Refinement, loaded_upsampler, passes
from srviewer.sr.slabs.sums import SlabSums

if TYPE_CHECKING:
    from srviewer.nn.inference.infer import Upsampler

SLAB_BYTES = 32 * 2**20  # of a refined slab
LEAST_SLICES = 16  # in a slab that is not too large: thin ones cost a look into every chunk
CHUNK_EDGE = 16  # along axes without slabs

Keep = Callable[[int, Voxels], None]  # takes the first plane of a slab, and the slab (i, j, k)


@dataclass(frozen=True, eq=False)
class Finished:
    """The refined voxels on disk, with their maps.

    Attributes:
        voxels: (i, j, k) on the refined grid.
        disagreement: Of the two planes, on the refined grid; None where one estimate is all.
        residual: The degraded result minus the scan, on the grid of the scan.
        device: The title of the device that computed them.
    """

    voxels: ScratchVoxels
    disagreement: ScratchVoxels | None
    residual: ScratchVoxels
    device: str


class _Last:
    """Takes the finished slabs: fuses them with the first plane's estimate and stores them."""

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
        if self._first is not None and self._into.disagreement is not None:
            first_estimate = self._first.read(self._axis, start, start + slab.shape[self._axis])
            difference = disagreement(first_estimate, slab)
            self._sums.add_disagreement(difference if padded is None else difference[~padded])
            difference = (
                difference if padded is None else np.where(padded, np.float32(0), difference)
            )
            self._into.disagreement.write(self._axis, start, difference)
            slab = self._fusion.fuse(first_estimate, slab)
        if self._floor:
            slab = slab + self._floor
        slab = self._sums.raised(slab)
        if padding is not None and padded is not None:
            slab = marked(np.array(slab), padded, padding.padding)
        self._into.voxels.write(self._axis, start, slab)
        self._into.residual.write(
            self._axis, start, self._sums.residual_of(self._axis, start, slab)
        )


def refined_by_network(
    scan: ScratchVoxels, todo: Refinement, scratch: Scratch, sums: SlabSums
) -> Job[Finished]:
    """Refine one axis by cross-plane super-resolution, with the first plane's estimate on disk.

    Voxel for voxel the same as ``cross_plane``.

    Args:
        scan: (i, j, k) thick voxels on disk, padding filled.
        todo: The settings, with a model.
        scratch: The store that takes the estimates and the result.
        sums: Takes each slab of the result, and gives its residual.

    Returns:
        A job whose result is the refined voxels and their maps.

    Raises:
        ValueError: ``todo`` has no model.
    """
    if todo.model is None:
        raise ValueError("cross-plane super-resolution needs a model")
    upsampler = yield from loaded_upsampler(todo.model, todo.device, "float32")
    axis, factor = todo.degradation.axis, todo.degradation.factor
    intensity = todo.intensity or intensity_of_parts(scan.parts)
    floor, scale = np.float32(intensity.floor), intensity.range
    stages = passes(factor, todo.model.factors)
    first_group, second_group = cross_planes(axis)
    thick = tuple(
        _thickness(upsampler, scan.shape, group, stages) for group in (first_group, second_group)
    )
    edges = _edges((first_group.normal, thick[0]), (second_group.normal, thick[1]))
    first = scratch.voxels(_refined_shape(scan.shape, axis, factor), edges)
    work = _Planes(upsampler, scan, floor, scale, stages, scratch)
    yield from within(
        work.refined(first_group, thick[0], first.writer(first_group.normal)), 0.0, 0.5
    )
    finished = Finished(
        voxels=scratch.voxels(first.shape, _edges((second_group.normal, thick[1]))),
        disagreement=scratch.voxels(first.shape, _edges((second_group.normal, thick[1]))),
        residual=scratch.voxels(scan.shape, _edges((second_group.normal, thick[1]))),
        device="",
    )
    last = _Last(second_group.normal, first, todo.fusion, floor, finished, sums)
    yield from within(work.refined(second_group, thick[1], last), 0.5, 1.0)
    return replace(finished, device=upsampler.device_title)


def interpolated_on_disk(
    scan: ScratchVoxels, todo: Refinement, chosen: Method, scratch: Scratch, sums: SlabSums
) -> Job[Finished]:
    """Refine one axis by an interpolation, which works on each line of voxels alone.

    Args:
        scan: (i, j, k) thick voxels on disk, padding filled.
        todo: The settings.
        chosen: The method, without a model.
        scratch: The store that takes the result.
        sums: Takes each slab of the result, and gives its residual.

    Returns:
        A job whose result is the refined voxels and their residual.
    """
    axis = todo.degradation.axis
    across = cross_planes(axis)[1].normal
    shape = _refined_shape(scan.shape, axis, todo.degradation.factor)
    thick = _slices(4 * int(np.prod(shape)) // shape[across])
    edges = _edges((across, thick))
    voxels, residual = scratch.voxels(shape, edges), scratch.voxels(scan.shape, edges)
    finished = Finished(voxels, None, residual, "cpu")
    last = _Last(across, None, todo.fusion, np.float32(0), finished, sums)
    count = shape[across]
    for start in range(0, count, thick):
        stop = min(start + thick, count)
        job = chosen.run(scan.read(across, start, stop), todo)
        estimate = yield from within(job, start / count, stop / count)
        last(start, estimate.voxels)
    return finished


@dataclass(frozen=True, eq=False)
class _Planes:
    """The scan with the settings by which the slices of one plane are refined.

    Attributes:
        floor: The intensity floor, which is subtracted before the network.
        scale: The intensity range.
        stages: The factor of each pass.
    """

    upsampler: "Upsampler"
    scan: ScratchVoxels
    floor: np.float32
    scale: float
    stages: tuple[int, ...]
    scratch: Scratch

    def refined(self, group: TrainingGroup, thick: int, keep: Keep) -> Job[None]:
        """Run every stage of one plane; what comes before the last stage goes to disk."""
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
    """Slices in a slab: whole batches at every stage, so that numbers stay the same."""
    rows, columns = shape[group.thick], shape[3 - group.thick - group.normal]
    batches = [upsampler.batch_of(rows, columns)]
    for factor in stages:
        rows *= factor
        batches.append(upsampler.batch_of(rows, columns))
    together = lcm(*batches[:-1])
    return together * ceil(_slices(4 * rows * columns) / together)


def _slices(slice_bytes: int) -> int:
    """Slices in a slab, by the size of one in bytes."""
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
