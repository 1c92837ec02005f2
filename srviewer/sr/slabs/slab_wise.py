"""Slab-wise reconstruction of a scan larger than memory, kept in a temporary chunk store."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from srviewer.core.acquisition.zero_filling import middle_slices
from srviewer.core.regions.label_regions import LabelCheck, slabs_of
from srviewer.core.slice_faults.faults import measured_planes, slice_faults
from srviewer.core.slice_faults.warnings import slice_fault_warnings
from srviewer.core.volumes.volume import ScanHeader, ScanWarning, Volume, Voxels
from srviewer.core.volumes.voxel_sources import KeptVolume
from srviewer.errors import UserError
from srviewer.io.chunk_store import Scratch, ScratchVoxels
from srviewer.io.scans.series import PlaneByPlane
from srviewer.io.scans.voxel_checks import may_have_slice_faults, voxel_warnings
from srviewer.job import Job, Progress, within
from srviewer.sr.reconstruction.gaps import run_by_run
from srviewer.sr.requests.request import Request
from srviewer.sr.results.expected_gain import uncalibrated
from srviewer.sr.results.kept_reconstruction import KeptReconstruction, with_summary

SCAN_EDGES = (32, 32, 8)
UNCALIBRATED = "it was reconstructed slab by slab"


def unstreamable(request: Request) -> tuple[str, ...]:
    """The parts of a request that need a reconstruction in memory.

    Args:
        request: The reconstruction.

    Returns:
        A noun for each, for the user; () where it can be done slab-wise.
    """
    reasons = {
        "fitting of the model to the scan": request.adaptation is not None,
        "repair of faults between slices": bool(request.repair),
        "agreement within the noise": request.agreement == "noise",
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
    reasons = (*also, *unstreamable(request))
    if reasons:
        raise UserError(
            f"'{scan.name}' is reconstructed slab by slab, and that way there is no "
            f"{', no '.join(reasons)}. Leave that out, or reconstruct it where memory "
            "holds all of it."
        )


def streamed(
    scan: KeptVolume, request: Request, scratch: Scratch, region: Volume | None = None
) -> Job[KeptReconstruction]:
    """Reconstruct a scan slab-wise, voxel for voxel as ``reconstruct_scan``.

    The memory that it takes hardly depends on the size of the scan.

    Args:
        scan: The scan on disk.
        request: The reconstruction.
        scratch: The store that takes the result, which is gone with it.
        region: The locked region, voxels above 0; None without one.

    Returns:
        A job whose result is the reconstruction.

    Raises:
        UserError: As ``reconstruct_scan`` and ``check_streamable``.
    """
    check_streamable(scan.header, request)
    made = yield from within(run_by_run(scan, request, scratch, region), 0.0, 0.96)
    result = yield from within(with_summary(made, scan.header), 0.96, 1.0)
    gain = None if result.model is None else uncalibrated(UNCALIBRATED)
    return replace(result, slab_by_slab=True, expected_gain=gain)


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
