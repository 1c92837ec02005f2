"""Cost of `--minimum scan`, and the share of voxels below the scan's minimum without it.

For each thin volume, degraded along k and reconstructed: PSNR in dB over the foreground of the
truth, without and with it. For each thick scan, reconstructed by its own factor: the share of
voxels below the scan's minimum and how far below the least one is, as a share of the intensity
range, without and with it; and how well both agree with the scan.

    python -m benchmarks.measure_minimum --thin VOLUME... --thick SCAN... [--side 112]
"""

import argparse
from dataclasses import replace
from pathlib import Path

from benchmarks.pieces import middle_of
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.intensity.padding import measured_limits, measured_voxels
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import MINIMA, Request, suggested_request
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.scores.simulate import simulate

THICK = 2
METHODS = ("cross-plane", "cubic")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--thin", type=Path, nargs="*", default=[])
    parser.add_argument("--thick", type=Path, nargs="*", default=[])
    parser.add_argument("--model", default="fast")
    parser.add_argument("--factors", default="2,4")
    parser.add_argument("--side", type=int, default=0, help="only the middle, this many voxels")
    args = parser.parse_args()
    print("| volume | factor | method | none | scan | difference |\n|---|---|---|---|---|---|")
    for path in args.thin:
        thin, name = middle_of(run(read(path)), args.side), path.name.split(".")[0]
        for factor in map(int, args.factors.split(",")):
            for method in METHODS:
                request = Request(THICK, factor, method, args.model)
                print(f"| {name} | {factor} | {method} {_scores(thin, request)}", flush=True)
    print("\n| scan | factor | minimum | voxels below | lowest | agreement rms | max | seconds |")
    print("|---|---|---|---|---|---|---|---|")
    for path in args.thick:
        scan = run(read(path))
        request = suggested_request(scan, model=args.model)
        for minimum in MINIMA:
            made = run(reconstruct(scan, replace(request, minimum=minimum)))
            print(f"| {scan.name} | {request.factor} | {minimum} {_below(made, scan)}", flush=True)


def _scores(thin: Volume, request: Request) -> str:
    """PSNR over the foreground in dB: without, with, difference."""
    made = run(simulate(thin, Degradation(request.axis, request.factor)))
    truth = made.truth.voxels
    intensity = volume_intensity(made.truth)
    data_range, seen = intensity.range, intensity.foreground(truth)
    scores = []
    for minimum in MINIMA:
        result = run(reconstruct(made.thick, replace(request, minimum=minimum))).volume
        scores.append(psnr(truth, result.voxels, data_range, seen) or 0.0)
    none, held = scores
    return f"| {none:.3f} | {held:.3f} | {held - none:+.3f} dB |"


def _below(made: Reconstruction, scan: Volume) -> str:
    least, voxels = (
        measured_limits(scan)[0],
        measured_voxels(made.volume.voxels, made.volume.padding),
    )
    share = float((voxels < least).mean())
    lowest = float(voxels.min() - least) / made.data_range
    agreement = made.consistency
    return (
        f"| {share:.2%} | {lowest:+.2%} | {agreement.rms:.5%} | {agreement.max:.5%} "
        f"| {made.seconds:.0f} |"
    )


if __name__ == "__main__":
    main()
