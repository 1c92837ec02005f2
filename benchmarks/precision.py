"""8-bit integers beside float32: `python -m benchmarks.precision THIN_VOLUME...`.

What a result changes by, over the foreground of thin volumes that were made thick. With
`--seconds`, instead, processor time of the whole command on a scan of 256 x 256 x 64 at factor 4,
in turns with another version: `--seconds --beside PYTHON`, the interpreter of its environment.
With `--emulated`, on a processor without 8-bit products, the same voxels as on one with them.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.emulated_int8 import emulated_int8
from benchmarks.estimates import THICK, degraded, thin_volumes
from benchmarks.rebuild import saved_scan
from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request

MODELS, FACTORS = ("fast", "quality", "fast-texture"), (2, 3, 4, 5, 6, 8)
NEAR, FAR = 0.01, 0.03  # of the intensity range
SHAPE, FACTOR, ROUNDS = (256, 256, 64), 4, 3
UNCOMPILED = "PYTHONDONTWRITEBYTECODE"  # with it, modules are compiled anew by every process


def rows(paths: list[Path], model: str, factor: int) -> Iterator[str]:
    """One row for each volume."""
    for name, thin in thin_volumes(paths, 0):
        thick, truth = degraded(thin, factor)
        affine = np.diag([1.0, 1.0, factor, 1.0])
        scan = Volume(thick, Geometry(thick.shape, affine), name)
        intensity = volume_intensity(scan)
        seen = intensity.foreground(truth)

        def result(precision: str) -> tuple[Voxels, str]:
            request = Request(THICK, factor, model=model, device="cpu", precision=precision)
            made = run(reconstruct(scan, request))  # noqa: B023 (called in this round)
            return made.volume.voxels, "" if made.precision is None else made.precision.name

        (exact, _), (quick, used) = result("float32"), result("int8")
        before, after = (
            psnr(truth, voxels, intensity.range, seen) or np.nan for voxels in (exact, quick)
        )
        apart = np.abs(quick - exact)[seen] / intensity.range
        near, far = (100 * float((apart <= limit).mean()) for limit in (NEAR, FAR))
        yield (
            f"| {model} | {factor} | {name} | {used} | {before:.3f} | {after - before:+.4f} | "
            f"{near:.3f} | {far:.5f} | {100 * float(apart.max()):.1f} |"
        )


def seconds(python: str, scan: Path, out: Path, model: str, more: list[str]) -> float:
    """Processor time of a reconstruction, user and system."""
    command = [python, "-m", "srviewer", "reconstruct", str(scan), "-o", str(out)]
    told = ["--factor", str(FACTOR), "--model", model, "--device", "cpu", *more]
    # Modules are compiled once, as where srviewer is installed.
    installed = {name: value for name, value in os.environ.items() if name != UNCOMPILED}
    before = os.times()
    subprocess.run([*command, *told], check=True, stdout=subprocess.DEVNULL, env=installed)
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])


def timed(models: list[str], beside: str) -> None:
    """The time of this version in 8-bit integers as a share of another version's, in turns."""
    print("| model | 8-bit | other version | ratio |\n|---|---|---|---|")
    with TemporaryDirectory() as folder:
        scan = Path(folder, "scan.nii")
        saved_scan(SHAPE, scan)
        for model in models:
            ours, theirs = [], []
            for number in range(ROUNDS):
                out = [Path(folder, f"{model}-{number}-{who}.nii.gz") for who in ("ours", "theirs")]
                ours.append(seconds(sys.executable, scan, out[0], model, ["--precision", "int8"]))
                theirs.append(seconds(beside, scan, out[1], model, []))
            ratio = median(one / other for one, other in zip(ours, theirs, strict=True))
            print(f"| {model} | {median(ours):.1f} s | {median(theirs):.1f} s | {ratio:.2f} |")


def main() -> int:
    """The table that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("--factors", nargs="+", type=int, default=list(FACTORS))
    parser.add_argument("--emulated", action="store_true")
    parser.add_argument("--seconds", action="store_true")
    parser.add_argument("--beside", default=sys.executable)
    args = parser.parse_args()
    if args.seconds:
        timed(args.models, args.beside)
        return 0
    print(
        "| model | factor | volume | precision | PSNR float32 | change | within 1 % | within 3 % | "
        "most |\n|---|---|---|---|---|---|---|---|---|"
    )
    with emulated_int8() if args.emulated else nullcontext():
        for model in args.models:
            for factor in args.factors:
                for row in rows(args.paths, model, factor):
                    print(row, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
