"""srviewer train: a network trained on thin volumes."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

from srviewer.cli.console import Outcome, follow
from srviewer.cli.sources import whole_numbers
from srviewer.errors import UserError
from srviewer.nn.specs import PRESETS, TrainingPlan, preset
from srviewer.sr.training import TrainingJob, trained_model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The volumes, the plan, the budget."""
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="thin volumes, folders")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="MODEL.safetensors")
    plan = parser.add_mutually_exclusive_group()
    plan.add_argument("--preset", choices=[row.name for row in PRESETS], default="fast")
    plan.add_argument("--plan", type=Path, metavar="FILE", help="a training plan as JSON")
    parser.add_argument("--factors", type=whole_numbers, metavar="2,3,4")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--minutes", type=float, help="wall time of the training itself")
    budget.add_argument("--steps", type=int, help="optimiser steps; repeatable by seed")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--validation", type=Path, nargs="+", default=[], metavar="PATH")
    parser.add_argument(
        "--licences", type=Path, metavar="FILE", help="JSON: volume name -> licence, for the card"
    )


def execute(args: argparse.Namespace) -> Outcome:
    """Train, keep checkpoints at the output, measure on the validation volumes."""
    job = TrainingJob(
        paths=tuple(args.paths),
        validation=tuple(args.validation),
        plan=_plan(args),
        output=args.output,
        device=args.device,
        licences=_json(args.licences) if args.licences else {},
    )
    model = follow(trained_model(job))
    text = f"{model.parameters:,} parameters trained on {len(model.plan.train)} volumes"
    values = {
        "output": str(args.output),
        "parameters": model.parameters,
        "plan": model.plan.to_json(),
        "scores": list(model.scores),
    }
    return Outcome(f"{text}\nwritten: {args.output}", values)


def _plan(args: argparse.Namespace) -> TrainingPlan:
    plan = TrainingPlan.from_json(_json(args.plan)) if args.plan else preset(args.preset).plan
    if args.factors:
        plan = plan.with_factors(args.factors)
    if args.minutes or args.steps:
        plan = replace(plan, minutes=args.minutes or 0.0, steps=args.steps or 0)
    return plan if args.seed is None else replace(plan, seed=args.seed)


def _json(path: Path) -> dict[str, str]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read as JSON: {error}.") from error
    if not isinstance(values, dict):
        raise UserError(f"{path} must hold one JSON object.")
    return values
