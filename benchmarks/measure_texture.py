"""Texture models beside their fidelity models and cubic interpolation, by terms of texture.

For each volume, degraded along k and reconstructed, over the volume: PSNR in dB; the gradient
error, how much weaker (-) or stronger (+) the mean gradient along k is over the foreground than the
truth's; the high-frequency error, the same for the energy along k beyond what the thick slices can
hold (above 1 / factor of the Nyquist frequency); and the spectrum's distance, the root mean square
over those frequencies of the logarithm of the power along k against the truth's, in dB.

With --noise, Rician noise of these shares of the range is added to the thick scan, and after the
volume and the factor stands the noise that the program measures in it. Specks: how much texture
moves the voxels of the flattest fifth of the foreground (by the gradient of the truth), the 99.9th
percentile as a share of the range.

    python -m benchmarks.measure_texture VOLUME... --model fast --pair fast-texture [--side 128]
        [--noise 0,0.03,0.05]
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_gradient_magnitude

from benchmarks.estimates import THICK, degraded, estimates, thin_volumes
from srviewer.core.acquisition.noise import noise_level
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Voxels
from srviewer.nn.inference.infer import Upsampler
from srviewer.nn.models.model_file import Model
from srviewer.nn.models.weight_interpolation import textured
from srviewer.sr.models.available_models import find_model

BLENDS = (0.0, 0.5, 1.0)
FAITHFUL = "texture 0%"
FLATTEST = 0.2  # of the foreground
HEAD = (
    "volume                 factor  noise  method         PSNR dB  gradient    high  spectrum dB"
    "  specks"
)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--model", default="fast")
    parser.add_argument("--pair", default="fast-texture")
    parser.add_argument("--factors", default="2,4")
    parser.add_argument("--noise", default="0", help="standard deviations, shares of the range")
    parser.add_argument("--side", type=int, default=0, help="only the middle, this many voxels")
    args = parser.parse_args()
    model, pair = find_model(args.model), find_model(args.pair)
    print(HEAD)
    for name, thin in thin_volumes(args.paths, args.side):
        for factor in map(int, args.factors.split(",")):
            clean, truth = degraded(thin, factor)
            for added in map(float, args.noise.split(",")):
                scan = _noisy(clean, added)
                level, faithful = noise_level(scan, THICK), truth
                for method, found in _candidates(scan, factor, model, pair):
                    faithful = found if method == FAITHFUL else faithful
                    row = "{:8.2f}{:+10.1%}{:+8.1%}{:13.2f}".format(*_terms(truth, found, factor))
                    specks = (
                        f"{_specks(truth, found, faithful):8.1%}" if "texture" in method else ""
                    )
                    print(
                        f"{name:<22}{factor:>7}{level:7.1%}  {method:<14}{row}{specks}", flush=True
                    )


def _noisy(scan: Voxels, share: float) -> Voxels:
    """The scan with Rician noise."""
    if not share:
        return scan
    rng, deviation = np.random.default_rng(0), share * measured_intensity(scan).range
    real, imaginary = (rng.normal(0, deviation, scan.shape) for _ in range(2))
    return np.hypot(scan + real, imaginary).astype(np.float32)


def _specks(truth: Voxels, found: Voxels, faithful: Voxels) -> float:
    intensity = measured_intensity(truth)
    seen = intensity.foreground(truth)
    slope = gaussian_gradient_magnitude(truth, 1.0)
    flat = seen & (slope <= np.quantile(slope[seen], FLATTEST))
    return float(np.percentile(np.abs(found - faithful)[flat], 99.9) / intensity.range)


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
