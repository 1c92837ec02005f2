"""The worth of the disagreement by region: rank correlation of 8 mm patches with the true error.

Each thin volume is degraded along k and reconstructed in both planes. Over cubes of 8 mm (8 voxels
of 1 mm, at least half of them foreground) the mean of each predictor is ranked against the root
mean square of the true error. Two predictors need the disagreement, as it is and smoothed; the
others are the gradient of the result, its local standard deviation, and its difference from cubic
interpolation. By voxel: the same ranks for single voxels, and how much of the worst 5 % lies in
the fifth where a predictor is highest. Regions: of the ten that the program lists, how many lie
among the worst tenth of all places by the error around them, and how that error compares with the
mean. Bound: the factor by which the smoothed disagreement must be multiplied to cover 95 % of the
voxels of the other people, and the share that it then covers in each person.

    python -m benchmarks.measure_regions VOLUME... [--model fast] [--factors 2,4] [--side 96]
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_gradient_magnitude, uniform_filter
from scipy.stats import spearmanr

from benchmarks.estimates import THICK, degraded, estimates, thin_volumes
from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.reconstruction.fusion import disagreement, mean
from srviewer.core.reconstruction.smoothed_map import smoothed
from srviewer.core.regions.doubtful_regions import LEAST_FOREGROUND, DoubtMap, highest_cubes
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.slabwise import planes_of
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import ArrayVoxels
from srviewer.job import run
from srviewer.nn.inference.infer import Upsampler
from srviewer.sr.models.available_models import find_model

PATCH = 8  # voxels of 1 mm
WINDOW = 5  # voxels: of the local standard deviation
WORST, FLAGGED = 0.05, 0.2  # shares of the foreground
WORST_PLACES = 0.1
COVERED = 0.95
RAW, SMOOTH = "disagreement", "disagreement, smoothed"
GRADIENT, LOCAL, CHANGE = "gradient", "local deviation", "difference from cubic"


@dataclass(frozen=True, eq=False)
class Case:
    """One volume at one factor.

    Attributes:
        patches: Predictor -> rank correlation over patches.
        voxels: Predictor -> rank correlation over voxels.
        found: Predictor -> share of the worst voxels where it is highest.
        listed: Share of the ten regions that lie among the worst places.
        ratio: Mean error around the ten regions over that around all places.
        error: Of the foreground voxels, as shares of R.
        predicted: The smoothed disagreement of the same voxels, as shares of R.
    """

    name: str
    factor: int
    patches: dict[str, float]
    voxels: dict[str, float]
    found: dict[str, float]
    listed: float
    ratio: float
    error: Voxels
    predicted: Voxels


def main() -> None:
    """Print the tables of docs/trust.md as Markdown, with the people."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--model", default="fast")
    parser.add_argument("--factors", default="2,4")
    parser.add_argument("--side", type=int, default=96, help="only the middle, this many voxels")
    args = parser.parse_args()
    model = find_model(args.model)
    upsampler = Upsampler(model, "auto")
    cases = [
        _measured(upsampler, name, thin, factor)
        for name, thin in thin_volumes(args.paths, args.side)
        for factor in map(int, args.factors.split(","))
    ]
    names = sorted({case.name for case in cases})
    print(f"{len(names)} people: {', '.join(names)}; model {model.name}, middle {args.side} voxels")
    print("\n| predictor | patches of 8 mm | single voxels | worst 5 % found |\n|---|---|---|---|")
    for predictor in cases[0].patches:
        columns = ([getattr(case, part)[predictor] for case in cases] for part in _PARTS)
        cells = [_spread(column) for column in columns]
        print(f"| {predictor} | {' | '.join(cells)} |")
    print("\n| file | factor | patches of 8 mm | ten regions: among the worst tenth | error |")
    print("|---|---|---|---|---|")
    for case in cases:
        row = f"{case.patches[SMOOTH]:.2f} | {case.listed:.0%} | {case.ratio:.1f} times the mean"
        print(f"| {case.name} | {case.factor} | {row} |")
    print(f"\nregions: {_spread([case.listed for case in cases])} among the worst tenth, ", end="")
    print(f"error {_spread([case.ratio for case in cases])} times the mean")
    _print_bound(cases)


_PARTS = ("patches", "voxels", "found")


def _spread(values: list[float]) -> str:
    return f"{np.mean(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def _measured(upsampler: Upsampler, name: str, thin: Voxels, factor: int) -> Case:
    scan, truth = degraded(thin, factor)
    intensity = measured_intensity(truth)
    seen = intensity.foreground(truth)
    first, second = estimates(upsampler, scan, factor)
    result = mean(first, second)
    error = np.abs(result - truth) / np.float32(intensity.range)
    raw = disagreement(first, second)
    plain = cubic(scan, THICK, thin_positions(scan.shape[THICK], factor))
    smooth = run(smoothed(raw))
    predictors = {
        SMOOTH: smooth,
        RAW: raw,
        CHANGE: np.abs(result - plain),
        GRADIENT: gaussian_gradient_magnitude(result, 1.0),
        LOCAL: _deviation(result),
    }
    worst = error[seen] >= np.quantile(error[seen], 1 - WORST)
    listed, ratio = _regions(raw, seen, error)
    return Case(
        name=name,
        factor=factor,
        patches={key: _by_patch(x, seen, error) for key, x in predictors.items()},
        voxels={key: _rank(x[seen], error[seen]) for key, x in predictors.items()},
        found={key: _share_found(x[seen], worst) for key, x in predictors.items()},
        listed=listed,
        ratio=ratio,
        error=error[seen],
        predicted=smooth[seen] / np.float32(intensity.range),
    )


def _deviation(voxels: Voxels) -> Voxels:
    square, plain = (uniform_filter(x, WINDOW) for x in (voxels**2, voxels))
    return np.asarray(np.sqrt(np.maximum(square - plain**2, 0)), np.float32)


def _rank(predictor: Voxels, error: Voxels) -> float:
    return float(spearmanr(predictor, error).statistic)


def _share_found(predictor: Voxels, worst: Mask) -> float:
    return float((predictor >= np.quantile(predictor, 1 - FLAGGED))[worst].mean())


def _by_patch(predictor: Voxels, seen: Mask, error: Voxels) -> float:
    share = _patches(seen.astype(np.float32))
    counted = share >= LEAST_FOREGROUND
    means = _patches(predictor * seen)[counted] / share[counted]
    errors = np.sqrt(_patches(error**2 * seen)[counted] / share[counted])
    return _rank(means, errors)


def _patches(voxels: Voxels) -> Voxels:
    """Means of cubes of ``PATCH`` voxels; an incomplete last one is left out."""
    i, j, k = (n // PATCH for n in voxels.shape)
    whole = voxels[: i * PATCH, : j * PATCH, : k * PATCH]
    return np.asarray(whole.reshape(i, PATCH, j, PATCH, k, PATCH).mean(axis=(1, 3, 5)))


def _regions(raw: Voxels, seen: Mask, error: Voxels) -> tuple[float, float]:
    """How the error around the ten regions compares with that around all foreground voxels."""
    share = uniform_filter(seen.astype(np.float32), PATCH)
    squares = np.maximum(uniform_filter(error**2 * seen, PATCH), 0)
    around = np.sqrt(squares / np.maximum(share, 1e-3))
    places = seen & (share >= LEAST_FOREGROUND)
    source = ArrayVoxels(raw.shape, raw)
    geometry = Geometry(raw.shape, np.eye(4))
    doubt = DoubtMap(source, lambda *planes: planes_of(seen, 0, *planes), geometry)
    cubes = run(highest_cubes(doubt))
    errors = np.array([around[cube.index] for cube in cubes])
    worst = errors >= np.quantile(around[places], 1 - WORST_PLACES)
    return float(worst.mean()), float(errors.mean() / around[places].mean())


def _print_bound(cases: list[Case]) -> None:
    """Coverage of a bound on each voxel that was fitted to the other people."""
    print(
        "\n| file | factor | covered, of 95 % | width over that of a constant |\n|---|---|---|---|"
    )
    for case in cases:
        others = [x for x in cases if x.name != case.name and x.factor == case.factor]
        if not others:
            continue
        error, predicted = (
            np.concatenate([getattr(x, part) for x in others]) for part in ("error", "predicted")
        )
        factor = np.quantile(error / np.maximum(predicted, 1e-6), COVERED)
        constant = np.quantile(error, COVERED)
        covered = float((case.error <= factor * case.predicted).mean())
        width = float(factor * case.predicted.mean() / constant)
        print(f"| {case.name} | {case.factor} | {covered:.0%} | {width:.2f} |")


if __name__ == "__main__":
    main()
