"""srviewer self-test: what a method gains over cubic on this very scan."""

import argparse
from pathlib import Path

from srviewer.cli.console.verb_output import Outcome, follow, table
from srviewer.cli.options.outputs import check_outputs
from srviewer.cli.options.request import add_request_arguments, request_of
from srviewer.cli.options.sources import add_series_arguments, open_volume
from srviewer.sr.scores.self_test import SelfTest, self_test


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The scan, and the reconstruction that is put to the test."""
    parser.add_argument("path", type=Path, help="a file, folder or zip with a thick-slice scan")
    add_series_arguments(parser)
    add_request_arguments(parser)


def execute(args: argparse.Namespace) -> Outcome:
    """Degrade the sharp axes, restore them, score them beside cubic."""
    check_outputs(args, [args.path])
    scan = open_volume(args.path, args.series, args.frame)
    found = follow(self_test(scan, request_of(scan, args)))
    return Outcome(_text(found), found.values())


def _text(found: SelfTest) -> str:
    notes = [f"note: {line}" for line in found.warnings]
    return "\n".join(
        [found.verdict, table(found.head, found.cells()), *notes, "Research use only."]
    )
