"""Cross-plane super-resolution of a whole scan on a device other than the processor."""

from functools import partial
from typing import TYPE_CHECKING

from srviewer.core.geometry.grid import Axis
from srviewer.core.slices.planes import cross_planes
from srviewer.core.volumes.slabwise import planes_of
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import Memory, Storage, shape_of, slab_spans
from srviewer.job import Job, within
from srviewer.sr.cross_plane.estimate import Estimate, Keep
from srviewer.sr.cross_plane.plane_slices import PlaneSlices
from srviewer.sr.cross_plane.refinement import Refinement, mirrorings

if TYPE_CHECKING:
    from srviewer.nn.inference.infer import Upsampler

KEPT = 0.97  # how far the whole is when the estimate is in memory
SLAB_VOXELS = 2**25  # passed on together: a cancel waits for work on so many


def suits_device(upsampler: "Upsampler", storage: Storage) -> bool:
    """Whether both planes are joined where the network runs.

    Args:
        upsampler: The network.
        storage: Where the voxels are kept.

    Returns:
        True for a GPU and a result in memory.
    """
    return upsampler.device.type != "cpu" and isinstance(storage, Memory)


def estimated_on_device(slices: PlaneSlices, todo: Refinement, keep: Keep) -> Job[bool]:
    """Refine a scan on the device of its network.

    Args:
        slices: The scan and the network, in float32.
        todo: The settings.
        keep: Takes the slabs of the estimate, with the floor.

    Returns:
        A job with True; False where the fusion is unknown there or the device lacks the memory, and
        ``keep`` was given nothing.
    """
    from srviewer.nn.inference.device_planes import JOINED, DevicePlanes  # lazy: loads torch

    if todo.fusion.id not in JOINED:
        return False
    thick, intensity = todo.degradation.axis, slices.intensity
    first, second = cross_planes(thick)
    order = first.normal, thick, second.normal
    settings = slices.stages, intensity.range, intensity.floor, todo.fusion.id
    planes = DevicePlanes(slices.upsampler, order, *settings)
    scan = intensity.above_floor(slices.source.read(0, 0, slices.source.shape[0]))
    job = planes.joined(scan, mirrorings(thick) if todo.flips else ((),))
    joined = yield from within(job, 0.0, KEPT)
    if joined is None:
        return False
    whole = Estimate(joined.voxels, joined.disagreement, joined.spread)
    yield from within(_passed_on(whole, second.normal, keep), KEPT, 1.0)
    return True


def _passed_on(whole: Estimate[Voxels], axis: Axis, keep: Keep) -> Job[None]:
    """In one slab, where it is not too large for a prompt cancel of what follows."""
    shape = shape_of(whole.voxels)
    planes = max(1, SLAB_VOXELS * shape[axis] // whole.voxels.size)
    for start, stop in slab_spans(shape, axis, planes):
        slab = whole.each(partial(planes_of, axis=axis, start=start, stop=stop))
        span = start / shape[axis], stop / shape[axis]
        yield from within(keep(start, slab), *span)
