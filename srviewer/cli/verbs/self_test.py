"""srviewer self-test: the gain of a method over cubic on this very scan."""

import argparse
from pathlib import Path

from srviewer.cli.console.chosen_model import taken_automatically
from srviewer.cli.console.verb_output import VerbOutput, run_with_progress, table
from srviewer.cli.options.outputs import check_outputs
from srviewer.cli.options.request import add_request_arguments, request_of
from srviewer.cli.options.sources import add_series_arguments, open_volume
from srviewer.sr.requests.request import Request
from srviewer.sr.trust.self_test import SelfTest, self_test


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the scan, and the request to be tested.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument("path", type=Path, help="a file, folder or zip with a thick-slice scan")
    add_series_arguments(parser)
    add_request_arguments(parser)


def execute(args: argparse.Namespace) -> VerbOutput:
    """Degrade the scan's in-plane axes, reconstruct and score them, with cubic as the baseline.

    Args:
        args: The parsed arguments.

    Returns:
        The verdict and the scores.
    """
    check_outputs(args, [args.path])
    scan = open_volume(args.path, args.series, args.frame)
    request = request_of(scan, args)
    result = run_with_progress(self_test(scan, request))
    values = {**result.values(), "model_reason": request.model_reason or None}
    return VerbOutput(_text(result, request), values)


def _text(result: SelfTest, request: Request) -> str:
    lines = [result.verdict, table(result.head, result.cells())]
    lines += taken_automatically(request.model, request.model_reason)
    lines += [f"note: {line}" for line in result.warnings]
    return "\n".join([*lines, "Research use only."])
