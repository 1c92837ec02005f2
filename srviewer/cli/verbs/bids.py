"""srviewer bids: a BIDS data set reconstructed by the command line that all BIDS Apps have."""

import argparse
from pathlib import Path

from srviewer import __version__
from srviewer.cli.console.verb_output import VerbOutput, run_with_progress
from srviewer.cli.options.batch import (
    add_batch_arguments,
    batch_output,
    batch_settings,
    check_batch,
)
from srviewer.cli.options.outputs import check_outputs
from srviewer.io.targets import target
from srviewer.sr.batch.plan import batch, of_data_set, summarised
from srviewer.sr.inputs.data_sets import data_set_part

LEVELS = ("participant", "group")
# Of several generations of BIDS Apps: whoever starts many of them gives the same words to each.
SKIP = (
    "--skip_bids_validator", "--skip-bids-validator", "--skip_bids_validation",
    "--skip-bids-validation",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what every BIDS App takes, then request and workers.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument(
        "bids_dir", type=Path, help="a BIDS data set, or the folder of one subject in it"
    )
    parser.add_argument(
        "output_dir", type=Path, help="for the results, such as BIDS_DIR/derivatives/srviewer"
    )
    parser.add_argument(
        "analysis_level",
        choices=LEVELS,
        help="participant: reconstruct; group: one summary of all that was reconstructed",
    )
    for name, prefix in (("participant", "sub-"), ("session", "ses-")):
        parser.add_argument(
            f"--{name}-label",
            f"--{name}_label",
            nargs="+",
            action="extend",
            default=[],
            metavar="LABEL",
            help=f"only these {name}s, with or without {prefix}; all by default",
        )
    parser.add_argument(
        *SKIP, action="store_true", dest="skip", help="changes nothing: no validator is run"
    )
    parser.add_argument("-v", "--version", action="version", version=f"srviewer {__version__}")
    add_batch_arguments(parser)


def execute(args: argparse.Namespace) -> VerbOutput:
    """Reconstruct the anatomical scans of the data set, or write the summary of all results.

    Args:
        args: The parsed arguments.

    Returns:
        A table with the status of each volume.
    """
    check_outputs(args, [])
    kind = target("bids")
    check_batch(args, kind)
    part = data_set_part(args.bids_dir, args.participant_label, args.session_label)
    settings = batch_settings(args, kind, kind.stored_as(None))
    plan = of_data_set(part, args.output_dir, settings, args.workers, args.scheduler, args.shard)
    job = batch if args.analysis_level == "participant" else summarised
    return batch_output(run_with_progress(job(plan)), args.output_dir)
