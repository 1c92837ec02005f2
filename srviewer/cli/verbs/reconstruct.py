"""srviewer reconstruct: a thin-slice volume from a thick-slice scan."""

import argparse
from dataclasses import replace
from pathlib import Path

from srviewer.cli.console.reconstruction_text import reconstruction_text
from srviewer.cli.console.region_lines import region_lines
from srviewer.cli.console.verb_output import VerbOutput, note, run_with_progress
from srviewer.cli.options.destination import (
    add_destination_arguments,
    check_destination,
    chosen_target,
    image_target,
    rounded_to,
    scratch_folder,
    stored_as,
    values_of,
    writer_of,
)
from srviewer.cli.options.dicom import add_source_dicom_argument, dicom_source_of
from srviewer.cli.options.outputs import (
    add_overwrite_argument,
    check_outputs,
    refuse_replacing,
    require_suffix,
)
from srviewer.cli.options.request import add_request_arguments, request_of
from srviewer.cli.options.slabs import add_slab_argument, check_slabs, slab_source
from srviewer.cli.options.sources import (
    add_segments_argument,
    add_series_arguments,
    open_label_map,
    open_region,
    open_series,
)
from srviewer.cli.options.values import shape
from srviewer.core.regions.locked_region import drawn_region
from srviewer.core.resampling.deskew import deskewed
from srviewer.core.volumes.volume import ScanHeader, Volume, blocking_warnings, constant_reason
from srviewer.errors import InDoubt, UserError
from srviewer.io.export.image import write_image
from srviewer.io.scans.series import PlaneByPlane, Series
from srviewer.io.targets import Written
from srviewer.nn.devices.preloading import load_inference_beside
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.references.locked_region import lock_region
from srviewer.sr.references.source_dicom import DicomSource
from srviewer.sr.report.trust_report import trust_report
from srviewer.sr.requests.label_maps import label_map, label_provenance
from srviewer.sr.requests.memory import share_freed_memory
from srviewer.sr.requests.request import GAPS, Gaps, Request
from srviewer.sr.results.doubts import find_doubts, find_regions, shown_maps
from srviewer.sr.results.maps import (
    DISAGREEMENT,
    MAPS,
    SPREAD,
    TEXTURE_CHANGE,
    MapKind,
)
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.results.unscored import unscored
from srviewer.sr.slabs.files import SlabFiles, written_in_slabs
from srviewer.sr.trust.gain_of_result import reconstruct_with_gain

# What --gaps acknowledges.
GAP_CODES = ("missing_slices", "uneven_gaps")
GAPS_UNLESS_SAID: Gaps = "fill"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare scan, output, request, maps and report.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument("path", type=Path, help="a file, folder or zip with a thick-slice scan")
    add_destination_arguments(parser)
    add_source_dicom_argument(parser)
    add_series_arguments(parser)
    add_request_arguments(parser)
    parser.add_argument(
        "--isotropic", action="store_true", help="resample the result to the in-plane spacing"
    )
    _add_lock_arguments(parser)
    parser.add_argument(
        "--labels",
        type=Path,
        metavar="FILE",
        help="a label map of the scan, to be transferred to the result",
    )
    parser.add_argument(
        "-o-labels",
        "--output-labels",
        type=Path,
        metavar="FILE",
        help="the label map of the result",
    )
    add_segments_argument(parser)
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE.html",
        help="one page: slices, maps, the self-test, settings, card",
    )
    for kind in MAPS:
        parser.add_argument(
            f"--{kind.id}",
            type=Path,
            metavar="FILE",
            help=f"write this map too: {kind.meaning}{_smoothed(kind)}",
        )
    _add_doubt_arguments(parser)
    add_overwrite_argument(parser)
    add_slab_argument(parser)


def _smoothed(kind: MapKind) -> str:
    return ", smoothed" if kind is DISAGREEMENT else ""


def _add_lock_arguments(parser: argparse.ArgumentParser) -> None:
    lock = parser.add_mutually_exclusive_group()
    lock.add_argument(
        "--lock",
        type=Path,
        metavar="MASK.nii.gz",
        help="a region (voxels above 0) in which the interpolation replaces the network",
    )
    lock.add_argument(
        "--lock-shape",
        type=shape,
        metavar="SHAPE",
        help="the same for a shape drawn in the window: ellipse|rectangle:PLANE:CENTRE:END:END, "
        "each point x,y,z in mm (RAS+); the window copies it",
    )


def _add_doubt_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options for a scan whose geometry is in doubt."""
    parser.add_argument(
        "--acknowledge",
        action="store_true",
        help="reconstruct although something puts the geometry of the scan in doubt, or it is a "
        "mask or label map",
    )
    parser.add_argument(
        "--gaps",
        choices=GAPS,
        help="missing or uneven slices: reconstruct only the longest regular run, or every run "
        "with the gaps left empty (fill, which --acknowledge alone means); acknowledges them",
    )
    parser.add_argument(
        "--deskew",
        action="store_true",
        help="resample a tilted stack (gantry tilt) onto a rectangular grid first",
    )


def execute(args: argparse.Namespace) -> VerbOutput:
    """Reconstruct a scan, write the result and report on it.

    Args:
        args: The parsed arguments.

    Returns:
        The agreement with the scan, the files, and the provenance.

    Raises:
        UserError: A label map and its output do not go together, or the scan, the request or an
            output is refused.
    """
    share_freed_memory()
    check_outputs(args, _sources(args), images=_images(args), others=[args.report])
    check_destination(args)
    _check_labels(args)
    if args.report is not None:
        require_suffix(args.report, ".html")
    wanted = {kind: path for kind, path in _map_files(args).items() if path is not None}
    series = open_series(args.path, args.series, args.frame)
    source = slab_source(args, series)
    if source is not None:
        dicom = dicom_source_of(args, lambda: run_with_progress(series.read(args.frame)))
        return _execute_in_slabs(args, source, wanted, dicom)
    scan = _read(series, args)
    dicom = dicom_source_of(args, lambda: scan)
    refuse_replacing(args, scan, [image_target(args)])
    labels = None if args.labels is None else open_label_map(args.labels, args.segments)
    if labels is not None:
        refuse_replacing(args, labels, [args.output_labels])
    if args.deskew:
        scan = run_with_progress(deskewed(scan, scan.geometry.slice_axis))
    if not args.acknowledge:
        _refuse_unsound(scan, args.gaps)
    _say_constant(scan)
    request = asked_request(scan, args)
    _check_maps(request, wanted)
    result = run_with_progress(reconstruct_with_gain(scan, request, _region(args, scan)))
    # Refused labels are known before anything is written.
    thin_labels = None if labels is None else run_with_progress(label_map(labels, scan, request))
    return _write(args, scan, result, thin_labels, wanted, dicom)


def _write(
    args: argparse.Namespace,
    scan: Volume,
    result: Reconstruction,
    thin_labels: Volume | None,
    wanted: dict[str, Path],
    dicom: DicomSource | None,
) -> VerbOutput:
    """Write a result, its maps, labels and report."""
    doubts = None
    if DISAGREEMENT.id in wanted or args.report is not None:
        doubts = run_with_progress(find_doubts(result, scan))
        regions = None if doubts is None else doubts.regions
    else:
        regions = run_with_progress(find_regions(result, scan))
    provenance = unscored(result, scan, regions)
    maps = shown_maps(result, doubts)
    output = run_with_progress(writer_of(args, dicom)(result.volume, scan, provenance))
    for kind, path in wanted.items():
        run_with_progress(write_image(maps[kind], path, provenance, overwrite=True))
    if thin_labels is not None:
        origin = label_provenance(provenance, thin_labels)
        run_with_progress(
            write_image(
                thin_labels, args.output_labels, origin, "original", overwrite=args.overwrite
            )
        )
    if args.report is not None:
        run_with_progress(trust_report(scan, result, doubts=doubts)).save(args.report)
    others = (*wanted.values(), args.output_labels, args.report)
    written = [output.path, *(path for path in others if path is not None)]
    notes = [*region_lines(regions), *_notes(output, dicom)]
    rounded = rounded_to(result.volume, args, output)
    text = reconstruction_text(scan, result, written, rounded, notes)
    return VerbOutput(text, {**values_of(output, dicom), **provenance})


def _read(series: Series, args: argparse.Namespace) -> Volume:
    """Read the scan, while what runs a network is loaded."""
    if method(args.method).needs_model:
        load_inference_beside()
    return run_with_progress(series.read(args.frame))


def _execute_in_slabs(
    args: argparse.Namespace,
    source: PlaneByPlane,
    wanted: dict[str, Path],
    dicom: DicomSource | None,
) -> VerbOutput:
    """Reconstruct a scan that does not fit into memory."""
    request = asked_request(source.header, args)
    check_slabs(args, source.header, request)
    _check_maps(request, wanted)

    def check(scan: ScanHeader) -> None:
        refuse_replacing(args, scan, [image_target(args)])
        if not args.acknowledge:
            _refuse_unsound(scan, args.gaps)
        _say_constant(scan)

    row, path = chosen_target(args)
    files = SlabFiles(
        path,
        lambda scan, result: unscored(result, scan, result.regions),
        check,
        stored_as(args),
        None if row.streams else writer_of(args, dicom),
        wanted,
        args.overwrite,
        folder=scratch_folder(args),
    )
    job = written_in_slabs(source, request, files, _region(args, source.header))
    reconstruction = run_with_progress(job)
    output = reconstruction.output
    written = [output.path, *wanted.values()]
    result = reconstruction.result
    rounded = rounded_to(result.header, args, output)
    notes = [*region_lines(result.regions), *_notes(output, dicom)]
    text = reconstruction_text(reconstruction.scan, result, written, rounded, notes)
    return VerbOutput(text, {**values_of(output, dicom), **reconstruction.provenance})


def asked_request(scan: ScanHeader, args: argparse.Namespace) -> Request:
    """The request of every option of this verb.

    Args:
        scan: The scan.
        args: The parsed arguments.

    Returns:
        The request.
    """
    gaps = args.gaps or GAPS_UNLESS_SAID
    return replace(request_of(scan, args), isotropic=args.isotropic, gaps=gaps)


def _region(args: argparse.Namespace, scan: ScanHeader) -> Volume | None:
    """The region lock, on the grid of the scan; None for none."""
    if args.lock_shape is not None:
        return drawn_region(args.lock_shape, scan.geometry)
    if args.lock is None:
        return None
    return run_with_progress(lock_region(open_region(args.lock, args.segments), scan))


def _check_labels(args: argparse.Namespace) -> None:
    if args.segments and args.labels is None and args.lock is None:
        raise UserError("--segments chooses segments of --labels or --lock: give one of them.")
    if (args.labels is None) != (args.output_labels is None):
        raise UserError("--labels and -o-labels go together: the input and the output.")
    if args.labels is not None and "motion" in args.repair:
        raise UserError(
            "Labels are not moved with the slices, so --labels does not go with --repair motion. "
            "Leave one of them out."
        )


def _sources(args: argparse.Namespace) -> list[Path]:
    return [path for path in (args.path, args.lock, args.labels) if path is not None]


def _images(args: argparse.Namespace) -> list[Path | None]:
    return [args.output, args.output_labels, *_map_files(args).values()]


def _map_files(args: argparse.Namespace) -> dict[str, Path | None]:
    """The file of each kind of map, None where it is not to be written."""
    return {kind.id: getattr(args, kind.id.replace("-", "_")) for kind in MAPS}


def _check_maps(request: Request, wanted: dict[str, Path]) -> None:
    """Raise UserError for a map that this request does not give."""
    networked = method(request.method).needs_model
    needs = {
        DISAGREEMENT.id: (networked, "--method cross-plane"),
        SPREAD.id: (networked and request.flips, "--method cross-plane --flips"),
        TEXTURE_CHANGE.id: (networked and request.texture > 0, "a --texture above 0"),
    }
    for kind in wanted:
        is_given, option = needs.get(kind, (True, ""))
        if not is_given:
            raise UserError(f"This request gives no {kind} map. It needs {option}.")


def _refuse_unsound(scan: ScanHeader, gaps: str | None) -> None:
    settled = () if gaps is None else GAP_CODES
    unsound = [w for w in blocking_warnings(scan.warnings) if w.code not in settled]
    if not unsound:
        return
    choice = "" if scan.planes is None else " Choose what becomes of the gaps: --gaps run|fill."
    raise InDoubt(
        f"'{scan.name}' was not reconstructed: {' '.join(w.message for w in unsound)} "
        f"Give --acknowledge to reconstruct it anyway.{choice}"
    )


def _say_constant(scan: ScanHeader) -> None:
    """Say before the work that it can give nothing; a script goes on all the same."""
    reason = constant_reason(scan.warnings)
    if reason:
        note(f"'{scan.name}': {reason} The result will have that value everywhere, too.")


def _notes(written: Written, dicom: DicomSource | None) -> list[str]:
    notes = (written.note, "" if dicom is None else dicom.note)
    return [f"note: {line}" for line in notes if line]
