"""Smooth variation along the thick axis: waves and tilted plates, drawn by networks and by cubic.

Phantoms that fill the whole image are made thick along k and reconstructed. A flat wave varies
along k alone; a crossed one is a sum of waves in several directions; plates have edges of one
voxel and are tilted against the slices.

    python -m benchmarks.smooth_variation [--models fast,standard] [--factors 2,4]
"""

import argparse
from collections.abc import Iterator

import numpy as np

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Geometry
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.scores.simulate import simulate

SHAPE = (64, 64, 96)
MEAN, AMPLITUDE = 500.0, 250.0
WAVELENGTHS = (8, 10, 12, 16, 24, 32)  # voxels
CROSSED = ((0.2, 0.1, 1.0), (1.0, 0.3, 0.5), (-0.4, 1.0, 0.6))  # directions
TILTS = (0.05, 0.2, 0.5)  # voxels along k for one along i
PERIOD, PLATE = 24, 8  # voxels from plate to plate, and of one
INNER = (slice(8, -8),) * 3  # without the ends, where every method has to guess


def phantoms() -> Iterator[tuple[str, Voxels]]:
    """Every phantom with its name.

    Yields:
        (name, (i, j, k) voxels).
    """
    i, j, k = np.indices(SHAPE, np.float32)
    for length in WAVELENGTHS:
        yield f"flat wave of {length} voxels", _wave(2 * np.pi * k / length)
    for length in WAVELENGTHS:
        parts = [_wave(2 * np.pi * (a * i + b * j + c * k) / length) for a, b, c in CROSSED]
        yield f"crossed waves of {length} voxels", np.asarray(np.mean(parts, axis=0))
    for tilt in TILTS:
        distance = np.abs((k + tilt * i) % PERIOD - PERIOD / 2)
        inside = np.clip(PLATE / 2 - distance + 0.5, 0, 1)
        voxels = MEAN + AMPLITUDE * (2 * inside - 1)
        yield f"plates tilted by {tilt:g}", voxels.astype(np.float32)


def _wave(phase: Voxels) -> Voxels:
    return np.float32(MEAN) + np.float32(AMPLITUDE) * np.sin(phase)


def main() -> None:
    """Print PSNR of cubic and of each model, less that of cubic."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", default="fast,standard")
    parser.add_argument("--factors", default="2,4")
    args = parser.parse_args()
    models = args.models.split(",")
    print(f"| phantom | factor | cubic | {' | '.join(models)} |")
    print(f"|---|---|---|{'---|' * len(models)}")
    for name, voxels in phantoms():
        for factor in map(int, args.factors.split(",")):
            base, gains = _scores(voxels, factor, models)
            cells = " | ".join(f"{gain:+.2f} dB" for gain in gains)
            print(f"| {name} | {factor} | {base:.2f} dB | {cells} |", flush=True)


def _scores(voxels: Voxels, factor: int, models: list[str]) -> tuple[float, list[float]]:
    thin = Volume(voxels, Geometry(SHAPE, np.eye(4)), "phantom")
    made = run(simulate(thin, Degradation(2, factor)))
    truth = made.truth.voxels
    count = made.thick.geometry.shape[2]
    base = _psnr(truth, cubic(made.thick.voxels, 2, thin_positions(count, factor)))
    results = (
        run(reconstruct(made.thick, Request(2, factor, model=model, device="cpu")))
        for model in models
    )
    return base, [_psnr(truth, result.volume.voxels) - base for result in results]


def _psnr(truth: Voxels, voxels: Voxels) -> float:
    score = psnr(truth[INNER], voxels[INNER], 2 * AMPLITUDE, np.ones(truth[INNER].shape, bool))
    return float("inf") if score is None else score


if __name__ == "__main__":
    main()
