"""srviewer train-features: training of the feature network of the perceptual losses."""

import argparse
from pathlib import Path

from srviewer.cli.console.skipped_scans import TrainingSkips
from srviewer.cli.console.verb_output import VerbOutput, run_with_progress
from srviewer.cli.options.outputs import check_outputs, require_suffix
from srviewer.cli.options.values import number
from srviewer.core.percentage import percentage
from srviewer.job import mapped
from srviewer.nn.plans.budget import Budget
from srviewer.sr.models.available_models import SUFFIX
from srviewer.sr.training.feature_training import trained_features


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the volumes, the file, the budget.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="thin volumes, folders")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FEATURES.safetensors")
    budget = parser.add_mutually_exclusive_group(required=True)
    budget.add_argument("--minutes", type=number, default=0.0, help="wall time")
    budget.add_argument("--steps", type=int, default=0, help="optimiser steps; repeatable by seed")
    parser.add_argument("--seed", type=int, default=0, help="seed of every random choice")


def execute(args: argparse.Namespace) -> VerbOutput:
    """Train a feature network and write it.

    Args:
        args: The parsed arguments.

    Returns:
        The steps, and how often each question of the pretext task was answered rightly.
    """
    require_suffix(args.output, SUFFIX)
    check_outputs(args, [], others=[args.output])
    budget = Budget(args.minutes, args.steps)
    left_out = TrainingSkips()
    job = trained_features(args.paths, args.output, budget, args.seed)
    features = run_with_progress(mapped(job, left_out.take))
    answers = ", ".join(f"{name} {percentage(share)}" for name, share in features.accuracy.items())
    values = {
        "output": str(args.output),
        "steps": features.steps,
        "accuracy": features.accuracy,
        "trained_on": list(features.trained_on),
        "left_out": dict(left_out.counts),
    }
    text = [f"{features.steps} steps; right answers: {answers}", *left_out.lines]
    return VerbOutput("\n".join([*text, f"written: {args.output}"]), values)
