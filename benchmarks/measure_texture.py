"""Texture models beside their fidelity models and cubic interpolation, by terms of texture.

For each volume, degraded along k and reconstructed, over the volume: PSNR in dB; the gradient
error, how much weaker (-) or stronger (+) the mean gradient along k is over the foreground than the
truth's; the high-frequency error, the same for the energy along k beyond what the thick slices can
hold (above 1 / factor of the Nyquist frequency); and the spectrum's distance, the root mean square
over those frequencies of the logarithm of the power along k against the truth's, in dB.

    python -m benchmarks.measure_texture VOLUME... --model fast --pair fast-texture [--side 128]
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.estimates import THICK, degraded, estimates, thin_volumes
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Voxels
from srviewer.nn.inference.infer import Upsampler
from srviewer.nn.models.model_file import Model
from srviewer.nn.models.weight_interpolation import textured
from srviewer.sr.models.available_models import find_model

BLENDS = (0.0, 0.5, 1.0)
HEAD = "volume                 factor  method         PSNR dB  gradient    high  spectrum dB"


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--model", default="fast")
    parser.add_argument("--pair", default="fast-texture")
    parser.add_argument("--factors", default="2,4")
    parser.add_argument("--side", type=int, default=0, help="only the middle, this many voxels")
    args = parser.parse_args()
    model, pair = find_model(args.model), find_model(args.pair)
    print(HEAD)
    for name, thin in thin_volumes(args.paths, args.side):
        for factor in map(int, args.factors.split(",")):
            scan, truth = degraded(thin, factor)
            for method, found in _candidates(scan, factor, model, pair):
                row = "{:8.2f}{:+10.1%}{:+8.1%}{:13.2f}".format(*_terms(truth, found, factor))
                print(f"{name:<22}{factor:>7}  {method:<14}{row}", flush=True)


def _candidates(
    scan: Voxels, factor: int, model: Model, pair: Model
) -> Iterator[tuple[str, Voxels]]:
    yield "cubic", cubic(scan, THICK, thin_positions(scan.shape[THICK], factor))
    for amount in BLENDS:
        blend = Upsampler(textured(model, model, pair, amount), "auto")
        first, second = estimates(blend, scan, factor)
        yield f"texture {amount:.0%}", np.asarray((first + second) / 2, np.float32)


def _terms(truth: Voxels, candidate: Voxels, factor: int) -> tuple[float, float, float, float]:
    intensity = measured_intensity(truth)
    data_range, seen = intensity.range, intensity.foreground(truth)
    true, found = _power(truth)[1:], _power(candidate)[1:]
    beyond = slice(len(true) // factor, None)
    decibels = 10 * np.log10(found[beyond] / true[beyond])
    return (
        psnr(truth, candidate, data_range, seen) or 0.0,
        _gradient(candidate, seen) / _gradient(truth, seen) - 1,
        float(found[beyond].sum() / true[beyond].sum()) - 1,
        float(np.sqrt(np.mean(decibels**2))),
    )


def _gradient(voxels: Voxels, seen: np.ndarray) -> float:
    return float(np.abs(np.diff(voxels, axis=THICK))[seen[:, :, 1:]].mean())


def _power(voxels: Voxels) -> np.ndarray:
    """Mean power by frequency along the thick axis, with a window against the ends' jump."""
    window = np.hanning(voxels.shape[THICK]).astype(np.float32)
    spectrum = np.fft.rfft(voxels * window, axis=THICK)
    return np.asarray((np.abs(spectrum) ** 2).mean(axis=(0, 1)))


if __name__ == "__main__":
    main()
