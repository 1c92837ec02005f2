"""The slices of one plane through the network: all of them slab by slab, or single ones."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, lcm, prod
from typing import TYPE_CHECKING

import numpy as np

from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import Intensity
from srviewer.core.slices.planes import TrainingGroup, cross_planes, restack, unstack
from srviewer.core.slices.sharpness import sharpest
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import (
    Storage,
    VoxelSource,
    VoxelStore,
    chunk_edges,
    slab_planes,
    slab_spans,
    with_length,
)
from srviewer.job import Job, Progress, aside, beside, mapped, within
from srviewer.nn.devices.preloading import preload_torch, wait_until_loaded
from srviewer.nn.models.model_file import Model

if TYPE_CHECKING:
    from srviewer.nn.inference.infer import Upsampler

# Slices of each plane that the scales of 8-bit integers are taken from: one in so many, and more
# where slices are small: a scan of few pixels has few that stand for others.
LEAST_WINDOWS, MOST_WINDOWS, SLICES_A_WINDOW = 2, 12, 8
PIXELS_OF_WINDOWS = 100_000  # of all of them, at least, where the plane has as many

Stages = tuple[int, ...]
# Takes the first slice of a slab, and the slab (i, j, k); slabs come in order.
KeepPlane = Callable[[int, Voxels], Job[None]]


def loaded_upsampler(model: Model, device: str, precision: str) -> Job["Upsampler"]:
    """Load torch and build the network of a model, in a thread.

    Args:
        model: The model.
        device: One of ``DEVICES``.
        precision: One of ``PRECISIONS``.

    Returns:
        A job whose result is the network, ready to run.

    Raises:
        UserError: The device is absent, or cannot compute in the precision.
    """

    def start() -> "Upsampler":
        wait_until_loaded()
        preload_torch()
        from srviewer.nn.inference.infer import (
            Upsampler,  # lazy: torch takes seconds to load
        )

        return Upsampler(model, device, precision)

    return aside(start, Progress(0.0, "Starting the network"))


def written_to(store: VoxelStore, axis: Axis) -> KeepPlane:
    """Build what keeps slabs in a store.

    Args:
        store: Takes them.
        axis: The array axis across the slabs.

    Returns:
        A function of the first plane and the slab.
    """

    def keep(start: int, slab: Voxels) -> Job[None]:
        store.write(axis, start, slab)
        yield from ()

    return keep


@dataclass(frozen=True, eq=False)
class PlaneSlices:
    """A scan whose slices of either plane are refined by a network.

    Attributes:
        upsampler: The network.
        source: (i, j, k) thick voxels without padding.
        intensity: Floor and range of the scan: the floor is subtracted before the network, which
            takes air as 0, and is not added again.
        stages: The factor of each pass.
        whole: What ``source`` is a part of; None where it is all of the scan.
    """

    upsampler: "Upsampler"
    source: VoxelSource
    intensity: Intensity
    stages: Stages
    whole: VoxelSource | None = None

    def every(
        self, group: TrainingGroup, thick: int, storage: Storage, keep: KeepPlane
    ) -> Job[None]:
        """Refine all slices of a plane, pass after pass.

        Args:
            group: The thick axis and the normal of the plane.
            thick: Slices in a slab, see ``slab_slices``.
            storage: Takes the estimates between two passes.
            keep: Takes the slabs of the last pass.
        """
        before: VoxelSource | None = None
        shape, count = self.source.shape, len(self.stages)
        for number in range(1, count):
            shape = with_length(shape, group.thick, shape[group.thick] * self.stages[number - 1])
            between = storage.voxels(shape, chunk_edges((group.normal, thick)))
            kept = written_to(between, group.normal)
            job = self._pass(group, self.stages[:number], before, thick, kept)
            yield from within(job, (number - 1) / count, number / count)
            before = between
        job = self._pass(group, self.stages, before, thick, keep)
        yield from within(job, (count - 1) / count, 1.0)

    def _pass(
        self,
        group: TrainingGroup,
        stages: Stages,
        before: VoxelSource | None,
        thick: int,
        keep: KeepPlane,
    ) -> Job[None]:
        """The last of ``stages``, for every slice; each slab is kept while the next is refined."""
        count = self.source.shape[group.normal]
        keeping: Job[None] = _nothing()
        for start, stop in slab_spans(self.source.shape, group.normal, thick):
            job = within(self.some(group, start, stop, stages, before), start / count, stop / count)
            counted = mapped(job, lambda step: _counted(step, count))
            _, fine = yield from beside(keeping, counted)
            keeping = keep(start, fine)
        yield from within(keeping, 1.0, 1.0)

    def some(
        self,
        group: TrainingGroup,
        start: int,
        stop: int,
        stages: Stages | None = None,
        before: VoxelSource | None = None,
    ) -> Job[Voxels]:
        """Refine some slices of a plane.

        Args:
            group: The thick axis and the normal of the plane.
            start: The first slice.
            stop: The slice behind the last.
            stages: The passes to make; None for all.
            before: (i, j, k), what all passes but the last gave; None to compute of it what is
                needed.

        Returns:
            A job with (i, j, k) refined voxels, less the floor.
        """
        stages = self.stages if stages is None else stages
        yield from within(self._fix_scales(group.thick), 0.0, 0.0)
        padded = yield from self._seen(group, start, stop, stages[:-1], before)
        fine = yield from self.upsampler.upsample_seen(padded, stages[-1], self.intensity.range)
        return np.asarray(restack(fine, group.thick, group.normal))

    def _seen(
        self,
        group: TrainingGroup,
        start: int,
        stop: int,
        earlier: Stages,
        before: VoxelSource | None,
    ) -> Job[Voxels]:
        """(slice + 2 neighbours, row, column): what the network sees after ``earlier`` passes."""
        around, count = self.upsampler.neighbours, self.source.shape[group.normal]
        low, high = max(0, start - around), min(count, stop + around)
        if not earlier:
            seen = self.intensity.above_floor(self.source.read(group.normal, low, high))
        elif before is None:
            seen = yield from self.some(group, low, high, earlier)
        else:
            seen = before.read(group.normal, low, high)
        slices = unstack(seen, group.thick, group.normal)
        missing = low - (start - around), stop + around - high
        return np.pad(slices, (missing, (0, 0), (0, 0)), mode="edge")

    def _fix_scales(self, thick: Axis) -> Job[None]:
        """Fix the scales of 8-bit integers, once, by slices of both planes.

        They are those of the whole scan, so that every slab and every single slice is the same.
        """
        if not self.upsampler.needs_scales:
            return
        scan = self if self.whole is None else replace(self, source=self.whole, whole=None)
        windows = []
        for group in cross_planes(thick):
            for number in sharp_slices(scan.source, group):
                job = scan._seen(group, number, number + 1, (), None)
                windows.append((yield from within(job, 0.0, 0.0)))
        job_of_scales = self.upsampler.fix_scales(windows, self.stages[0], self.intensity.range)
        yield from within(job_of_scales, 0.0, 0.0)

    def slab_slices(self, group: TrainingGroup) -> int:
        """The number of slices in a slab.

        Args:
            group: The thick axis and the normal of the plane.

        Returns:
            Whole batches at every pass, so that each value is that of all slices at once.
        """
        shape = self.source.shape
        rows, columns = shape[group.thick], shape[3 - group.thick - group.normal]
        batches = []
        for factor in self.stages:
            batches.append(self.upsampler.batch_of(rows, columns))
            rows *= factor
        together = lcm(*batches)
        few = slab_planes(with_length(shape, group.thick, rows), group.normal)
        return together * ceil(few / together)


def sharp_slices(source: VoxelSource, group: TrainingGroup) -> list[int]:
    """The slices of a plane that the scales of 8-bit integers are taken from.

    What a network makes is largest where a scan is sharpest along the thick axis, so that of each
    of some stretches of slices the sharpest one is taken.

    Args:
        source: The scan.
        group: The thick axis and the normal of the plane.

    Returns:
        Their numbers, in order.
    """
    count, pixels = source.shape[group.normal], prod(source.shape)
    spans = slab_spans(source.shape, group.normal)
    slabs = (source.read(group.normal, start, stop) for start, stop in spans)
    sharp = np.concatenate([sharpest(slab, group.thick, group.normal) for slab in slabs])
    usual = min(MOST_WINDOWS, max(LEAST_WINDOWS, count // SLICES_A_WINDOW))
    wanted = min(count, max(usual, PIXELS_OF_WINDOWS * count // max(1, pixels)))
    edges = [n * count // wanted for n in range(wanted + 1)]
    stretches = [(start, stop) for start, stop in pairwise(edges) if stop > start]
    return [start + int(sharp[start:stop].argmax()) for start, stop in stretches]


def _nothing() -> Job[None]:
    yield from ()


def _counted(step: Progress, count: int) -> Progress:
    return replace(step, message=f"Slice {int(step.fraction * count + 1e-6) + 1} of {count}")
