"""Trains each variant for the same short time and scores it on people that it never saw.

    OMP_NUM_THREADS=1 python -m benchmarks.ablation TRAIN_FOLDER VALIDATION_FOLDER
        [--steps 1500] [--seeds 0] [--side 96] [--only WORDS]

Rows of Markdown tables, as they are measured: PSNR over cubic B-spline in dB, the mean over the
middle of each validation volume and its three axes; with several seeds also the least and the most.
Networks are a sixth of the shipped one and the runs last minutes: what pays here need not pay after
hours.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from benchmarks.ablation.fusions import fused_gains
from benchmarks.ablation.learning import learned, multiply_adds, plan_of
from benchmarks.ablation.networks import PLAIN, VARIANTS, Variant
from benchmarks.ablation.scoring import FACTORS, Case, cases, gains, with_axial_branch
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.nn.inference.infer import built_network
from srviewer.nn.models.model_file import Model

AXIAL = "as shipped, then a third, axial branch"

Gains = dict[int, float]  # factor -> dB over cubic


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("validation", type=Path)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--side", type=int, default=96, help="voxels of the middle that is scored")
    parser.add_argument("--only", default="", help="variants whose name has these words")
    args = parser.parse_args()
    torch.set_num_threads(1)
    seeds = [int(seed) for seed in args.seeds.split(",")]
    volumes, held_out = _read(args.train), _read(args.validation)
    scored = cases(held_out, args.side)
    print("| variant | multiply-adds | seconds of training |", *_heads(), "|")
    print("|---|---|---|" + "---|" * len(FACTORS), flush=True)
    plain = _row(PLAIN, volumes, scored, args.steps, seeds)
    if args.only in AXIAL:
        _axial_row(plain, volumes, scored, args)
    for variant in VARIANTS:
        if args.only in variant.name:
            _row(variant, volumes, scored, args.steps, seeds)
    print("\n| fusion of the two planes |", *_heads(), "|")
    print("|---|" + "---|" * len(FACTORS))
    for name, found in fused_gains(plain[seeds[0]], scored).items():
        print(f"| {name} |", *_cells([found]), "|", flush=True)


def _row(
    variant: Variant, volumes: list[Volume], scored: list[Case], steps: int, seeds: list[int]
) -> dict[int, Model]:
    """Print the row of a variant; its models by seed."""
    models, found, seconds = {}, [], []
    for seed in seeds:
        plan = plan_of(variant, steps, seed)
        models[seed], took = learned(variant, volumes, plan)
        seconds.append(took)
        found.append(gains(models[seed], scored))
    cost = multiply_adds(built_network(models[seeds[0]]), 2 * variant.neighbours + 1, 4)
    print(
        f"| {variant.name} | {cost:,} | {np.mean(seconds):.0f} |", *_cells(found), "|", flush=True
    )
    return models


def _axial_row(
    plain: dict[int, Model], volumes: list[Volume], scored: list[Case], args: argparse.Namespace
) -> None:
    found, seconds, cost = [], [], 0
    for seed, model in plain.items():
        improved, took, cost = with_axial_branch(model, volumes, scored, args.steps, seed)
        found.append(improved)
        seconds.append(took)
    print(
        f"| {AXIAL} | + {cost:,} for each thin voxel | + {np.mean(seconds):.0f} |",
        *_cells(found),
        "|",
        flush=True,
    )


def _heads() -> list[str]:
    return [" | ".join(f"factor {factor}" for factor in FACTORS)]


def _cells(found: list[Gains]) -> list[str]:
    columns = [[one[factor] for one in found] for factor in FACTORS]
    return [" | ".join(_spread(gains) for gains in columns)]


def _spread(values: list[float]) -> str:
    """The mean, and from where to where where there are several."""
    over = f" ({min(values):+.2f} to {max(values):+.2f})" if len(values) > 1 else ""
    return f"{np.mean(values):+.2f}{over}"


def _read(folder: Path) -> list[Volume]:
    return [run(read(path)) for path in sorted(folder.glob("*.nii.gz"))]


if __name__ == "__main__":
    main()
