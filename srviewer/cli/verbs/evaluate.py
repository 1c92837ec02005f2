"""srviewer evaluate: thin volumes degraded, reconstructed and scored, as a table."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from math import prod
from pathlib import Path

from srviewer.cli.console.chosen_model import taken_automatically
from srviewer.cli.console.skipped_scans import left_out_lines
from srviewer.cli.console.verb_output import VerbOutput, run_with_progress, table
from srviewer.cli.options.outputs import check_outputs
from srviewer.cli.options.request import add_precision_argument
from srviewer.cli.options.sources import open_only
from srviewer.cli.options.values import axes, whole_numbers, words
from srviewer.core.scores.metrics import comparable_metrics
from srviewer.core.volumes.volume import ScanHeader, is_segmentation
from srviewer.errors import UserError
from srviewer.io.scans.series import reason_counts
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.inputs.segmentations import segmentation_reason
from srviewer.sr.requests.automatic_model import AUTO, with_automatic_model
from srviewer.sr.requests.request import Request
from srviewer.sr.scores.evaluate import EvaluationPlan, EvaluationRow, evaluate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the volumes, and the settings to combine.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="thin volumes")
    parser.add_argument("--factors", type=whole_numbers, default=(2, 4), metavar="2,4")
    parser.add_argument("--axes", type=axes, default=(0, 1, 2), metavar="i,j,k")
    parser.add_argument(
        "--methods", type=words, default=("cubic", "cross-plane"), metavar="cubic,cross-plane"
    )
    parser.add_argument(
        "--models",
        type=words,
        default=(AUTO,),
        metavar="a,b",
        help="default: auto, as of reconstruct, by the largest volume as it is given",
    )
    parser.add_argument(
        "--flips", action="store_true", help="test-time augmentation, at four times the time"
    )
    add_precision_argument(parser)


def execute(args: argparse.Namespace) -> VerbOutput:
    """Score every combination; cubic is added where it was not asked for.

    Args:
        args: The parsed arguments.

    Returns:
        The scores, and the gains over cubic.

    Raises:
        UserError: A factor is below 2.
    """
    check_outputs(args, args.paths)
    methods = args.methods if "cubic" in args.methods else ("cubic", *args.methods)
    if not args.factors or min(args.factors) < 2:
        raise UserError("A factor is a whole number of 2 or more.")
    volumes = [open_only(path) for path in args.paths]
    scans = [volume for volume in volumes if not is_segmentation(volume.warnings)]
    left_out = reason_counts(
        segmentation_reason(volume.warnings)
        for volume in volumes
        if is_segmentation(volume.warnings)
    )
    chosen = _automatic(scans or volumes, args)
    models = tuple(chosen.model if name == AUTO else name for name in args.models)
    plan = EvaluationPlan(
        args.factors, args.axes, methods, models, args.device, args.flips, args.precision
    )
    rows = run_with_progress(evaluate(scans or volumes, plan))  # refuses segmentations
    notes = dict.fromkeys(f"note: {row.file}: {line}" for row in rows for line in row.warnings)
    asked = AUTO in args.models and any(method(name).needs_model for name in methods)
    reason = chosen.model_reason if asked else ""
    taken = taken_automatically(chosen.model, reason)
    lines = [_rows_table(rows), "", _gains_table(rows), *taken, *notes, *left_out_lines(left_out)]
    values = {
        "rows": [row.values() for row in rows],
        "left_out": dict(left_out),
        "model_reason": reason or None,
    }
    return VerbOutput("\n".join(lines), values)


def _automatic(volumes: Sequence[ScanHeader], args: argparse.Namespace) -> Request:
    """One model for all volumes, by the time of the largest."""
    largest = max(volumes, key=lambda volume: prod(volume.geometry.shape))
    asked = Request(args.axes[0], min(args.factors), device=args.device, flips=args.flips)
    return with_automatic_model(largest, replace(asked, precision=args.precision))


def _rows_table(rows: list[EvaluationRow]) -> str:
    metrics = comparable_metrics()
    titles = [metric.heading for metric in metrics]
    head = ("file", "axis", "factor", "method", "model", *titles, "seconds")
    lines = [
        (
            row.file,
            row.axis,
            str(row.factor),
            _method_text(row),
            row.model or "",
            *(metric.text(row.scores[metric.id]) for metric in metrics),
            f"{row.seconds:.1f}",
        )
        for row in rows
    ]
    return table(head, lines)


def _method_text(row: EvaluationRow) -> str:
    return f"{row.method} --flips" if row.flips else row.method


def _gains_table(rows: list[EvaluationRow]) -> str:
    """Mean and least gain over cubic for each factor, method and model."""
    metrics = comparable_metrics()
    cubic = {(r.file, r.axis, r.factor): r for r in rows if r.method == "cubic"}
    gains: dict[tuple[int, str, str], list[list[float]]] = {}
    for row in rows:
        base = cubic[row.file, row.axis, row.factor]
        pairs = [(metric, row.scores[metric.id], base.scores[metric.id]) for metric in metrics]
        known = [m.gain(a, b) for m, a, b in pairs if a is not None and b is not None]
        if row.method != "cubic" and len(known) == len(metrics):
            gains.setdefault((row.factor, _method_text(row), row.model or ""), []).append(known)
    titles = [f"{metric.title} {word}" for metric in metrics for word in ("mean", "least")]
    lines = []
    for (factor, name, model), gained in sorted(gains.items()):
        cells = []
        for metric, values in zip(metrics, zip(*gained, strict=True), strict=True):
            cells += [metric.gain_text(sum(values) / len(values)), metric.gain_text(min(values))]
        lines.append((f"factor {factor}, {name} {model}".rstrip(), *cells))
    return table(("gain over cubic", *titles), lines)
