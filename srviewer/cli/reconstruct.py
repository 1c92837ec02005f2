"""srviewer reconstruct: a thick scan to a thin one."""

import argparse
from dataclasses import replace
from pathlib import Path

from srviewer.cli.console import Outcome, follow
from srviewer.cli.destination import (
    add_destination_arguments,
    check_destination,
    write_result,
)
from srviewer.cli.outputs import check_outputs
from srviewer.cli.request import add_request_arguments, request_of
from srviewer.cli.sources import add_series_arguments, open_volume
from srviewer.core.deskew import deskewed, slice_axis
from srviewer.core.volume import Volume, blocking_warnings
from srviewer.errors import UserError
from srviewer.io.export import DATA_TYPES, DataType, write
from srviewer.sr.gaps import rebuild
from srviewer.sr.maps import MAPS
from srviewer.sr.methods import method
from srviewer.sr.reconstruction import Reconstruction
from srviewer.sr.request import GAPS, Gaps

# What --gaps acknowledges.
GAP_CODES = ("missing_slices", "uneven_gaps")
GAPS_UNLESS_SAID: Gaps = "fill"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The scan, the output, and how to get from one to the other."""
    parser.add_argument("path", type=Path, help="a file, folder or zip with a thick-slice scan")
    add_destination_arguments(parser)
    add_series_arguments(parser)
    add_request_arguments(parser)
    parser.add_argument(
        "--isotropic", action="store_true", help="resample the result to the in-plane spacing"
    )
    parser.add_argument(
        "--store",
        choices=DATA_TYPES,
        default="float32",
        help="data type of the output: float32 is exact, original is the scan's own, rounded",
    )
    for kind in MAPS:
        parser.add_argument(
            f"--{kind.id}", type=Path, metavar="FILE", help=f"write this map too: {kind.meaning}"
        )
    parser.add_argument(
        "--acknowledge",
        action="store_true",
        help="rebuild although something puts the geometry of the scan in doubt",
    )
    parser.add_argument(
        "--gaps",
        choices=GAPS,
        help="missing or uneven slices: rebuild only the longest regular run, or every run with "
        "the gaps left empty (fill, which --acknowledge alone means); acknowledges them",
    )
    parser.add_argument(
        "--deskew",
        action="store_true",
        help="resample a tilted stack (gantry tilt) onto a rectangular grid first",
    )


def execute(args: argparse.Namespace) -> Outcome:
    """Reconstruct, export, report."""
    check_outputs(args, [args.path], images=[args.output, *_map_files(args).values()])
    check_destination(args)
    if args.disagreement is not None and not method(args.method).needs_model:
        raise UserError(
            f"The method '{args.method}' makes no disagreement map. Use --method cross-plane."
        )
    scan = open_volume(args.path, args.series, args.frame)
    if args.deskew:
        scan = follow(deskewed(scan, slice_axis(scan)))
    if not args.acknowledge:
        _refuse_unsound(scan, args.gaps)
    request = replace(
        request_of(scan, args), isotropic=args.isotropic, gaps=args.gaps or GAPS_UNLESS_SAID
    )
    result = follow(rebuild(scan, request))
    provenance = {
        **result.provenance(),
        "acknowledged": [warning.code for warning in blocking_warnings(scan.warnings)],
        "scores": None,  # there is no reference to score against
        "sources": [str(args.path)],
    }
    output = write_result(result.volume, args, provenance)
    for kind_id, path in _map_files(args).items():
        made = result.maps().get(kind_id)
        if made is not None and path is not None:
            follow(write(made, path, provenance))
    return Outcome(_text(scan, result, output, args.store), {"output": str(output), **provenance})


def _map_files(args: argparse.Namespace) -> dict[str, Path | None]:
    """Where each kind of map is to be written, None where it is not."""
    return {kind.id: getattr(args, kind.id) for kind in MAPS}


def _refuse_unsound(scan: Volume, gaps: str | None) -> None:
    settled = () if gaps is None else GAP_CODES
    unsound = [w for w in blocking_warnings(scan.warnings) if w.code not in settled]
    if not unsound:
        return
    choice = "" if scan.planes is None else " Choose what becomes of the gaps: --gaps run|fill."
    raise UserError(
        f"'{scan.name}' was not rebuilt: {' '.join(w.message for w in unsound)} "
        f"Give --acknowledge to rebuild it all the same.{choice}"
    )


def _text(scan: Volume, result: Reconstruction, output: Path, store: DataType) -> str:
    def grid(volume: Volume) -> str:
        shape = " x ".join(map(str, volume.geometry.shape))
        return f"{shape} voxels of {' x '.join(f'{mm:.3g}' for mm in volume.geometry.spacing)} mm"

    lines = [
        f"{scan.name}: {grid(scan)} -> {grid(result.volume)}",
        f"agrees with the scan: rms {result.consistency.rms:.4%}, max {result.consistency.max:.4%} "
        f"of its intensity range{_qualification(result, store)}",
        f"{result.request.method} on {result.device}, {result.seconds:.1f} s",
        *(f"note: {line}" for line in result.warnings),
        f"written: {output}",
        "Research use only.",
    ]
    return "\n".join(lines)


def _qualification(result: Reconstruction, store: DataType) -> str:
    """What was done to the result after its agreement with the scan was measured."""
    steps = []
    if result.request.isotropic:
        steps.append("resampled to isotropic voxels")
    if store == "original" and result.volume.stored_as != "float32":
        steps.append(f"rounded to {result.volume.stored_as}")
    return f" (before it was {' and '.join(steps)})" if steps else ""
