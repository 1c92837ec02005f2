"""srviewer simulate: a thick scan from a thin one."""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.cli.console.verb_output import VerbOutput, run_with_progress
from srviewer.cli.options.outputs import add_overwrite_argument, check_outputs, refuse_replacing
from srviewer.cli.options.request import add_time_bandwidth_argument
from srviewer.cli.options.sources import add_series_arguments, open_volume
from srviewer.cli.options.values import axis_number, number
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.slice_profiles import PROFILES
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.resampling.rigid_grid import itk_advice, refused_by_itk
from srviewer.core.volumes.volume import SEGMENTATION_CODES, ScanHeader, is_segmentation
from srviewer.errors import InDoubt, UserError
from srviewer.io.export.image import write_image
from srviewer.sr.scores.simulate import simulate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the thin volume, the output, and the acquisition.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument("path", type=Path, help="a thin volume")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="THICK.nii.gz")
    add_series_arguments(parser)
    parser.add_argument("--axis", choices=AXIS_NAMES, help="default: the axis with most spacing")
    parser.add_argument("--factor", type=int, default=4, help="thin slices per thick one")
    parser.add_argument("--profile", choices=PROFILES, default="box", help="slice profile")
    add_time_bandwidth_argument(parser)
    parser.add_argument(
        "--thickness", type=number, metavar="MM", help="slice thickness; default: the new spacing"
    )
    parser.add_argument(
        "--noise", type=number, default=0.0, metavar="FRACTION", help="Rician; of the range"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the noise")
    parser.add_argument(
        "--truth",
        type=Path,
        metavar="FILE",
        help="write the part of the thin volume that is covered",
    )
    add_overwrite_argument(parser)
    parser.add_argument(
        "--acknowledge",
        action="store_true",
        help="degrade also a mask or label map, as if its numbers were intensities",
    )


def execute(args: argparse.Namespace) -> VerbOutput:
    """Degrade a thin volume and write the thick scan.

    Args:
        args: The parsed arguments.

    Returns:
        The acquisition, the grid and the files.

    Raises:
        InDoubt: The volume is a segmentation, which was not acknowledged.
        UserError: The acquisition cannot be simulated.
    """
    check_outputs(args, [args.path], images=[args.output, args.truth])
    thin = open_volume(args.path, args.series, args.frame)
    if is_segmentation(thin.warnings) and not args.acknowledge:
        warnings = " ".join(w.message for w in thin.warnings if w.code in SEGMENTATION_CODES)
        raise InDoubt(
            f"'{thin.name}' was not degraded: {warnings} Give --acknowledge to degrade it anyway."
        )
    refuse_replacing(args, thin, [args.output, args.truth])
    degradation = _degradation(thin, args)
    simulation = run_with_progress(simulate(thin, degradation))
    provenance = {
        "software": f"srviewer {__version__}",
        "notice": RESEARCH_USE_ONLY,
        "simulated": degradation.describe(),
    }
    run_with_progress(
        write_image(simulation.thick, args.output, provenance, overwrite=args.overwrite)
    )
    if args.truth is not None:
        run_with_progress(
            write_image(simulation.truth, args.truth, provenance, overwrite=args.overwrite)
        )
    geometry = simulation.thick.geometry
    shape = " x ".join(map(str, geometry.shape))
    files = ", ".join(str(path) for path in (args.output, args.truth) if path is not None)
    advice = f"\nnote: {itk_advice(geometry)}" if refused_by_itk(geometry) else ""
    text = f"{degradation.describe()}: {shape} voxels{advice}\nwritten: {files}"
    values = {
        "output": str(args.output),
        "axis": AXIS_NAMES[degradation.axis],
        "factor": degradation.factor,
        "profile": degradation.profile,
        "time_bandwidth": degradation.time_bandwidth if degradation.profile == "slr" else None,
        "shape": list(geometry.shape),
        "spacing_mm": list(geometry.spacing),
    }
    return VerbOutput(text, values)


def _degradation(thin: ScanHeader, args: argparse.Namespace) -> Degradation:
    axis = int(np.argmax(thin.geometry.spacing)) if args.axis is None else axis_number(args.axis)
    try:
        plain = Degradation(
            axis,
            args.factor,
            args.profile,
            noise=args.noise,
            seed=args.seed,
            time_bandwidth=args.time_bandwidth,
        )
        if args.thickness is None:
            return plain
        spacing = thin.geometry.spacing[axis] * args.factor
        return replace(plain, thickness=args.thickness / spacing)
    except ValueError as error:
        raise UserError(f"This acquisition cannot be simulated: {error}.") from error
