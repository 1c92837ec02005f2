"""srviewer batch: reconstruction of many scans."""

import argparse
import os
from dataclasses import asdict
from pathlib import Path

from srviewer.cli.console.verb_output import VerbOutput, run_with_progress, table
from srviewer.cli.options.destination import add_folder_arguments, chosen_target, stored_as
from srviewer.cli.options.outputs import add_overwrite_argument, check_outputs
from srviewer.cli.options.request import add_request_arguments, asked_model, asked_of_every
from srviewer.cli.options.slabs import add_slab_argument
from srviewer.cli.options.values import axis_number
from srviewer.errors import UserError
from srviewer.sr.batch.dispatch import BatchPlan, BatchResult, batch
from srviewer.sr.batch.summary import HEAD, cells, left_out_reasons, status_line
from srviewer.sr.batch.work import Settings
from srviewer.sr.requests.request import Request


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare scans, output folder, request and workers.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument(
        "paths", type=Path, nargs="+", metavar="PATH", help="files, folders, globs, BIDS trees"
    )
    add_folder_arguments(parser)
    workers = parser.add_mutually_exclusive_group()
    workers.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes that each reconstruct one volume at a time; one for each core by default",
    )
    workers.add_argument(
        "--scheduler", metavar="ADDRESS", help="a running Dask cluster, such as tcp://host:8786"
    )
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


def execute(args: argparse.Namespace) -> VerbOutput:
    """Reconstruct all scans; failures are listed and do not end the batch.

    Args:
        args: The parsed arguments.

    Returns:
        A table with the status of each volume.

    Raises:
        UserError: There is no worker, slabs do not go with the target, or no volume was
            reconstructed.
    """
    check_outputs(args, [])
    if args.workers < 1:
        raise UserError(f"At least one worker is needed, not {args.workers}.")
    target, path = chosen_target(args)
    folder = target.home(path)
    plan = BatchPlan(tuple(args.paths), path, _settings(args), args.workers, args.scheduler)
    result = run_with_progress(batch(plan))
    failures = [outcome for outcome in result.outcomes if outcome.status == "failed"]
    if not any(outcome.status.startswith("done") for outcome in result.outcomes):
        first = (*failures, *result.outcomes)[0]
        raise UserError(
            f"None of {len(result.outcomes)} volumes was reconstructed; see {result.summary}. "
            f"{first.name}: {first.message}"
        )
    return VerbOutput(_text(result, folder), _values(result, folder))


def _settings(args: argparse.Namespace) -> Settings:
    any_scan = Request(axis=0, factor=2, model=asked_model(args), isotropic=args.isotropic)
    request = asked_of_every(any_scan, args)
    axis = None if args.axis is None else axis_number(args.axis)
    return Settings(
        request=request,
        axis=axis,
        factor=args.factor,
        store=stored_as(args),
        acknowledge=args.acknowledge,
        slabs=args.slabs,
        overwrite=args.overwrite,
        target=chosen_target(args)[0].id,
    )


def _text(result: BatchResult, folder: Path) -> str:
    rows = [cells(outcome) for outcome in result.outcomes]
    problems = [f"{o.name}: {o.message}" for o in result.outcomes if o.message]
    return "\n".join(
        [
            table(HEAD, rows),
            *problems,
            status_line(result.outcomes),
            f"written: {folder}; summary: {folder / result.summary.name}",
            "Research use only.",
        ]
    )


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
