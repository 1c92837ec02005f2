"""srviewer screenshot: a figure of the panes, rendered without a display."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from srviewer.cli.console.verb_output import VerbOutput, run_with_progress
from srviewer.cli.options.outputs import check_outputs, require_suffix
from srviewer.cli.options.sources import add_series_arguments, open_only, open_volume
from srviewer.cli.options.values import degrees, number, point, size, slab, span, turns
from srviewer.core.resampling.reorient import same_grid
from srviewer.core.slices.figure_contents import (
    COLOUR_NAMES,
    LEAST_DPI,
    LEAST_SIDE,
    MOST_DPI,
    MOST_SIDE,
    PLANE_NAMES,
    SUFFIXES,
    FigureContents,
)
from srviewer.core.slices.rotated_planes import NOT_ROTATED, patient_rotation
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.errors import UserError
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.references.read_for_comparison import beside
from srviewer.sr.references.truth import placed_truth, refinement
from srviewer.sr.requests.request import Request, suggested_request
from srviewer.sr.scores.evaluate import ScoredPair, score_beside_cubic
from srviewer.study.state.layouts import COMPARE, LAYOUTS, PLANES, find_layout

CUBIC = "cubic"  # instead of a path: the scan itself by cubic interpolation
MOST_SECONDS = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare scan, figure, and the view.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument("path", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.png|svg|pdf")
    add_series_arguments(parser)
    layouts = tuple(row.id for row in LAYOUTS if not row.second_study)
    parser.add_argument(
        "--layout", choices=layouts, help="default: compare with --second, else planes"
    )
    parser.add_argument(
        "--second",
        action="append",
        default=[],
        metavar="PATH|cubic",
        help="a volume to compare with; up to three times; cubic: the scan interpolated",
    )
    parser.add_argument(
        "--name", action="append", default=[], help="of each --second, in the same order"
    )
    parser.add_argument(
        "--without-scan", action="store_true", help="compare the --second volumes with each other"
    )
    parser.add_argument("--reference", type=Path, metavar="PATH", help="score against this")
    parser.add_argument(
        "--meaning", metavar="TEXT", help="the sentence that says what the reference is"
    )
    _add_view_arguments(parser)
    _add_page_arguments(parser)


def _add_view_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--at", type=point, metavar="X,Y,Z", help="crosshair in RAS+ mm; default: the middle"
    )
    parser.add_argument("--centre", type=point, metavar="X,Y,Z", help="middle of the panes")
    parser.add_argument("--zoom", type=number, default=1.0, help="times the size that fits")
    parser.add_argument("--plane", choices=PLANE_NAMES, help="only this one")
    parser.add_argument("--main", choices=PLANE_NAMES, help="large; default: as it was acquired")
    parser.add_argument("--window", type=span, metavar="LOW,HIGH", help="grey levels")
    parser.add_argument("--colours", choices=COLOUR_NAMES, default="grey", help="of the slices")
    parser.add_argument("--inverted", action="store_true", help="dark stands for high values")
    parser.add_argument("--blocks", action="store_true", help="voxels as they are, not smoothed")
    parser.add_argument("--neurological", action="store_true", help="the right on the right")
    parser.add_argument("--no-crosshair", action="store_true")
    parser.add_argument(
        "--turn",
        type=turns,
        default=FigureContents().turns,
        metavar="PLANE:DEGREES,...",
        help="rotate panes clockwise, such as axial:90; coronal:180m is flipped before",
    )
    parser.add_argument(
        "--rotate",
        type=degrees,
        metavar="X,Y,Z",
        help="oblique planes: all three, by degrees about R, A and S",
    )
    parser.add_argument(
        "--patient-axes", action="store_true", help="planes along the patient's axes"
    )
    parser.add_argument(
        "--slab",
        type=slab,
        default=FigureContents().slab,
        metavar="KIND:MM|slices",
        help="mean, maximum or minimum over a thick slab, such as mean:5; mean:slices: over each "
        "slice of the scan",
    )
    parser.add_argument(
        "--header-text", action="store_true", help="patient, date and series in the panes"
    )
    parser.add_argument("--divider", type=number, default=0.5, help="of the curtain, 0..1")
    parser.add_argument("--across", action="store_true", help="the curtain's edge runs across")
    parser.add_argument(
        "--tile", type=number, default=20.0, metavar="MM", help="checkerboard square"
    )
    parser.add_argument(
        "--range", type=number, default=0.0, metavar="VALUE", help="end of the difference's colours"
    )


def _add_page_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", type=size, default=(1320, 900), metavar="WxH", help="in 1/96 in")
    parser.add_argument("--dpi", type=int, default=96, help="dots per inch of the slices")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark", help="of the page")


def execute(args: argparse.Namespace) -> VerbOutput:
    """Render a figure with the window's own widgets.

    Args:
        args: The parsed arguments.

    Returns:
        The file and the layout.
    """
    if args.output.suffix.lower() not in SUFFIXES:
        require_suffix(args.output, ".png, .svg or .pdf")
    files = [Path(second) for second in args.second if second != CUBIC]
    sources = [args.path, *files, *([args.reference] if args.reference else [])]
    check_outputs(args, sources, others=[args.output])
    picture = _picture(args)
    scan = open_volume(args.path, args.series, args.frame)
    seconds = _seconds(args, scan)
    scored = _scored(args, scan, [volume for _, volume in seconds])
    volumes = [(*second, scores) for second, scores in zip(seconds, scored, strict=True)]
    if args.patient_axes:
        picture = replace(picture, rotation=patient_rotation(scan.geometry))
    args.doors["render"](scan, volumes, not args.without_scan, picture, args.output)
    values = {"output": str(args.output), "layout": picture.layout}
    return VerbOutput(f"written: {args.output}", values)


def _check_planes(args: argparse.Namespace) -> None:
    """Refuse two rotations of the planes, and a thick slab on rotated ones."""
    if args.patient_axes and args.rotate:
        raise UserError(
            "--patient-axes and --rotate were given, which both rotate the planes from the voxel "
            "axes. Give one of them."
        )
    rotation = "--patient-axes" if args.patient_axes else "--rotate"
    if args.slab.shown and (args.patient_axes or args.rotate):
        raise UserError(
            f"--slab and {rotation} were given, and there is no thick slab on oblique planes, only "
            f"along the voxel axes. Leave out {rotation} for the slab, or --slab for single slices "
            "of oblique planes."
        )


def _picture(args: argparse.Namespace) -> FigureContents:
    layout = args.layout or (COMPARE if args.second else PLANES)
    if find_layout(layout).compares and len(args.second) < (2 if args.without_scan else 1):
        raise UserError(f"The layout '{layout}' compares: give --second.")
    if len(args.second) + (not args.without_scan) > MOST_SECONDS:
        raise UserError(f"At most {MOST_SECONDS} volumes are shown side by side.")
    _check_planes(args)
    if len(args.name) > len(args.second):
        raise UserError("Each --name belongs to a --second: there are more names than volumes.")
    if not all(LEAST_SIDE <= side <= MOST_SIDE for side in args.size):
        raise UserError(f"A side of a figure has {LEAST_SIDE} to {MOST_SIDE} pixels.")
    if not LEAST_DPI <= args.dpi <= MOST_DPI:
        raise UserError(f"A figure has {LEAST_DPI} to {MOST_DPI} dots per inch.")
    if not (0 <= args.divider <= 1 and args.tile > 0 and args.range >= 0 and args.zoom > 0):
        raise UserError("A divider lies in 0..1; tile and zoom are above 0; range is not below 0.")
    return FigureContents(
        layout=layout,
        at=args.at,
        window=args.window,
        centre=args.centre,
        zoom=args.zoom,
        plane=args.plane,
        main=args.main,
        smooth=not args.blocks,
        radiological=not args.neurological,
        colours=args.colours,
        inverted=args.inverted,
        crosshair=not args.no_crosshair,
        turns=args.turn,
        header_text=args.header_text,
        slab=args.slab,
        rotation=args.rotate or NOT_ROTATED,
        divider=args.divider,
        upright=not args.across,
        tile_mm=args.tile,
        span=args.range,
        width=args.size[0],
        height=args.size[1],
        dpi=args.dpi,
        theme=args.theme,
    )


def _seconds(args: argparse.Namespace, scan: Volume) -> list[tuple[str, Volume]]:
    """Names and volumes; a cubic one has the grid of the first file, where that refines."""
    files = {name: open_only(Path(name)) for name in args.second if name != CUBIC}
    grid = next(iter(files.values()), None)
    request = suggested_request(scan) if grid is None else _refinement(scan, grid)
    named = []
    for second, title in zip_longest(args.second, args.name):
        if second == CUBIC:
            wanted = replace(request or suggested_request(scan), method="cubic")
            volume = run_with_progress(reconstruct(scan, wanted)).volume
        else:
            volume = run_with_progress(beside(files[second], scan))
        default = CUBIC if second == CUBIC else Path(second).name
        named.append((title or default, volume))
    return named


def _scored(
    args: argparse.Namespace, scan: Volume, seconds: Sequence[Volume]
) -> list[ScoredPair | None]:
    """The scores of each volume on the reference's grid; None for the others."""
    if args.reference is None:
        return [None for _ in seconds]
    truth = open_only(args.reference)
    truth = run_with_progress(placed_truth(truth, args.reference.name, scan, None))
    request = _refinement(scan, truth)
    assert request is not None  # it lies on a finer grid
    meaning = args.meaning or f"the loaded ground truth '{args.reference.name}'"
    return [
        run_with_progress(score_beside_cubic(truth, scan, volume, request, meaning))
        if same_grid(volume.geometry, truth.geometry)
        else None
        for volume in seconds
    ]


def _refinement(scan: ScanHeader, fine: ScanHeader) -> Request | None:
    """The request from the scan's grid to a finer one; None where there is none."""
    steps = refinement(scan.geometry, fine.geometry)
    if not steps:
        return None
    (axis, factor), *also = steps
    return Request(axis=axis, factor=factor, also=tuple(also))
