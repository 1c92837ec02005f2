"""A scan rebuilt slab by slab straight into files, so that no volume is ever in memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.io.chunk_store import Scratch
from srviewer.io.export.nifti import DataType, write_planes
from srviewer.io.export.replacing import check_replaceable
from srviewer.io.scans.series import PlaneByPlane
from srviewer.job import Job, within
from srviewer.sr.rebuild.restore import restored
from srviewer.sr.requests.memory import opens
from srviewer.sr.requests.request import Request
from srviewer.sr.results.rebuild_facts import RebuildFacts
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.slabs.slab_wise import check_streamable, kept_scan, streamed

READ, REBUILT = 0.05, 0.85  # how far the whole is when the scan is kept, when it is rebuilt


@dataclass(frozen=True, eq=False)
class SlabFiles:
    """Where a result goes that is never whole in memory.

    ``output``: its NIfTI file; what waits on disk lies beside it and is gone afterwards.
    ``overwrite``: replace there what was made from another source.
    ``maps``: files for kinds of maps, which are replaced. ``check``: raises UserError for a scan,
    with all of its warnings, that is not to be rebuilt. ``provenance``: of that scan and the
    result.
    """

    output: Path
    provenance: Callable[[ScanHeader, RebuildFacts], dict[str, Any]]
    check: Callable[[ScanHeader], None] = lambda scan: None
    stored_as: DataType = "float32"
    maps: Mapping[str, Path] = field(default_factory=dict)
    overwrite: bool = False


@dataclass(frozen=True, eq=False)
class WrittenInSlabs:
    """What was rebuilt from ``scan``; the voxels are in the files alone."""

    scan: ScanHeader
    result: RebuildFacts
    provenance: dict[str, Any]


def written_in_slabs(
    source: PlaneByPlane, request: Request, files: SlabFiles
) -> Job[WrittenInSlabs]:
    """Rebuild ``source`` into ``files``; raises UserError as ``streamed`` and ``write`` do."""
    check_streamable(source.header, request)
    with Scratch(files.output.absolute().parent) as scratch:
        kept = yield from within(kept_scan(source, scratch), 0.0, READ)
        files.check(kept.header)
        if not files.overwrite:  # before the work, which takes long
            made_from = kept.header.source
            identity = None if made_from is None else made_from.sha256
            yield from check_replaceable(files.output, identity)
        result = yield from within(streamed(kept, request, scratch), READ, REBUILT)
        provenance = files.provenance(kept.header, result)
        job = write_planes(
            result.kept.header,
            result.kept.planes(),
            files.output,
            provenance,
            files.stored_as,
            overwrite=files.overwrite,
        )
        share = (1 - REBUILT) / (1 + len(files.maps))
        yield from within(job, REBUILT, REBUILT + share)
        for number, (kind, path) in enumerate(files.maps.items(), 1):
            made = result.kept_maps[kind]
            job = write_planes(made.header, made.planes(), path, provenance, overwrite=True)
            start = REBUILT + number * share
            yield from within(job, start, start + share)
        return WrittenInSlabs(kept.header, result, provenance)


def rebuilt_and_opened(
    scan: Volume, source: PlaneByPlane, request: Request, files: SlabFiles
) -> Job[Reconstruction | None]:
    """Rebuild ``source``, which is open as ``scan``, into ``files``, and open what was written.

    None where that does not fit into memory. Its maps are not read back.
    """
    made = yield from within(written_in_slabs(source, request, files), 0.0, 0.95)
    if not opens(made.result.header.geometry):
        return None
    return (yield from within(restored(scan, files.output, {}, request.model), 0.95, 1.0))
