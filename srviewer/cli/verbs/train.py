"""srviewer train: training of a network on thin volumes, or on 2D images."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from srviewer.cli.console.skipped_scans import TrainingSkips
from srviewer.cli.console.verb_output import VerbOutput, run_stepwise
from srviewer.cli.options.outputs import check_outputs, require_suffix
from srviewer.cli.options.values import number, whole_numbers
from srviewer.cli.verbs.models import gain_line
from srviewer.errors import UserError
from srviewer.job import mapped
from srviewer.nn.catalogue import (
    PRESETS,
    TrainingPlan,
    at_published_size,
    completed_plan,
)
from srviewer.nn.devices.processes import this_process
from srviewer.nn.models.model_file import Model
from srviewer.nn.reports.run_log import log_path
from srviewer.sr.models.available_models import SUFFIX, find_model, model_card, model_path
from srviewer.sr.training.plan_file import plan_in, read_licences, read_object
from srviewer.sr.training.run import TrainingJob, resumable_plan, trained_model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare training and validation set, plan and budget.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="thin volumes, folders")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="MODEL.safetensors")
    plan = parser.add_mutually_exclusive_group()
    plan.add_argument("--preset", choices=[row.name for row in PRESETS], help="default: fast")
    plan.add_argument("--plan", type=Path, metavar="FILE", help="a training plan as JSON")
    parser.add_argument(
        "--layout",
        choices=("axis", "image"),
        help="axis: thick slices to thin ones; image: 2D images along both axes",
    )
    parser.add_argument(
        "--size",
        choices=("small", "published"),
        help="small: for a CPU; published: as in the network's paper, for a GPU",
    )
    parser.add_argument(
        "--factors",
        type=whole_numbers,
        metavar="2,3,4",
        help="default: those of the preset, or of the model to start from",
    )
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--minutes", type=number, help="wall time of the training itself")
    budget.add_argument("--steps", type=int, help="optimiser steps; repeatable by seed")
    parser.add_argument("--batch", type=int, help="patches in one step, over all processes")
    parser.add_argument("--seed", type=int, help="seed of every random choice")
    parser.add_argument(
        "--validation",
        type=Path,
        nargs="+",
        default=[],
        metavar="PATH",
        help="thin volumes of other subjects, to score on; without any, nothing is scored",
    )
    parser.add_argument(
        "--start-from",
        metavar="NAME|FILE",
        help="a trained model to start from, such as fast; an adversarial preset then skips its "
        "L1 stage",
    )
    parser.add_argument(
        "--features", metavar="FILE", help="weights of a VGG19 for the perceptual losses"
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on with the unfinished run of this output"
    )
    parser.add_argument("--workers", type=int, default=1, help="threads that cut patches")
    parser.add_argument(
        "--licences", type=Path, metavar="FILE", help="JSON: volume name -> licence, for the card"
    )


def execute(args: argparse.Namespace) -> VerbOutput:
    """Train a network, with checkpoints beside the output, and score it on the validation set.

    Args:
        args: The parsed arguments.

    Returns:
        The size, the plan and the scores of the model; nothing where another process leads.

    Raises:
        UserError: There is no worker, or the plan, the data or the output is refused.
    """
    require_suffix(args.output, SUFFIX)
    check_outputs(args, [], others=[args.output])
    if args.workers < 1:
        raise UserError(f"At least one worker is needed, not {args.workers}.")
    process = this_process()
    job = TrainingJob(
        paths=tuple(args.paths),
        validation=tuple(args.validation),
        plan=_plan(args),
        output=args.output,
        device=args.device,
        licences=read_licences(args.licences) if args.licences else {},
        resume=args.resume,
        workers=args.workers,
        process=process,
    )
    left_out = TrainingSkips()
    model = run_stepwise(mapped(trained_model(job), left_out.take))
    if not process.leads:
        args.json = None  # the leading process reports for all
        return VerbOutput("", {})
    values = {
        "output": str(args.output),
        "parameters": model.parameters,
        "plan": model.plan.to_json(),
        "scores": list(model.scores),
        "log": str(log_path(args.output)),
        "processes": process.of,
        "left_out": dict(left_out.counts),
    }
    return VerbOutput(_text(model, args.output, left_out.lines), values)


def _text(model: Model, output: Path, left_out: list[str]) -> str:
    trained, held_out = model.plan.train, model.plan.validation
    pair = f", the texture model of {model.texture_of}" if model.texture_of else ""
    return "\n".join(
        [
            f"{model.parameters:,} parameters{pair}",
            f"trained on {len(trained)}: {', '.join(trained)}",
            f"held out: {', '.join(held_out) or 'none, so nothing was scored (--validation)'}",
            *left_out,
            *([gain_line(model_card(model, output))] if held_out else []),
            f"written: {output}",
        ]
    )


def _plan(args: argparse.Namespace) -> TrainingPlan:
    """The plan of the arguments; a resumed run without any keeps its own."""
    if args.resume and not _has_plan_options(args):
        return resumable_plan(args.output)
    asked = read_object(args.plan) if args.plan else {"preset": args.preset or "fast"}
    plan = plan_in(asked, args.plan) if args.plan else completed_plan(asked)
    if args.layout:
        plan = plan.in_layout(args.layout)
    if args.size == "published":
        plan = at_published_size(plan)
    if factors := args.factors or _factors_of_the_start(args, asked):
        plan = plan.with_factors(factors)
    if args.minutes is not None or args.steps is not None:
        plan = replace(plan, minutes=args.minutes or 0.0, steps=args.steps or 0)
    changes: dict[str, Any] = {
        name: getattr(args, name)
        for name in ("seed", "batch", "features")
        if getattr(args, name) is not None
    }
    if args.start_from:
        changes["start_from"] = str(model_path(args.start_from))
        changes["adversarial"] = replace(plan.adversarial, warm_start=0.0)
    return replace(plan, **changes)


def _factors_of_the_start(args: argparse.Namespace, asked: dict[str, Any]) -> tuple[int, ...]:
    """The factors of the model to start from: others are another network, not its texture model."""
    start = args.start_from or asked.get("start_from")
    if not start or "factors" in asked or args.layout == "image":
        return ()
    return find_model(start).plan.factors


def _has_plan_options(args: argparse.Namespace) -> bool:
    names = (
        "preset", "plan", "layout", "size", "factors", "minutes", "steps", "batch", "seed",
        "start_from", "features",
    )  # fmt: skip
    return any(getattr(args, name) is not None for name in names)
