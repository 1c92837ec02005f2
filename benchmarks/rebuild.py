"""Seconds and memory of whole reconstructions: `python -m benchmarks.rebuild [IxJxK ...]`.

Each is a scan of int16 with air around, reconstructed at factor 4 by a process of its own.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nibabel as nib
import numpy as np

from benchmarks.balls import ball

FACTOR = 4
NOISE = 8.0  # of about 800
MOST_SECONDS = 6 * 3600  # for the largest scans on one core; what takes longer hangs


def saved_scan(shape: tuple[int, int, int], path: Path, noise: float = NOISE) -> None:
    """A noisy ball in air, written plane by plane."""
    small = ball((64, 64, 64), (1, 1, 1)).voxels
    random = np.random.default_rng(0)
    rows, columns, planes = (np.arange(n) * 64 // n for n in shape)
    header = nib.Nifti1Header()
    header.set_data_dtype(np.int16)
    header.set_data_shape(shape)
    header.set_zooms((1, 1, FACTOR))
    header.set_sform(np.diag([1, 1, FACTOR, 1]), 1)
    header.set_data_offset(header.single_vox_offset)
    with path.open("wb") as file:
        header.write_to(file)
        for k in planes:
            plane = small[rows][:, columns, k] + random.normal(0, noise, shape[:2])
            file.write(np.abs(plane).astype(np.int16).tobytes(order="F"))


def main() -> int:
    """One row for each shape."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shapes", nargs="*", default=["256x256x16", "256x256x64"])
    parser.add_argument("--model", default="fast")
    parser.add_argument("--slabs", choices=("auto", "always", "never"), default="auto")
    args = parser.parse_args()
    print("| scan | result | seconds | resident | 1.5 results + 600 MB |\n|---|---|---|---|---|")
    for text in args.shapes:
        i, j, k = map(int, text.split("x"))
        with TemporaryDirectory() as folder:
            scan, said = Path(folder, "scan.nii"), Path(folder, "said")
            saved_scan((i, j, k), scan)
            run = ["reconstruct", str(scan), "-o", str(Path(folder, "thin.nii.gz"))]
            told = ["--model", args.model, "--slabs", args.slabs, "--json", str(said)]
            command = [sys.executable, "-m", "srviewer", *run, "--factor", str(FACTOR), *told]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=MOST_SECONDS)
            found = json.loads(said.read_text())
        allowed = 1.5 * 4 * i * j * k * FACTOR / 1e6 + 600
        print(
            f"| {i} x {j} x {k} | {i} x {j} x {k * FACTOR} | {found['seconds']:.0f} | "
            f"{found['peak_memory_mb']:.0f} MB | {allowed:.0f} MB |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
