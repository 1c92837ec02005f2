"""srviewer batch: many thick scans to thin ones."""

import argparse
import os
from dataclasses import asdict
from pathlib import Path

from srviewer.cli.console.verb_output import Outcome, follow, table
from srviewer.cli.options.destination import add_folder_arguments, chosen_target, stored_as
from srviewer.cli.options.outputs import add_overwrite_argument, check_outputs
from srviewer.cli.options.request import add_request_arguments, asked_model, asked_of_every
from srviewer.cli.options.slabs import add_slab_argument
from srviewer.cli.options.values import axis_number
from srviewer.errors import UserError
from srviewer.sr.batch.dispatch import BatchPlan, BatchResult, batch
from srviewer.sr.batch.summary import HEAD, cells, counted, left_out_reasons
from srviewer.sr.batch.work import Settings
from srviewer.sr.requests.request import Request


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The scans, the output folder, how to rebuild and who does it."""
    parser.add_argument(
        "paths", type=Path, nargs="+", metavar="PATH", help="files, folders, globs, BIDS trees"
    )
    add_folder_arguments(parser)
    who = parser.add_mutually_exclusive_group()
    who.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes that each rebuild one volume at a time; one for each core by default",
    )
    who.add_argument(
        "--scheduler", metavar="ADDRESS", help="a running Dask cluster, such as tcp://host:8786"
    )
    add_request_arguments(parser)
    parser.add_argument(
        "--isotropic", action="store_true", help="resample results to the in-plane spacing"
    )
    parser.add_argument(
        "--acknowledge",
        action="store_true",
        help="rebuild also where something puts the geometry of a scan in doubt; masks and label "
        "maps are left out all the same",
    )
    add_overwrite_argument(parser)
    add_slab_argument(parser)


def execute(args: argparse.Namespace) -> Outcome:
    """Rebuild all, tell what became of each; failures are listed and end nothing."""
    check_outputs(args, [])
    if args.workers < 1:
        raise UserError(f"At least one worker is needed, not {args.workers}.")
    target, path = chosen_target(args)
    if args.slabs == "always" and not target.streams:
        raise UserError(f"Slab by slab there is no {target.noun}. Leave out --slabs always.")
    folder = target.home(path)
    plan = BatchPlan(tuple(args.paths), path, _settings(args), args.workers, args.scheduler)
    done = follow(batch(plan))
    failures = [one for one in done.outcomes if one.status == "failed"]
    if not any(one.status.startswith("done") for one in done.outcomes):
        first = (*failures, *done.outcomes)[0]
        raise UserError(
            f"None of {len(done.outcomes)} volumes was rebuilt; see {done.summary}. "
            f"{first.name}: {first.message}"
        )
    return Outcome(_text(done, folder), _values(done, folder))


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


def _text(done: BatchResult, folder: Path) -> str:
    rows = [cells(outcome) for outcome in done.outcomes]
    problems = [f"{o.name}: {o.message}" for o in done.outcomes if o.message]
    return "\n".join(
        [
            table(HEAD, rows),
            *problems,
            counted(done.outcomes),
            f"written: {folder}; summary: {folder / done.summary.name}",
            "Research use only.",
        ]
    )


def _values(done: BatchResult, folder: Path) -> dict[str, object]:
    volumes = [
        {**asdict(one), "output": None if one.output is None else str(folder / one.output)}
        for one in done.outcomes
    ]
    return {
        "folder": str(folder),
        "summary": str(folder / done.summary.name),
        "volumes": volumes,
        "left_out": left_out_reasons(done.outcomes),
    }
