"""What fitting the network to the scan itself is worth, and what its guard decides.

Each thin volume is thickened along k and rebuilt by cubic interpolation, by the network, and by the
network after it learned from its own first estimate. The fitted one is scored whatever the guard
says, since that is what the guard is to be judged by.

    python -m benchmarks.measure_adaptation VOLUME... [--model NAME] [--factors 4] [--side 112]
        [--seconds 60 | --steps 250]
"""

import argparse
import math
from dataclasses import replace
from pathlib import Path

from benchmarks.pieces import middle_of
from srviewer.core.degrade import Degradation
from srviewer.core.metrics import foreground, intensity_range, psnr
from srviewer.core.volume import Volume
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.nn import adaptation
from srviewer.nn.adaptation import Adaptation
from srviewer.sr.reconstruct import reconstruct
from srviewer.sr.request import Request
from srviewer.sr.simulate import simulate

THICK = 2


def main() -> None:
    """Print one line of a Markdown table for each volume and factor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--model", default="fast")
    parser.add_argument("--factors", default="4")
    parser.add_argument("--side", type=int, default=112, help="voxels of the middle")
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--steps", type=int, default=0)
    args = parser.parse_args()
    if not args.seconds and not args.steps:
        args.seconds = 60.0
    guard, adaptation.LEAST_GAIN = (
        adaptation.LEAST_GAIN,
        -math.inf,
    )  # the fitted weights, in any case
    print("| volume | factor | cubic | held | network | fitted | steps | held-out slices | guard |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    for path in args.paths:
        thin = middle_of(run(read(path)), args.side)
        for factor in map(int, args.factors.split(",")):
            cells = _measured(thin, factor, args, guard)
            print("|", " | ".join([path.name.split(".")[0], str(factor), *cells]), "|", flush=True)


def _measured(thin: Volume, factor: int, args: argparse.Namespace, guard: float) -> list[str]:
    made = run(simulate(thin, Degradation(THICK, factor)))
    truth = made.truth.voxels
    data_range = intensity_range(truth)
    plain = Request(THICK, factor, model=args.model)
    requests = [
        replace(plain, method="cubic"),
        replace(plain, method="back-projected"),
        plain,
        replace(plain, adaptation=Adaptation(args.seconds, args.steps)),
    ]
    cells = []
    for request in requests:
        result = run(reconstruct(made.thick, request))
        score = psnr(truth, result.volume.voxels, data_range, foreground(truth, data_range)) or 0.0
        cells.append(f"{score:.2f}")
    found = result.adapted
    assert found is not None
    gain = found.after - found.before
    return [*cells, str(found.steps), f"{gain:+.2f} dB", "kept" if gain >= guard else "refused"]


if __name__ == "__main__":
    main()
