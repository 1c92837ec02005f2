"""Gain in the self-test beside the gain of the reconstruction, on people not trained on.

Each thin volume is degraded (box profile). The self-test sees the thick scan alone; its mean gain
over cubic is the promise. Then the scan is reconstructed and scored against the thin volume, cubic
beside it.

    python -m benchmarks.measure_self_test VOLUME... [--axes i,k] [--factors 2,4] [--side 96]
"""

import argparse
from pathlib import Path

from benchmarks.pieces import middle_of
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.scores.evaluate import score_beside_cubic
from srviewer.sr.scores.simulate import simulate
from srviewer.sr.trust.self_test import self_test


def main() -> None:
    """Print one line of a Markdown table for each volume, axis and factor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--model", default="fast")
    parser.add_argument("--axes", default="i,k")
    parser.add_argument("--factors", default="2,4")
    parser.add_argument("--side", type=int, default=0, help="only the middle, this many voxels")
    args = parser.parse_args()
    print("| volume, axis | factor | promised | true gain |\n|---|---|---|---|", flush=True)
    for factor in map(int, args.factors.split(",")):
        for path in args.paths:
            thin = middle_of(run(read(path)), args.side)
            name = path.name.split(".")[0]
            for axis in args.axes.split(","):
                request = Request(AXIS_NAMES.index(axis), factor, model=args.model)
                promised, true = _gains(thin, request)
                cells = f"{name}, {axis} | {factor} | {promised:+.2f} dB | {true:+.2f} dB"
                print("|", cells, "|", flush=True)


def _gains(thin: Volume, request: Request) -> tuple[float, float]:
    """The mean PSNR over cubic in dB: as promised on the thick scan, and against the truth."""
    made = run(simulate(thin, Degradation(request.axis, request.factor)))
    promised = run(self_test(made.thick, request)).gain
    result = run(reconstruct(made.thick, request)).volume
    scores = run(score_beside_cubic(made.truth, made.thick, result, request, made.meaning))
    ours, cubic = scores.candidate.whole["psnr"], scores.cubic.whole["psnr"]
    if ours is None or cubic is None:
        raise SystemExit(f"'{thin.name}' has nothing to score.")
    return promised, ours - cubic


if __name__ == "__main__":
    main()
