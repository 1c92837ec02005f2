"""Worth of `--agreement noise` by the noise of a scan.

For each thin volume, degraded along k with Rician noise and reconstructed: the estimated noise,
PSNR in dB over the foreground of the truth with exact agreement and within the noise, cubic beside,
and the root mean square by which the second differs from the scan. `--thick`: the estimated noise
of real thick scans, and what is removed of it.

    python -m benchmarks.measure_noise_removal VOLUME... [--factor 4] [--side 112] [--thick SCAN...]
"""

import argparse
from dataclasses import replace
from pathlib import Path

from benchmarks.pieces import middle_of
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.denoising import removable
from srviewer.core.acquisition.noise import scan_noise
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import AGREEMENTS, Request
from srviewer.sr.scores.simulate import simulate

THICK = 2


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("thin", type=Path, nargs="*")
    parser.add_argument("--thick", type=Path, nargs="*", default=[])
    parser.add_argument("--model", default="fast")
    parser.add_argument("--factor", type=int, default=4)
    parser.add_argument("--noise", default="0,0.01,0.02,0.03,0.05")
    parser.add_argument("--side", type=int, default=0, help="only the middle, this many voxels")
    args = parser.parse_args()
    print("| volume | noise | estimated | cubic | exact | noise | difference | rms |")
    print("|---|---|---|---|---|---|---|---|")
    for path in args.thin:
        thin, name = middle_of(run(read(path)), args.side), path.name.split(".")[0]
        for share in map(float, args.noise.split(",")):
            degradation = Degradation(THICK, args.factor, noise=share, seed=3)
            request = Request(THICK, args.factor, model=args.model)
            print(f"| {name} | {share:.0%} | {_scores(thin, degradation, request)}", flush=True)
    for path in args.thick:
        scan = run(read(path))
        noise = scan_noise(scan, scan.geometry.slice_axis)
        print(f"| {scan.name} | {noise:.1%} of the range | {removable(noise):.1%} removed |")


def _scores(thin: Volume, degradation: Degradation, request: Request) -> str:
    made = run(simulate(thin, degradation))
    truth = made.truth.voxels
    intensity = volume_intensity(made.truth)
    seen = intensity.foreground(truth)

    def score(result: Volume) -> float:
        return psnr(truth, result.voxels, intensity.range, seen) or 0.0

    cubic = score(run(reconstruct(made.thick, replace(request, method="cubic"))).volume)
    results = [
        run(reconstruct(made.thick, replace(request, agreement=agreement)))
        for agreement in AGREEMENTS
    ]
    exact, within = (score(result.volume) for result in results)
    return (
        f"{scan_noise(made.thick, THICK):.1%} | {cubic:.2f} | {exact:.2f} | {within:.2f} | "
        f"{within - exact:+.2f} dB | {results[1].consistency.rms:.1%} |"
    )


if __name__ == "__main__":
    main()
