"""The noise found in slices whose k-space was not measured whole.

For each thick scan: the noise at each frequency in the unit of its slices, by the corners of the
whole spectrum, by those of the part that was measured, and by the flattest blocks; then the noise
level in percent of the range, taken for white and as it is. `--thin`: thin scans made thick along k
with complex noise, of which a filter leaves a part, as magnitudes: the noise that is left and the
levels found, the noise spectrum over the true one, and PSNR in dB over the foreground of the
filtered truth, exact and within the noise.

    python -m benchmarks.zero_filled_noise SCAN... [--thin THIN...] [--side 112] [--noise 0.02,0.04]
"""

import argparse
from pathlib import Path

import numpy as np

from benchmarks.pieces import middle_of
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.measured_part import measured_part
from srviewer.core.acquisition.noise import kept_detail, noise_level, white_noise_level
from srviewer.core.acquisition.noise_spectrum import corner_noise, noise_spectrum
from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import measured_intensity, volume_intensity
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import AGREEMENTS, Request

THICK, FACTOR = 2, 4
SLICES = 8


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("thick", type=Path, nargs="*")
    parser.add_argument("--thin", type=Path, nargs="*", default=[])
    parser.add_argument("--noise", default="0.02,0.04", help="of the range, before the filter")
    parser.add_argument("--side", type=int, default=112, help="only the middle, this many voxels")
    args = parser.parse_args()
    print(
        "| scan | corners | of the part | flattest | white % | level % |\n|---|---|---|---|---|---|"
    )
    for path in args.thick:
        scan = run(read(path))
        print(f"| {scan.name} | {_estimates(scan.voxels, scan.geometry.slice_axis)}", flush=True)
    if args.thin:
        print("\n| scan | filter | noise % | white % | level % | spectrum | exact | within |")
        print("|---|---|---|---|---|---|---|---|")
    for path in args.thin:
        thin, name = middle_of(run(read(path)), args.side), path.name.split(".")[0]
        for text, shares in _filters(thin.voxels.shape).items():
            for noise in map(float, args.noise.split(",")):
                print(f"| {name} | {text} | {_known(thin, shares, noise)}", flush=True)


def _estimates(voxels: Voxels, across: Axis) -> str:
    """The estimates of a thick scan."""
    rows = np.moveaxis(voxels, across, 0)
    start = max(0, (len(rows) - SLICES) // 2)
    slices = rows[start : start + SLICES]
    part, intensity = measured_part(slices), measured_intensity(slices)
    ends = (0.5, 0.5) if part is None else (part.along, part.beside)
    flattest = intensity.range * white_noise_level(slices, intensity, None)
    kept = 1.0 if part is None else kept_detail(part)
    return (
        f"{corner_noise(slices, 0.5, 0.5):.1f} | {corner_noise(slices, *ends):.1f} | "
        f"{flattest / kept**0.5:.1f} | {_levels(voxels, across)} |"
    )


def _levels(voxels: Voxels, across: Axis) -> str:
    rows = np.moveaxis(voxels, across, 0)
    part = measured_part(rows[max(0, (len(rows) - 5) // 2) :][:5])
    level = noise_level(voxels, across)
    white = level if part is None else level / (part.share / kept_detail(part)) ** 0.5
    return f"{100 * white:.2f} | {100 * level:.2f}"


def _filters(shape: tuple[int, ...]) -> dict[str, Voxels]:
    """The shares of the amplitude that are left, (i, j, 1)."""
    i, j = (2 * np.abs(np.fft.fftfreq(count)) for count in shape[:2])
    radius = _radius(shape)
    return {
        "filled to 70 %": 1.0 * np.outer(i <= 0.7, j <= 0.7)[..., None],
        "round, to 85 %": 1.0 * (radius <= 0.85),
        "soft and round": 1 / (1 + np.exp((radius / 0.9 - 1) / 0.03)),
    }


def _radius(shape: tuple[int, ...]) -> Voxels:
    """The distance of each frequency from the middle, (i, j, 1); 1 is Nyquist's."""
    i, j = (2 * np.fft.fftfreq(count) for count in shape[:2])
    return np.asarray(np.hypot(i[:, None], j[None])[..., None])


def _known(thin: Volume, shares: Voxels, noise: float) -> str:
    """The noise that is left and found, and what removing it is worth."""

    def left(image: Voxels) -> Voxels:
        return np.asarray(np.fft.ifft2(np.fft.fft2(image, axes=(0, 1)) * shares, axes=(0, 1)))

    truth = thin.derived(np.abs(left(thin.voxels)).astype(np.float32), thin.geometry, "filtered")
    thick = Degradation(THICK, FACTOR).thick_volume(truth)
    random = np.random.default_rng(1)
    parts = random.normal(size=(2, *thick.voxels.shape)) * noise * volume_intensity(thin).range
    noisy = np.abs(thick.voxels + left(parts[0] + 1j * parts[1])).astype(np.float32)
    scan = thick.derived(noisy, thick.geometry, "with noise")
    spectrum = np.abs(np.fft.fft2(noisy - thick.voxels, axes=(0, 1)))
    # Not near the middle: magnitudes are brighter where there is little but noise.
    inside = (shares[..., 0] > 0.9) & (_radius(noisy.shape)[..., 0] > 0.2)
    density = np.sqrt((spectrum[inside] ** 2).mean() / np.prod(noisy.shape[:2]))
    intensity = volume_intensity(truth)
    seen = intensity.foreground(truth.voxels)
    scores = [
        psnr(truth.voxels, run(reconstruct(scan, asked)).volume.voxels, intensity.range, seen)
        for asked in (Request(THICK, FACTOR, model="fast", agreement=a) for a in AGREEMENTS)
    ]
    true = 100 * noise * float(np.sqrt((shares**2).mean()))
    found = noise_spectrum(noisy, THICK).density / density
    exact, within = (score or 0.0 for score in scores)
    return (
        f"{true:.2f} | {_levels(noisy, THICK)} | {found:.2f} | {exact:.2f} | "
        f"{within:.2f} ({within - exact:+.2f}) |"
    )


if __name__ == "__main__":
    main()
