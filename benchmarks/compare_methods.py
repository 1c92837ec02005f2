"""The table of docs/comparison.md: methods of ours and of others through one harness.

Each thin volume is degraded along an axis (box profile), given to every method, and what comes
back is scored against the thin volume: PSNR and SSIM over the foreground, agreement with the
thick scan, seconds of processor time, peak memory of the process that worked. Every method works
in a process of its own. A result on a grid of its own is resampled to the truth's, by position in
mm, with a cubic B-spline: half a voxel is aligned and not punished.

    python -m benchmarks.compare_methods VOLUME... [--factors 2,4] [--axis k] [--side 128]
        [--model NAME] [--adapt 60] [--eclare PATH/TO/run-eclare] [--patches N] [--batch N]

ECLARE (GPL-3.0, `pip install eclare` into an environment of its own) trains for each scan;
--patches bounds that, to make its processor time comparable. It takes a step of learning for each
--batch of them: a few large batches leave it untrained. It is told the true slice profile, as ours
are. Only what was run is in the table.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

import numpy as np
from scipy.ndimage import map_coordinates

from benchmarks.pieces import middle_of
from benchmarks.rebuild import MOST_SECONDS
from srviewer.core.acquisition.degradation import Degradation, consistency
from srviewer.core.comparison.comparison import Comparison
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.volumes.volume import Volume
from srviewer.io.export.image import write_image
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.scores.simulate import Simulation, simulate


@dataclass(frozen=True)
class Contender:
    """``command``: run with {scan}, {out}, {folder} and {factor} filled in; it writes {out}."""

    name: str
    command: tuple[str, ...]


def main() -> None:
    """Print one line of a Markdown table for each volume, factor and method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--factors", default="2,4")
    parser.add_argument("--axis", choices=AXIS_NAMES, default="k")
    parser.add_argument("--side", type=int, default=0, help="only the middle, this many voxels")
    parser.add_argument("--model", default="fast")
    parser.add_argument("--adapt", type=float, default=0.0)
    parser.add_argument("--eclare", type=Path)
    parser.add_argument("--patches", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=128, help="patches in each of ECLARE's steps")
    parser.add_argument("--only", default="", help="the methods whose names hold this")
    args = parser.parse_args()
    print("| volume | factor | method | PSNR dB | SSIM | agreement, max | CPU s | memory MB |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for path in args.paths:
        thin = middle_of(run(read(path)), args.side)
        for factor in map(int, args.factors.split(",")):
            degradation = Degradation(AXIS_NAMES.index(args.axis), factor)
            made = run(simulate(thin, degradation))
            for contender in _contenders(args):
                cells = _measured(contender, made, degradation)
                print("|", " | ".join([thin.name, str(factor), contender.name, *cells]), "|")
                sys.stdout.flush()


def _contenders(args: argparse.Namespace) -> list[Contender]:
    call = (sys.executable, "-m", "srviewer", "reconstruct", "{scan}", "-o", "{out}")
    ours = (*call, "--factor", "{factor}", "--axis", args.axis, "--method")
    model = Path(args.model).stem
    known = [
        Contender("linear", (*ours, "linear")),
        Contender("cubic B-spline", (*ours, "cubic")),
        Contender("back-projected cubic", (*ours, "back-projected")),
        Contender(model, (*ours, "cross-plane", "--model", args.model)),
    ]
    if args.adapt:
        adapted = (*ours, "cross-plane", "--model", args.model, "--adapt", str(args.adapt))
        known.append(Contender(f"{model}, `--adapt {args.adapt:g}`", adapted))
    if args.eclare:
        files = ("--in-fpath", "{scan}", "--out-dir", "{folder}", "--suffix", "_out")
        training = ("--n-patches", str(args.patches), "--batch-size", str(args.batch))
        # Ours are told the profile; without it ECLARE trains another network first to find it.
        thickness = ("--relative-slice-thickness", "{factor}")
        profile = ("--relative-slice-profile-type", "boxcar")
        command = (str(args.eclare), *files, *training, *thickness, *profile)
        known.append(Contender(f"ECLARE, {args.patches} patches by {args.batch}", command))
    return [one for one in known if args.only in one.name]


def _measured(contender: Contender, made: Simulation, degradation: Degradation) -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scan, out = folder / "scan.nii.gz", folder / "scan_out.nii.gz"
        run(write_image(made.thick, scan, {}, "float32"))
        words = {"scan": scan, "out": out, "folder": folder, "factor": degradation.factor}
        command = [part.format(**words) for part in contender.command]
        started = time.monotonic()
        with (folder / "said").open("w+") as said:
            child = subprocess.Popen(command, stdout=said, stderr=said, env=os.environ)
            watchdog = Timer(MOST_SECONDS, child.kill)
            watchdog.daemon = True
            watchdog.start()
            _, status, used = os.wait4(child.pid, 0)  # of this process and those it waited for
            watchdog.cancel()
            child.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            lines = said.read().strip().splitlines()
        if status or not out.exists():
            return [f"failed: {lines[-1] if lines else status}", "", "", "", ""]
        print(f"{contender.name}: {time.monotonic() - started:.0f} s of wall time", file=sys.stderr)
        result = _on_grid(run(read(out)), made.truth)
    scores = run(Comparison(made.truth, result, made.meaning).scores()).whole
    agreement = consistency(result.voxels, made.thick.voxels, degradation).max
    seconds, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 1000
    numbers = (f"{scores['psnr']:.2f}", f"{scores['ssim']:.4f}", f"{agreement:.3%}")
    return [*numbers, f"{seconds:.0f}", f"{memory:.0f}"]


def _on_grid(result: Volume, truth: Volume) -> Volume:
    """``result`` at the voxel centres of ``truth``."""
    if result.geometry.matches(truth.geometry):
        return Volume(result.voxels, truth.geometry, result.name)
    centres = np.indices(truth.geometry.shape).reshape(3, -1).T
    index = result.geometry.index(truth.geometry.world(centres)).T
    voxels = map_coordinates(result.voxels, index, order=3, mode="nearest")
    shaped = voxels.reshape(truth.geometry.shape).astype(np.float32)
    return Volume(shaped, truth.geometry, result.name)


if __name__ == "__main__":
    main()
