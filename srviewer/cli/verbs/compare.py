"""srviewer compare: scores of a volume against a reference."""

import argparse
from pathlib import Path

from srviewer.cli.console.verb_output import VerbOutput, run_with_progress, table
from srviewer.cli.options.outputs import check_outputs, require_suffix
from srviewer.cli.options.sources import open_only
from srviewer.core.comparison.comparison import Scores
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.scores.metrics import METRICS
from srviewer.sr.report.report import comparison_report
from srviewer.sr.scores.score_volumes import compare_volumes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare reference, candidate, mask and report.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument("reference", type=Path)
    parser.add_argument("candidate", type=Path)
    parser.add_argument("--mask", choices=("foreground", "none"), default="foreground")
    parser.add_argument(
        "--resample",
        action="store_true",
        help="resample a candidate on another grid to that of the reference by cubic B-splines, "
        "and score the part that it covers",
    )
    parser.add_argument(
        "--report", type=Path, metavar="FILE.html", help="one page: slices, curves, scores"
    )


def execute(args: argparse.Namespace) -> VerbOutput:
    """Score a candidate over the whole volume and per slice of each array axis.

    Args:
        args: The parsed arguments.

    Returns:
        The scores, with the sentence that says what the reference is.
    """
    check_outputs(args, [args.reference, args.candidate], others=[args.report])
    if args.report is not None:
        require_suffix(args.report, ".html")
    reference, candidate = open_only(args.reference), open_only(args.candidate)
    meaning = f"the given reference '{reference.name}'"
    compared = run_with_progress(
        compare_volumes(reference, candidate, meaning, args.mask, args.resample)
    )
    scores = compared.scores
    # An oblique grid changes no score.
    warned = [
        f"{volume.name}: {warning.message}"
        for volume in (reference, candidate)
        for warning in volume.warnings
        if warning.code != "oblique"
    ]
    notes = list(dict.fromkeys([*compared.notes, *warned]))  # of one file twice, each note once
    values = {
        **scores.whole,
        "data_range": scores.data_range,
        "floor": scores.floor,
        "mask": scores.mask,
        "voxels": scores.voxels,
        "per_slice": dict(zip(AXIS_NAMES, scores.per_slice, strict=True)),
        "meaning": scores.meaning,
        "resampled": compared.resampled,
        "scored_share": scores.share,
        "warnings": notes,
    }
    if args.report is not None:
        run_with_progress(comparison_report(reference, compared, notes)).save(args.report)
    written = [] if args.report is None else [f"written: {args.report}"]
    lines = [_text(scores), *(f"note: {line}" for line in notes), *written]
    return VerbOutput("\n".join(lines), values)


def _text(scores: Scores) -> str:
    rows = [(metric.title, metric.text(scores.whole[metric.id]), metric.unit) for metric in METRICS]
    above = f" above {scores.floor:g}" if scores.floor else ""
    return (
        f"against {scores.meaning}\n"
        f"data range {scores.data_range:g}{above}, mask {scores.mask}, {scores.voxels} voxels\n"
        + table(("", "whole volume", ""), rows)
    )
