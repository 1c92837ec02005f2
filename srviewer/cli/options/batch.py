"""The options of the verbs that reconstruct many scans, and their output."""

import argparse
from dataclasses import asdict
from pathlib import Path

from srviewer.cli.console.chosen_model import taken_automatically
from srviewer.cli.console.verb_output import VerbOutput, table
from srviewer.cli.options.destination import add_entities_argument
from srviewer.cli.options.outputs import add_overwrite_argument
from srviewer.cli.options.request import add_request_arguments, asked_model, asked_of_every
from srviewer.cli.options.slabs import add_slab_argument
from srviewer.cli.options.stacks import add_motion_argument
from srviewer.cli.options.values import axis_number
from srviewer.core.counted import inflected
from srviewer.errors import UserError
from srviewer.io.bids.names import chosen_entities
from srviewer.io.export.image import DataType
from srviewer.io.targets import Target
from srviewer.nn.devices.cores import usable_cores
from srviewer.sr.batch.plan import WHOLE, BatchResult, Shard
from srviewer.sr.batch.settings import Settings
from srviewer.sr.batch.summary import HEAD, cells, left_out_reasons, status_line
from srviewer.sr.requests.request import Request
from srviewer.sr.stacks.request import PRIORS


def add_batch_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare workers, shard, request and what is done with doubtful scans and earlier results.

    Args:
        parser: The parser of the verb.
    """
    workers = parser.add_mutually_exclusive_group()
    workers.add_argument(
        "--workers",
        type=int,
        default=usable_cores(),
        metavar="N",
        help="processes that each reconstruct one volume at a time; by default one for each core "
        "that this process may use",
    )
    workers.add_argument(
        "--scheduler", metavar="ADDRESS", help="a running Dask cluster, such as tcp://host:8786"
    )
    parser.add_argument(
        "--shard",
        type=_shard,
        default=WHOLE,
        metavar="I/N",
        help="reconstruct only the I-th of N parts, from 1, of the sorted list of volumes",
    )
    parser.add_argument(
        "--join",
        action="store_true",
        help="join the acq- and run- files of one suffix and session that belong together, by "
        "--method (cross-plane or cubic), --model and --device; the others are reconstructed",
    )
    add_motion_argument(parser, "with --join: ")
    add_entities_argument(parser)
    add_request_arguments(parser)
    parser.add_argument(
        "--isotropic", action="store_true", help="resample results to the in-plane spacing"
    )
    parser.add_argument(
        "--acknowledge",
        action="store_true",
        help="reconstruct also where something puts the geometry of a scan in doubt; masks and "
        "label maps are left out anyway",
    )
    add_overwrite_argument(parser)
    add_slab_argument(parser)


def check_batch(args: argparse.Namespace) -> None:
    """Check the number of workers, and that method and motion go with joins.

    Args:
        args: The parsed arguments.

    Raises:
        UserError: There is none; the method joins nothing, or slices are to be moved without joins.
    """
    if args.workers < 1:
        raise UserError(f"At least one worker is needed, not {args.workers}.")
    if args.join and args.method not in PRIORS:
        raise UserError(f"A join starts from {' or '.join(PRIORS)}, not from '{args.method}'.")
    if args.motion != "none" and not args.join:
        raise UserError(
            f"--motion {args.motion} moves slices of stacks that are joined: add --join."
        )


def batch_settings(args: argparse.Namespace, target: Target, store: DataType) -> Settings:
    """The settings of each reconstruction.

    Args:
        args: The parsed arguments.
        target: The export target.
        store: The data type of the results.

    Returns:
        The settings.
    """
    any_scan = Request(axis=0, factor=2, model=asked_model(args), isotropic=args.isotropic)
    return Settings(
        request=asked_of_every(any_scan, args),
        axis=None if args.axis is None else axis_number(args.axis),
        factor=args.factor,
        store=store,
        acknowledge=args.acknowledge,
        slabs=args.slabs,
        overwrite=args.overwrite,
        target=target.id,
        join=args.join,
        motion=args.motion,
        entities=tuple(chosen_entities(args.bids_entities).items()),
    )


def batch_output(result: BatchResult, folder: Path) -> VerbOutput:
    """The table of a batch.

    Args:
        result: The results.
        folder: The folder of the results.

    Returns:
        Text and JSON.

    Raises:
        UserError: There were volumes, and none was reconstructed.
    """
    outcomes = result.outcomes
    failures = [outcome for outcome in outcomes if outcome.status == "failed"]
    if outcomes and not any(outcome.status.startswith("done") for outcome in outcomes):
        first = (*failures, *outcomes)[0]
        count = len(outcomes)
        none = inflected(count, "The one volume was not", f"None of {count:,} volumes was")
        raise UserError(
            f"{none} reconstructed; see {result.summary}. {first.name}: {first.message}"
        )
    return VerbOutput(_text(result, folder), _values(result, folder))


def _shard(text: str) -> Shard:
    """A share from "I/N"."""
    try:
        number, of = map(int, text.split("/"))
        if 1 <= number <= of:
            return Shard(number, of)
    except ValueError:
        pass  # as for numbers that are none of a share
    raise argparse.ArgumentTypeError(f"'{text}' is no share, such as 1/4, 2/4, 3/4 or 4/4")


def _text(result: BatchResult, folder: Path) -> str:
    rows = [cells(outcome) for outcome in result.outcomes]
    problems = [f"{o.name}: {o.message}" for o in result.outcomes if o.message]
    return "\n".join(
        [
            *([table(HEAD, rows)] if rows else []),
            *problems,
            *_chosen_models(result),
            status_line(result.outcomes),
            f"written: {folder}; summary: {folder / result.summary.name}",
            "Research use only.",
        ]
    )


def _chosen_models(result: BatchResult) -> list[str]:
    """The model that was taken for all volumes, where none was named."""
    chosen = {
        (str(outcome.values["model"]), str(outcome.values["model_reason"])): None
        for outcome in result.outcomes
        if outcome.values.get("model_reason")
    }
    return [line for model, reason in chosen for line in taken_automatically(model, reason)]


def _values(result: BatchResult, folder: Path) -> dict[str, object]:
    volumes = [
        {**asdict(row), "output": None if row.output is None else str(folder / row.output)}
        for row in result.outcomes
    ]
    return {
        "folder": str(folder),
        "summary": str(folder / result.summary.name),
        "volumes": volumes,
        "left_out": left_out_reasons(result.outcomes),
    }
