"""The estimated time of a reconstruction beside the processor time that it takes, on one core.

The whole command is measured, in a process of its own; each scan is cropped in the plane.

    python -m benchmarks.time_estimates SCAN... [--models fast,quality] [--sides 64,96]
"""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from srviewer.core.volumes.volume import Volume
from srviewer.io.export.image import write_image
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.nn.devices.arithmetic import this_processor
from srviewer.sr.requests.automatic_model import model_seconds
from srviewer.sr.requests.request import suggested_request
from srviewer.sr.trust.gain_predictors import Box, cut


def main() -> None:
    """One row for each scan, size and model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scans", type=Path, nargs="+")
    parser.add_argument("--models", default="fast,quality")
    parser.add_argument("--sides", default="0", help="of the slices, 0 for all, as 64,96")
    args = parser.parse_args()
    print("| scan | voxels | factor | model | estimated | processor time | error |")
    print("|---|---|---|---|---|---|---|")
    for path in args.scans:
        whole = run(read(path))
        for side in map(int, args.sides.split(",")):
            for model in args.models.split(","):
                print(_row(_middle(whole, side), model), flush=True)


def _row(scan: Volume, model: str) -> str:
    request = replace(suggested_request(scan), device="cpu")
    estimated = model_seconds(scan, request, model, replace(this_processor(), cores=1))
    assert estimated is not None
    taken = _processor_seconds(scan, request.factor, model)
    size = " x ".join(map(str, scan.geometry.shape))
    return (
        f"| {scan.name} | {size} | {request.factor} | {model} | {estimated:.1f} s | "
        f"{taken:.1f} s | {estimated / taken - 1:+.0%} |"
    )


def _processor_seconds(scan: Volume, factor: int, model: str) -> float:
    with TemporaryDirectory() as folder:
        path = Path(folder, "scan.nii.gz")
        run(write_image(scan, path, {}))
        command = [sys.executable, "-m", "srviewer", "reconstruct", str(path)]
        command += ["-o", str(Path(folder, "thin.nii.gz")), "--factor", str(factor)]
        command += ["--model", model, "--device", "cpu"]
        settings = {**os.environ, "OMP_NUM_THREADS": "1", "SRVIEWER_THREADS": "1"}
        quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
        process = os.posix_spawn(sys.executable, command, settings, file_actions=quiet)
        _, status, usage = os.wait4(process, 0)
    assert status == 0
    return usage.ru_utime + usage.ru_stime


def _middle(scan: Volume, side: int) -> Volume:
    """The middle of each slice, ``side`` pixels along both of its axes; 0 for all."""
    sizes, thick = scan.geometry.shape, scan.geometry.thick_axis
    kept = [n if axis == thick or not side else min(n, side) for axis, n in enumerate(sizes)]
    spans = [slice((n - k) // 2, (n + k) // 2) for n, k in zip(sizes, kept, strict=True)]
    box: Box = (spans[0], spans[1], spans[2])
    return cut(scan, box)


if __name__ == "__main__":
    main()
