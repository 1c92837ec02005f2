"""Gain by adaptation of the network to the scan, and the decisions of its guard.

Each thin volume is degraded (box profile) and reconstructed by cubic interpolation, by the
network, and by the network moved by several shares of the way to what it became by learning from
the scan. Each share is scored against the truth whatever the guard says, since the guard is to be
judged by it: the last lines tell what the program would use gains, of each volume and of all, and
how the gain on the held-out slices goes with the true one.

    python -m benchmarks.measure_adaptation VOLUME... [--model NAME] [--axes i,j,k] [--factors 2,4]
        [--side 80] [--steps 150 | --seconds 60] [--changed gamma,inverted,smooth,noise]

--changed makes scans of another kind than those trained on out of the volumes, before they are
degraded: a bent or inverted contrast, half the resolution, noise of 4 % of the range.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.stats import pearsonr

from benchmarks.pieces import middle
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.intensity.intensity_range import FOREGROUND_SHARE, measured_intensity
from srviewer.core.reconstruction.fusion import FUSIONS
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import ArrayVoxels, Memory, shape_of
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.nn.models.model_file import Model
from srviewer.nn.models.weight_interpolation import towards
from srviewer.nn.plans.adaptation import LEAST_GAINS, Adaptation, best_share
from srviewer.nn.training.adapt import fitted, restored_psnr
from srviewer.sr.cross_plane.adaptation import learned_from
from srviewer.sr.cross_plane.estimate import EstimateStore
from srviewer.sr.cross_plane.network import cross_plane
from srviewer.sr.cross_plane.refinement import Refinement, across
from srviewer.sr.models.available_models import find_model

TRIED = tuple(LEAST_GAINS)
NOISE = 0.04


@dataclass(frozen=True)
class Found:
    """``true``, ``held_out``: dB over the shipped network by share; ``used``: what is chosen."""

    name: str
    true: dict[float, float]
    held_out: dict[float, float]
    used: float

    @property
    def gain(self) -> float:
        """Of what the program would use, in dB."""
        return self.true[self.used] if self.used else 0.0


def main() -> None:
    """Print one line of a Markdown table for each volume, change, axis and factor."""
    args = _arguments()
    print("| volume | axis | factor | cubic | network |", end=" ")
    print(*(f"{share:.0%} of the way (held-out) |" for share in TRIED), "used | gain | steps/s |")
    print("|---" * (8 + len(TRIED)) + "|", flush=True)
    found = []
    for path in args.paths:
        thin = middle(run(read(path)).voxels, args.side)
        for change in args.changed.split(","):
            changed = CHANGES[change](thin / np.float32(measured_intensity(thin).range))
            name = " ".join(filter(None, (path.name.split(".")[0], change)))
            for axis in map(AXIS_NAMES.index, args.axes.split(",")):
                for factor in map(int, args.factors.split(",")):
                    found.append(_measured(name, changed, Degradation(axis, factor), args))
    _print_means(found)


def _print_means(found: Sequence[Found]) -> None:
    print("\n| volume | mean gain | least | most |\n|---|---|---|---|")
    for name in (*dict.fromkeys(one.name for one in found), ""):
        gains = [one.gain for one in found if name in ("", one.name)]
        cells = f"{np.mean(gains):+.3f} dB | {min(gains):+.3f} dB | {max(gains):+.3f} dB"
        print(f"| {name or 'all'} | {cells} |")
    pairs = [(one.held_out[share], one.true[share]) for one in found for share in TRIED]
    relation = pearsonr(*zip(*pairs, strict=True)).statistic
    print(f"\nheld-out against true gain: r = {relation:.2f}")
    for share in TRIED:
        print(f"always {share:.0%}: {np.mean([one.true[share] for one in found]):+.3f} dB")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--model", default="fast")
    parser.add_argument("--axes", default="k")
    parser.add_argument("--factors", default="4")
    parser.add_argument("--side", type=int, default=112, help="voxels of the middle")
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--changed", default="", help=", ".join(filter(None, CHANGES)))
    args = parser.parse_args()
    if not args.seconds and not args.steps:
        args.seconds = 60.0
    return args


def _measured(name: str, thin: Voxels, degradation: Degradation, args: argparse.Namespace) -> Found:
    scan = degradation.apply(thin)
    axis, factor = degradation.axis, degradation.factor
    truth = np.take(thin, np.arange(scan.shape[axis] * factor), axis)
    intensity = measured_intensity(truth)
    data_range, seen = intensity.range, intensity.foreground(truth)
    model = find_model(args.model)

    def rebuilt(by: Model) -> Voxels:
        todo = Refinement(degradation, by, FUSIONS[0], "cpu")
        source, slabs = ArrayVoxels(shape_of(scan), scan), across(axis)
        estimate = EstimateStore(Memory(), slabs, source.shape[slabs])
        run(cross_plane(source, todo, Memory(), estimate.keep))
        return estimate.kept.voxels.read(slabs, 0, source.shape[slabs])

    def score(voxels: Voxels) -> float:
        return psnr(truth, voxels, data_range, seen) or 0.0

    first = rebuilt(model)
    shipped = score(first)
    plain = score(cubic(scan, axis, thin_positions(scan.shape[axis], factor)))
    adaptation = Adaptation(args.seconds, args.steps)
    source, held_out = learned_from(
        scan, first, model, degradation, adaptation.seed, measured_intensity(scan)
    )
    started = time.process_time()
    learned = run(fitted(model, source, adaptation, "cpu"))
    rate = learned.steps / (time.process_time() - started)
    before = run(restored_psnr(model, held_out, "cpu"))
    blends = {share: towards(model, learned.model, share) for share in TRIED}
    after = {share: run(restored_psnr(blend, held_out, "cpu")) for share, blend in blends.items()}
    found = Found(
        name,
        true={share: score(rebuilt(blend)) - shipped for share, blend in blends.items()},
        held_out={share: after[share] - before for share in TRIED},
        used=best_share(before, after)[0],
    )
    cells = [name, AXIS_NAMES[axis], str(factor), f"{plain:.2f}", f"{shipped:.2f}"]
    cells += [f"{found.true[share]:+.3f} ({found.held_out[share]:+.3f})" for share in TRIED]
    cells += [f"{found.used:.0%}", f"{found.gain:+.3f}", f"{rate:.1f}"]
    print("|", " | ".join(cells), "|", flush=True)
    return found


def _noisy(shares: Voxels) -> Voxels:
    noise = np.random.default_rng(0).normal(0, NOISE, shares.shape)
    return np.asarray(np.maximum(shares + noise, 0), np.float32)


def _inverted(shares: Voxels) -> Voxels:
    return np.where(shares > FOREGROUND_SHARE, np.maximum(1.1 - shares, 0), 0).astype(np.float32)


CHANGES: dict[str, Callable[[Voxels], Voxels]] = {
    "": lambda shares: shares,
    "gamma": lambda shares: np.asarray(np.maximum(shares, 0) ** 2.5, np.float32),
    "inverted": _inverted,
    "smooth": lambda shares: gaussian_filter(shares, 1.0),
    "noise": _noisy,
}


if __name__ == "__main__":
    main()
