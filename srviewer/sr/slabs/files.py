"""A scan reconstructed slab-wise straight into files, so that no volume is ever in memory."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from srviewer.core.reconstruction.smoothed_map import HISTORY, smoothed_planes
from srviewer.core.volumes.volume import ScanHeader, Volume, Voxels
from srviewer.core.volumes.voxel_sources import KeptVolume
from srviewer.io.chunk_store import Scratch
from srviewer.io.export.image import DataType, write_planes
from srviewer.io.export.replacing import check_replaceable
from srviewer.io.scans.series import PlaneByPlane
from srviewer.io.targets import Written
from srviewer.job import Job, within
from srviewer.sr.reconstruction.restore import restored
from srviewer.sr.requests.memory import opens
from srviewer.sr.requests.request import Request
from srviewer.sr.results.kept_reconstruction import KeptReconstruction
from srviewer.sr.results.maps import DISAGREEMENT, RESIDUAL
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.slabs.slab_wise import check_streamable, kept_scan, streamed
from srviewer.temporary_folders import temporary_folder

Write = Callable[[Volume, Volume, dict[str, Any]], Job[Written]]

READ, RECONSTRUCTED = (
    0.05,
    0.85,
)  # how far the whole is when the scan is kept, when it is reconstructed


@dataclass(frozen=True, eq=False)
class SlabFiles:
    """The files of a result that is never whole in memory.

    Attributes:
        output: The result: a NIfTI file, or what ``write`` writes.
        provenance: (scan, result) -> the provenance that is written.
        check: Raises UserError for a scan, with all of its warnings, that is not to be
            reconstructed.
        stored_as: The data type of the result.
        write: Writes a result that is no NIfTI file, or one with a sidecar of its own: (result,
            scan, provenance) -> job; both images are read from disk as they are asked for.
        maps: Files for maps by the id of their kind; existing ones are replaced.
        overwrite: Replace a result that was made from another source.
        folder: The folder of the temporary chunk store; None for that of ``output``.
    """

    output: Path
    provenance: Callable[[ScanHeader, KeptReconstruction], dict[str, Any]]
    check: Callable[[ScanHeader], None] = lambda scan: None
    stored_as: DataType = "float32"
    write: Write | None = None
    maps: Mapping[str, Path] = field(default_factory=dict)
    overwrite: bool = False
    folder: Path | None = None


@dataclass(frozen=True, eq=False)
class WrittenInSlabs:
    """A result whose voxels are in files alone.

    Attributes:
        scan: The header of the scan, with all warnings.
        result: The facts of the result.
        output: What was written.
        provenance: As it was written to the sidecars.
    """

    scan: ScanHeader
    result: KeptReconstruction
    output: Written
    provenance: dict[str, Any]


def written_in_slabs(
    source: PlaneByPlane, request: Request, files: SlabFiles, region: Volume | None = None
) -> Job[WrittenInSlabs]:
    """Reconstruct a scan slab-wise into files.

    Args:
        source: The scan plane by plane.
        request: The reconstruction.
        files: Where the result and its maps go.
        region: The locked region, voxels above 0; None without one.

    Returns:
        A job whose result says what was written.

    Raises:
        UserError: The request cannot be done slab-wise, ``files.check`` refuses the scan, or a file
            cannot be written.
    """
    check_streamable(source.header, request)
    with Scratch(files.folder or files.output.absolute().parent) as scratch:
        kept = yield from within(kept_scan(source, scratch), 0.0, READ)
        files.check(kept.header)
        if files.write is None and not files.overwrite:  # before the work, which takes long
            made_from = kept.header.source
            identity = None if made_from is None else made_from.sha256
            yield from check_replaceable(files.output, identity)
        job = streamed(kept, request, scratch, region)
        result = yield from within(job, READ, RECONSTRUCTED)
        provenance = files.provenance(kept.header, result)
        share = (1 - RECONSTRUCTED) / (1 + len(files.maps))
        writing = _written(files, result.kept, kept, provenance, scratch)
        output = yield from within(writing, RECONSTRUCTED, RECONSTRUCTED + share)
        for number, (kind, path) in enumerate(files.maps.items(), 1):
            map_volume = result.kept_maps[kind]
            header, planes = _map_to_write(kind, map_volume, result.kept)
            start = RECONSTRUCTED + number * share
            map_job = write_planes(header, planes, path, provenance, overwrite=True)
            yield from within(map_job, start, start + share)
        return WrittenInSlabs(kept.header, result, output, provenance)


def _written(
    files: SlabFiles,
    result: KeptVolume,
    scan: KeptVolume,
    provenance: dict[str, Any],
    scratch: Scratch,
) -> Job[Written]:
    if files.write is not None:
        image = yield from within(scratch.mapped(result), 0.0, 0.2)
        source = yield from within(scratch.mapped(scan), 0.2, 0.3)
        return (yield from within(files.write(image, source, provenance), 0.3, 1.0))
    yield from write_planes(
        result.header,
        result.planes(),
        files.output,
        provenance,
        files.stored_as,
        overwrite=files.overwrite,
    )
    return Written(files.output)


def _map_to_write(
    kind: str, map_volume: KeptVolume, result: KeptVolume
) -> tuple[ScanHeader, Iterable[Voxels]]:
    """Header and planes of a map in its file: the disagreement is smoothed, 0 in padding."""
    header = map_volume.header
    if kind != DISAGREEMENT.id:
        return header, map_volume.planes()
    planes = smoothed_planes(map_volume.planes())
    padding = result.header.padding
    if padding is not None:
        planes = (
            np.where(made == np.float32(padding), np.float32(0), plane)
            for made, plane in zip(result.planes(), planes, strict=True)
        )
    return header.derived_header(header.geometry, HISTORY), planes


def reconstructed_and_opened(
    scan: Volume,
    source: PlaneByPlane,
    request: Request,
    files: SlabFiles,
    region: Volume | None = None,
) -> Job[Reconstruction | None]:
    """Reconstruct an open scan slab-wise into files, and read the result.

    Args:
        scan: The open scan.
        source: The same scan plane by plane.
        request: The reconstruction.
        files: Where the result, a NIfTI file, and its maps go.
        region: The locked region, voxels above 0; None without one.

    Returns:
        A job whose result is the reconstruction without its written maps; None where the result
        does not fit into memory.
    """
    with temporary_folder() as folder:
        # Of a result that was resampled, the residual cannot be computed again.
        maps = {RESIDUAL.id: folder / "residual.nii.gz"} if request.isotropic else {}
        all_files = replace(files, maps={**files.maps, **maps})
        job = written_in_slabs(source, request, all_files, region)
        written = yield from within(job, 0.0, 0.95)
        if not opens(written.result.header.geometry):
            return None
        return (yield from within(restored(scan, files.output, maps, request.model), 0.95, 1.0))
