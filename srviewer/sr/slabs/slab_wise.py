"""Slab-wise reconstruction of a scan larger than memory, kept in a temporary chunk store."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf, isfinite

import numpy as np

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.noise import MOST_SLICES, noise_level
from srviewer.core.acquisition.zero_filling import middle_slices
from srviewer.core.intensity.intensity_range import intensity_of_parts
from srviewer.core.intensity.padding import measured_voxels
from srviewer.core.reconstruction.fusion import FUSIONS
from srviewer.core.regions.label_regions import LabelCheck, slabs_of
from srviewer.core.slice_faults.faults import measured_planes, slice_faults
from srviewer.core.slice_faults.warnings import slice_fault_warnings
from srviewer.core.volumes.volume import ScanHeader, ScanWarning, Voxels
from srviewer.errors import UserError
from srviewer.io.chunk_store import Scratch, ScratchVoxels
from srviewer.io.scans.series import PlaneByPlane
from srviewer.io.scans.voxel_checks import may_have_slice_faults, voxel_warnings
from srviewer.job import Job, Progress, within
from srviewer.sr.cross_plane.methods import Method, method
from srviewer.sr.cross_plane.padding_restored import KeptPadding
from srviewer.sr.cross_plane.refinement import Refinement
from srviewer.sr.models.available_models import find_model
from srviewer.sr.reconstruction.cautions import cautions_at_noise
from srviewer.sr.reconstruction.reconstruct import thin_header
from srviewer.sr.requests.memory import peak_memory_mb
from srviewer.sr.requests.request import Request, check_request, degradation_of, used_thickness
from srviewer.sr.results.expected_gain import uncalibrated
from srviewer.sr.results.maps import DISAGREEMENT, RESIDUAL, map_header
from srviewer.sr.results.reconstruction_facts import ReconstructionFacts
from srviewer.sr.slabs.axis_by_slabs import Finished, interpolated_on_disk, refined_by_network
from srviewer.sr.slabs.sums import SlabSums
from srviewer.table import find_row

SCAN_EDGES = (32, 32, 8)


@dataclass(frozen=True, eq=False)
class KeptVolume:
    """An image whose voxels are on disk, as long as their ``Scratch`` is open.

    Attributes:
        header: All of the image but its voxels.
        voxels: (i, j, k) on disk.
    """

    header: ScanHeader
    voxels: ScratchVoxels

    def planes(self) -> Iterator[Voxels]:
        """(i, j) voxels for each k."""
        for part in self.voxels.parts():
            for k in range(part.shape[2]):
                yield part[:, :, k]


@dataclass(frozen=True, eq=False)
class StreamedReconstruction(ReconstructionFacts):
    """A result whose voxels, and those of its maps, are on disk.

    Attributes:
        kept: The result on the refined grid.
        kept_maps: Its maps by the id of their kind (see ``MAPS``).
        summary: Mean and 99th percentile of the disagreement, as shares of the intensity range;
            None without one.
    """

    kept: KeptVolume
    kept_maps: Mapping[str, KeptVolume]
    summary: dict[str, float] | None

    @property
    def header(self) -> ScanHeader:
        """The header of ``kept``."""
        return self.kept.header

    def texture_changed(self) -> None:
        """None: texture needs the whole volume in memory."""

    def disagreement_summary(self) -> dict[str, float] | None:
        """The mean and percentile that were measured slab by slab."""
        return self.summary


def unstreamable(scan: ScanHeader, request: Request) -> tuple[str, ...]:
    """The parts of a request that need a reconstruction in memory.

    Args:
        scan: The scan.
        request: The reconstruction.

    Returns:
        A noun for each, for the user; () where it can be done slab-wise.
    """
    reasons = {
        "second axis": bool(request.also),
        "fitting of the model to the scan": request.adaptation is not None,
        "texture": request.texture > 0,
        "flips": request.flips,
        "isotropic resampling": request.isotropic,
        "repair of faults between slices": bool(request.repair),
        "reconstruction around missing or uneven slices": scan.planes is not None,
        "going over the whole again, which this profile needs": _in_rounds(scan, request),
    }
    return tuple(reason for reason, there in reasons.items() if there)


def check_streamable(scan: ScanHeader, request: Request, also: tuple[str, ...] = ()) -> None:
    """Check that a reconstruction can be done slab-wise.

    Args:
        scan: The scan.
        request: The reconstruction.
        also: Nouns for what else is asked for and cannot be done slab-wise.

    Raises:
        UserError: It cannot; the message lists the reasons.
    """
    reasons = (*also, *unstreamable(scan, request))
    if reasons:
        raise UserError(
            f"'{scan.name}' is reconstructed slab by slab, and that way there is no "
            f"{', no '.join(reasons)}. Leave that out, or reconstruct it where memory "
            "holds all of it."
        )


def _in_rounds(scan: ScanHeader, request: Request) -> bool:
    """Whether the method needs several passes over the whole volume."""
    chosen = method(request.method)
    block_mean = degradation_of(scan, request).is_block_mean
    if request.minimum == "scan" and not block_mean:
        return True
    return chosen.consistent and not (chosen.needs_model and block_mean)


def streamed(kept: KeptVolume, request: Request, scratch: Scratch) -> Job[StreamedReconstruction]:
    """Reconstruct a scan slab-wise, voxel for voxel as ``reconstruct``.

    The memory that it takes hardly depends on the size of the scan.

    Args:
        kept: The scan on disk.
        request: The reconstruction.
        scratch: The store that takes the result, which is gone with it.

    Returns:
        A job whose result is the reconstruction.

    Raises:
        UserError: As ``reconstruct`` and ``check_streamable``.
    """
    started = time.monotonic()
    yield Progress(0.0, "Preparing")
    scan, voxels = kept.header, kept.voxels
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
    fusion = find_row(FUSIONS, request.fusion, "fusion")
    todo = Refinement(degradation, model, fusion, request.device, intensity=intensity)
    lowest = (yield from _least(voxels, scan.padding)) if request.minimum == "scan" else None
    sums = SlabSums(degradation, image, data_range, padding, lowest)
    refined = yield from _in_slabs(image, todo, chosen, scratch, sums)
    thin = thin_header(scan, request, model, lowest)
    noise = noise_level(_middle(voxels, degradation), request.axis, scan.padding)
    return StreamedReconstruction(
        kept=KeptVolume(thin, refined.voxels),
        kept_maps=_maps(scan, thin, refined),
        summary=sums.disagreement_summary(),
        consistency=sums.consistency(),
        data_range=data_range,
        request=request,
        model=model,
        adapted=None,
        region=None,
        device=refined.device,
        seconds=time.monotonic() - started,
        peak_memory_mb=peak_memory_mb(),
        warnings=(
            *(warning.message for warning in scan.warnings),
            *cautions_at_noise(scan, request, model, noise),
        ),
        warning_codes=tuple(warning.code for warning in scan.warnings),
        slab_by_slab=True,
        thickness_mm=used_thickness(scan, request),
        expected_gain=None if model is None else uncalibrated("it was reconstructed slab by slab"),
    )


def _least(voxels: ScratchVoxels, padding: float | None) -> Job[float]:
    """The least measured value of a scan on disk; ``padding`` where nothing was measured."""
    least = inf
    for part in voxels.parts():
        least = min(least, float(measured_voxels(part, padding).min(initial=np.float32(inf))))
        yield Progress(0.0, "Preparing")
    return least if padding is None or isfinite(least) else padding


def _in_slabs(
    voxels: ScratchVoxels, todo: Refinement, chosen: Method, scratch: Scratch, sums: SlabSums
) -> Job[Finished]:
    if todo.model is None:
        return interpolated_on_disk(voxels, todo, chosen, scratch, sums)
    return refined_by_network(voxels, todo, scratch, sums)


def kept_scan(source: PlaneByPlane, scratch: Scratch) -> Job[KeptVolume]:
    """Read a scan to a temporary chunk store, and check its voxels.

    Args:
        source: The scan plane by plane.
        scratch: The store.

    Returns:
        A job whose result is the scan on disk, with its digests and all warnings.

    Raises:
        UserError: The file is damaged, or changes meanwhile.
    """
    header = source.header
    if source.identify is not None:
        header = replace(header, source=(yield from within(source.identify(), 0.0, 0.1)))
    shape, edge = header.geometry.shape, SCAN_EDGES[2]
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
        yield Progress(0.1 + 0.8 * (k + 1) / shape[2], f"Reading {header.name}")
    axis = header.geometry.slice_axis
    slices = [kept.read(axis, n, n + 1) for n in middle_slices(shape[axis])]
    sample = np.concatenate(slices, axis)
    further_warnings = voxel_warnings(sample, header.geometry, header.modality, non_finite, check)
    header = replace(header, warnings=header.warnings + source.noted() + further_warnings)
    faults = yield from within(_slice_faults(header, kept), 0.9, 1.0)
    return KeptVolume(replace(header, warnings=header.warnings + faults), kept)


def _slice_faults(header: ScanHeader, kept: ScratchVoxels) -> Job[tuple[ScanWarning, ...]]:
    """The warnings of faults between the slices of a scan on disk."""
    if not may_have_slice_faults(header):
        return ()
    axis, edge = header.geometry.slice_axis, SCAN_EDGES[header.geometry.slice_axis]
    count = kept.shape[axis]

    @lru_cache(maxsize=1)
    def slab(number: int) -> Voxels:
        start = number * edge
        return np.moveaxis(kept.read(axis, start, min(start + edge, count)), axis, 0)

    def read(number: int) -> Voxels:
        return np.asarray(slab(number // edge)[number % edge], np.float32)

    measured = measured_planes(count, axis, header.planes)
    faults = yield from slice_faults(read, axis, measured, header.padding)
    return slice_fault_warnings(faults, header.geometry)


def _middle(scan: ScratchVoxels, degradation: Degradation) -> Voxels:
    """The slices that the noise is measured on."""
    count = scan.shape[degradation.axis]
    start = max(0, (count - MOST_SLICES) // 2)
    return scan.read(degradation.axis, start, min(start + MOST_SLICES, count))


def _maps(scan: ScanHeader, thin: ScanHeader, refined: Finished) -> dict[str, KeptVolume]:
    maps = {RESIDUAL.id: KeptVolume(map_header(scan, scan.name, RESIDUAL), refined.residual)}
    if refined.disagreement is not None:
        header = map_header(thin, scan.name, DISAGREEMENT)
        maps[DISAGREEMENT.id] = KeptVolume(header, refined.disagreement)
    return maps
