"""Cross-plane super-resolution: both planes that hold the thick axis, restacked and fused."""

from dataclasses import replace

import numpy as np

from srviewer.core.reconstruction.fusion import disagreement
from srviewer.core.slices.planes import cross_planes
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import (
    Mirrored,
    Storage,
    VoxelSource,
    chunk_edges,
    with_length,
)
from srviewer.job import Job, Progress, within
from srviewer.sr.cross_plane.estimate import Computation, Estimate, EstimateStore, Keep
from srviewer.sr.cross_plane.on_device import estimated_on_device, suits_device
from srviewer.sr.cross_plane.plane_slices import PlaneSlices, loaded_upsampler, written_to
from srviewer.sr.cross_plane.refinement import Refinement, across, mirrorings, passes

JOINING = "Joining both planes"
COPIES = 0.95  # how far the whole is when every mirrored copy has been refined


def cross_plane(
    scan: VoxelSource, todo: Refinement, storage: Storage, keep: Keep
) -> Job[Computation]:
    """Cross-plane super-resolution (section 3.1.1 of the paper).

    The intensity floor is subtracted before the network, which takes air as 0, and added after it.
    The mean of each block moves with it, so block means are reproduced all the same.

    Args:
        scan: (i, j, k) thick voxels without padding.
        todo: The settings; a factor beyond the model's own is reached in several passes.
        storage: Takes what one plane says until the other is refined.
        keep: Takes the slabs of the estimate, ``factor`` times more voxels along the axis.

    Returns:
        A job whose result is what the estimate was computed by.

    Raises:
        ValueError: ``todo`` has no model.
        UserError: The factor is out of reach, or the device is absent.
    """
    if todo.model is None:
        raise ValueError("cross-plane super-resolution needs a model")
    upsampler = yield from loaded_upsampler(todo.model, todo.device, todo.precision)
    yield Progress(0.0, "Measuring the grey levels")
    intensity = todo.intensity_of(scan)
    floor = np.float32(intensity.floor)
    stages = passes(todo.degradation.factor, todo.model.factors)

    if suits_device(upsampler, storage):
        slices = PlaneSlices(upsampler, scan, intensity, stages)
        if (yield from estimated_on_device(slices, todo, keep)):
            return Computation(upsampler.device_title, upsampler.precision)

    def settled(start: int, slab: Estimate[Voxels]) -> Job[None]:
        voxels = slab.voxels + floor if floor else slab.voxels
        yield from keep(start, replace(slab, voxels=voxels))

    if not todo.flips:
        slices = PlaneSlices(upsampler, scan, intensity, stages)
        yield from _both_planes(slices, todo, storage, settled)
        return Computation(upsampler.device_title, upsampler.precision)
    axis, mirrors = across(todo.degradation.axis), mirrorings(todo.degradation.axis)
    copies = []
    for number, axes in enumerate(mirrors):
        slices = PlaneSlices(upsampler, Mirrored(scan, axes), intensity, stages)
        copy = EstimateStore(storage, axis, scan.shape[axis])
        span = COPIES * number / len(mirrors), COPIES * (number + 1) / len(mirrors)
        yield from within(_both_planes(slices, todo, storage, copy.keep), *span)
        copies.append(copy)

    def averaged(start: int, slab: Estimate[Voxels]) -> Job[None]:
        stop = start + slab.voxels.shape[axis]
        others = zip(copies[1:], mirrors[1:], strict=True)
        turned = (_turned_back(copy, axes, axis, start, stop) for copy, axes in others)
        yield from settled(start, _mean([slab, *turned]))

    yield from within(copies[0].pass_on(JOINING, averaged), COPIES, 1.0)
    return Computation(upsampler.device_title, upsampler.precision)


def _turned_back(
    copy: EstimateStore, axes: tuple[int, ...], axis: int, start: int, stop: int
) -> Estimate[Voxels]:
    """A slab of the estimate of a mirrored copy, as the scan lies."""
    return copy.kept.each(lambda store: Mirrored(store, axes).read(axis, start, stop))


def _mean(copies: list[Estimate[Voxels]]) -> Estimate[Voxels]:
    """The mean of all copies, with their spread."""

    def mean(first: Voxels, *others: Voxels) -> Voxels:
        return np.asarray(sum(others, first) / np.float32(len(copies)))

    fused = [copy.voxels for copy in copies]
    differing = [copy.disagreement for copy in copies if copy.disagreement is not None]
    spread = np.asarray(np.std(fused, axis=0, dtype=np.float32))
    return Estimate(mean(*fused), mean(*differing), spread)


def _both_planes(slices: PlaneSlices, todo: Refinement, storage: Storage, keep: Keep) -> Job[None]:
    """The fused estimate and the disagreement of the two planes, less the floor."""
    axis, shape = todo.degradation.axis, slices.source.shape
    first_group, second_group = cross_planes(axis)
    thick, second_thick = slices.slab_slices(first_group), slices.slab_slices(second_group)
    first = storage.voxels(
        with_length(shape, axis, shape[axis] * todo.degradation.factor),
        chunk_edges((first_group.normal, thick), (second_group.normal, second_thick)),
    )

    def join(start: int, slab: Voxels) -> Job[None]:
        normal = second_group.normal
        first_slab = first.read(normal, start, start + slab.shape[normal])
        yield Progress(0.0, JOINING)
        fused, differing = todo.fusion.fuse(first_slab, slab), disagreement(first_slab, slab)
        yield from keep(start, Estimate(fused, differing))

    keep_first = written_to(first, first_group.normal)
    yield from within(slices.every(first_group, thick, storage, keep_first), 0.0, 0.49)
    yield from within(slices.every(second_group, second_thick, storage, join), 0.49, 1.0)
