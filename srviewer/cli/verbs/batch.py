"""srviewer batch: reconstruction of many scans."""

import argparse
from dataclasses import replace
from pathlib import Path

from srviewer.cli.console.verb_output import VerbOutput, run_with_progress
from srviewer.cli.options.batch import (
    add_batch_arguments,
    batch_output,
    batch_settings,
    check_batch,
)
from srviewer.cli.options.destination import (
    add_folder_arguments,
    chosen_target,
    stored_as,
)
from srviewer.cli.options.dicom import dicom_form
from srviewer.cli.options.outputs import check_outputs
from srviewer.sr.batch.plan import BatchPlan, batch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare scans, output folder, request and workers.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument(
        "paths", type=Path, nargs="+", metavar="PATH", help="files, folders, globs, BIDS trees"
    )
    add_folder_arguments(parser)
    add_batch_arguments(parser)


def execute(args: argparse.Namespace) -> VerbOutput:
    """Reconstruct all scans; failures are listed and do not end the batch.

    Args:
        args: The parsed arguments.

    Returns:
        A table with the status of each volume.
    """
    check_outputs(args, [])
    target, path = chosen_target(args)
    check_batch(args)
    settings = replace(batch_settings(args, target, stored_as(args)), form=dicom_form(args))
    plan = BatchPlan(tuple(args.paths), path, settings, args.workers, args.scheduler, args.shard)
    return batch_output(run_with_progress(batch(plan)), target.home(path))
