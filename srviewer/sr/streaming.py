"""A scan larger than memory to a thin volume: slab by slab, what is finished kept on disk."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf, isfinite

import numpy as np

from srviewer.core.degrade import Degradation
from srviewer.core.fuse import FUSIONS
from srviewer.core.intensity import intensity_of_parts
from srviewer.core.label_regions import LabelCheck, slabs_of
from srviewer.core.noise import MOST_SLICES, noise_level
from srviewer.core.padding import measured
from srviewer.core.slice_fault_warnings import slice_fault_warnings
from srviewer.core.slice_faults import measured_planes, slice_faults
from srviewer.core.volume import ScanWarning, Volume, Voxels, outline_voxels
from srviewer.core.zero_fill import middle_slices
from srviewer.errors import UserError
from srviewer.io.scratch import Scratch, ScratchVoxels
from srviewer.io.series import PlaneByPlane
from srviewer.io.voxel_checks import may_have_slice_faults, voxel_warnings
from srviewer.job import Job, Progress, within
from srviewer.sr.beside_padding import KeptPadding
from srviewer.sr.cautions import cautions
from srviewer.sr.cross_plane import Refinement
from srviewer.sr.maps import DISAGREEMENT, RESIDUAL, MapKind, made_map
from srviewer.sr.memory import peak_memory_mb
from srviewer.sr.methods import Method, method
from srviewer.sr.models import find_model
from srviewer.sr.reconstruct import thin_volume
from srviewer.sr.reconstruction import Reconstruction
from srviewer.sr.request import Request, check_request, degradation_of, used_thickness
from srviewer.sr.slab_sums import SlabSums
from srviewer.sr.slabs import Finished, interpolated, refined_by_network
from srviewer.table import find_row

SCAN_EDGES = (32, 32, 8)


@dataclass(frozen=True, eq=False)
class KeptScan:
    """A scan on disk: its ``outline`` with all of its warnings, its ``voxels``."""

    outline: Volume
    voxels: ScratchVoxels


@dataclass(frozen=True, eq=False)
class StreamedReconstruction(Reconstruction):
    """A result whose voxels, and those of its maps, are on disk; ``volume`` is their outline.

    ``summary``: mean and 99th percentile of the disagreement, as shares of the range.
    """

    scratch: ScratchVoxels
    map_scratch: dict[str, ScratchVoxels]
    summary: dict[str, float] | None

    def disagreement_summary(self) -> dict[str, float] | None:
        """What was measured while slabs passed by."""
        return self.summary


def planes_of(voxels: ScratchVoxels) -> Iterator[Voxels]:
    """(i, j) for each k."""
    for part in voxels.parts():
        for k in range(part.shape[2]):
            yield part[:, :, k]


def unstreamable(scan: Volume, request: Request) -> tuple[str, ...]:
    """What of a request only a rebuild in memory can do; for people."""
    reasons = {
        "second axis": bool(request.also),
        "fitting of the model to the scan": request.adaptation is not None,
        "texture": request.texture > 0,
        "flips": request.flips,
        "isotropic resampling": request.isotropic,
        "repair of faults between slices": bool(request.repair),
        "rebuilding around missing or uneven slices": scan.planes is not None,
        "going over the whole again, which this profile needs": _in_rounds(scan, request),
    }
    return tuple(reason for reason, there in reasons.items() if there)


def check_streamable(scan: Volume, request: Request, also: tuple[str, ...] = ()) -> None:
    """Raise UserError for what cannot be done slab by slab; ``also``: what else of it is asked."""
    reasons = (*also, *unstreamable(scan, request))
    if reasons:
        raise UserError(
            f"'{scan.name}' is rebuilt slab by slab, and that way there is no "
            f"{', no '.join(reasons)}. Leave that out, or rebuild it where memory holds all of it."
        )


def _in_rounds(scan: Volume, request: Request) -> bool:
    """Whether the method goes over the whole volume again and again."""
    chosen = method(request.method)
    block_mean = degradation_of(scan, request).is_block_mean
    if request.minimum == "scan" and not block_mean:
        return True
    return chosen.consistent and not (chosen.needs_model and block_mean)


def streamed(kept: KeptScan, request: Request, scratch: Scratch) -> Job[StreamedReconstruction]:
    """As ``reconstruct``, voxel for voxel the same, in memory that the scan's size hardly touches.

    What is found lies in ``scratch`` and is gone with it. Raises UserError as ``reconstruct``
    does, and for what cannot be done slab by slab.
    """
    started = time.monotonic()
    yield Progress(0.0, "Preparing")
    scan, voxels = kept.outline, kept.voxels
    check_request(scan, request)
    check_streamable(scan, request)
    degradation = degradation_of(scan, request)
    intensity = intensity_of_parts(voxels.parts, scan.padding)
    data_range, padding, image = intensity.range, None, voxels
    if scan.padding is not None:
        padding = KeptPadding(voxels, scan.padding, degradation)
        image = yield from within(padding.filled(scratch, intensity), 0.0, 0.0)
    chosen = method(request.method)
    model = find_model(request.model) if chosen.needs_model else None
    todo = Refinement(
        degradation,
        model,
        find_row(FUSIONS, request.fusion, "fusion"),
        request.device,
        intensity=intensity,
    )
    lowest = (yield from _least(voxels, scan.padding)) if request.minimum == "scan" else None
    sums = SlabSums(degradation, image, data_range, padding, lowest)
    found = yield from _in_slabs(image, todo, chosen, scratch, sums)
    volume = thin_volume(scan, request, model, outline_voxels(found.voxels.shape), lowest)
    noise = noise_level(_middle(voxels, degradation), request.axis, scan.padding)
    return StreamedReconstruction(
        volume=volume,
        disagreement=_outline_map(volume, scan, DISAGREEMENT, found.apart),
        spread=None,
        texture_change=None,
        residual=made_map(scan, outline_voxels(scan.geometry.shape), scan.name, RESIDUAL),
        consistency=sums.consistency(),
        data_range=data_range,
        request=request,
        model=model,
        adapted=None,
        region=None,
        device=found.device,
        seconds=time.monotonic() - started,
        peak_memory_mb=peak_memory_mb(),
        warnings=(
            *(warning.message for warning in scan.warnings),
            *cautions(scan, request, model, noise),
        ),
        scratch=found.voxels,
        map_scratch=_maps(found),
        summary=sums.disagreement_summary(),
        slab_by_slab=True,
        thickness_mm=used_thickness(scan, request),
    )


def _least(voxels: ScratchVoxels, padding: float | None) -> Job[float]:
    """The least measured value of a scan on disk; ``padding`` where nothing was measured."""
    least = inf
    for part in voxels.parts():
        least = min(least, float(measured(part, padding).min(initial=np.float32(inf))))
        yield Progress(0.0, "Preparing")
    return least if padding is None or isfinite(least) else padding


def _in_slabs(
    voxels: ScratchVoxels, todo: Refinement, chosen: Method, scratch: Scratch, sums: SlabSums
) -> Job[Finished]:
    if todo.model is None:
        return interpolated(voxels, todo, chosen, scratch, sums)
    return refined_by_network(voxels, todo, scratch, sums)


def kept_scan(source: PlaneByPlane, scratch: Scratch) -> Job[KeptScan]:
    """The scan read to ``scratch``; UserError when its file is damaged, or changes meanwhile."""
    outline = source.outline
    if source.identify is not None:
        outline = replace(outline, source=(yield from within(source.identify(), 0.0, 0.1)))
    shape, edge = outline.geometry.shape, SCAN_EDGES[2]
    kept = scratch.voxels(shape, SCAN_EDGES)
    waiting: list[Voxels] = []
    check = LabelCheck(shape)
    non_finite = 0
    for k, (plane, missing) in enumerate(source.planes()):
        waiting.append(plane)
        non_finite += missing
        if len(waiting) == edge or k == shape[2] - 1:
            planes = np.stack(waiting, axis=2)
            kept.write(2, k + 1 - len(waiting), planes)
            for slab in slabs_of(planes):
                check.add(slab)
            waiting.clear()
        yield Progress(0.1 + 0.8 * (k + 1) / shape[2], f"Reading {outline.name}")
    axis = outline.geometry.slice_axis
    slices = [kept.read(axis, n, n + 1) for n in middle_slices(shape[axis])]
    sample = np.concatenate(slices, axis)
    told = voxel_warnings(sample, outline.geometry, outline.modality, non_finite, check)
    outline = replace(outline, warnings=outline.warnings + source.noted() + told)
    faults = yield from within(_slice_faults(outline, kept), 0.9, 1.0)
    return KeptScan(replace(outline, warnings=outline.warnings + faults), kept)


def _slice_faults(outline: Volume, kept: ScratchVoxels) -> Job[tuple[ScanWarning, ...]]:
    """The warnings of faults between the slices of a scan on disk."""
    if not may_have_slice_faults(outline):
        return ()
    axis, edge = outline.geometry.slice_axis, SCAN_EDGES[outline.geometry.slice_axis]
    count = kept.shape[axis]

    @lru_cache(maxsize=1)
    def slab(number: int) -> Voxels:
        start = number * edge
        return np.moveaxis(kept.read(axis, start, min(start + edge, count)), axis, 0)

    def read(number: int) -> Voxels:
        return np.asarray(slab(number // edge)[number % edge], np.float32)

    measured = measured_planes(count, axis, outline.planes)
    faults = yield from slice_faults(read, axis, measured, outline.padding)
    return slice_fault_warnings(faults, outline.geometry)


def _middle(scan: ScratchVoxels, degradation: Degradation) -> Voxels:
    """The slices that the noise is told from."""
    count = scan.shape[degradation.axis]
    start = max(0, (count - MOST_SLICES) // 2)
    return scan.read(degradation.axis, start, min(start + MOST_SLICES, count))


def _outline_map(
    volume: Volume, scan: Volume, kind: MapKind, there: ScratchVoxels | None
) -> Volume | None:
    return None if there is None else made_map(volume, volume.voxels, scan.name, kind)


def _maps(found: Finished) -> dict[str, ScratchVoxels]:
    maps = {RESIDUAL.id: found.off}
    return maps if found.apart is None else {**maps, DISAGREEMENT.id: found.apart}
