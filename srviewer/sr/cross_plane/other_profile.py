"""Cross-plane super-resolution of slices whose profile is no mean of a block."""

from dataclasses import replace

from srviewer.core.reconstruction.block_means import BlockMeanFilter
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import Storage, VoxelSource, computed
from srviewer.job import Job, within
from srviewer.sr.cross_plane.estimate import Computation, EstimateStore, Keep
from srviewer.sr.cross_plane.network import cross_plane
from srviewer.sr.cross_plane.refinement import Refinement, across

FILTERING = "Estimating block means"


def of_profile(
    scan: VoxelSource, todo: Refinement, storage: Storage, keep: Keep
) -> Job[Computation]:
    """Cross-plane super-resolution of slices of any profile, whose network takes block means.

    The network is given the profile through its input: the block means that explain the scan. They
    come from a linear filter, and are corrected once by what the network's estimate, degraded,
    lacks of the scan; a second correction gained nothing (docs/slice-profiles.md).

    Args:
        scan: (i, j, k) thick voxels without padding.
        todo: The settings.
        storage: Takes the block means and the first estimate.
        keep: Takes the slabs of the estimate, ``factor`` times more voxels along the axis.

    Returns:
        A job whose result is what the estimate was computed by.

    Raises:
        UserError: As ``cross_plane``.
    """
    share = 1 / 5 if todo.flips else 1 / 2
    means = yield from within(_block_means(scan, todo, storage), 0.0, share)
    return (yield from within(cross_plane(means, todo, storage, keep), share, 1.0))


def _block_means(scan: VoxelSource, todo: Refinement, storage: Storage) -> Job[VoxelSource]:
    """The block means of which the network makes an estimate that agrees with the scan."""
    slabs, linear = across(todo.degradation.axis), BlockMeanFilter(todo.degradation, todo.noise)

    def filtered(start: int, stop: int) -> Voxels:
        return linear.apply(scan.read(slabs, start, stop))

    job = computed(filtered, scan.shape, slabs, storage, FILTERING)
    means = yield from within(job, 0.0, 0.03)
    first = EstimateStore(storage, slabs, scan.shape[slabs])
    plain = replace(todo, flips=False)
    yield from within(cross_plane(means, plain, storage, first.keep), 0.03, 0.97)

    def corrected(start: int, stop: int) -> Voxels:
        estimate, thick = first.kept.voxels, scan
        volumes = (source.read(slabs, start, stop) for source in (means, estimate, thick))
        return linear.corrected(*volumes)

    job = computed(corrected, scan.shape, slabs, storage, FILTERING)
    return (yield from within(job, 0.97, 1.0))
