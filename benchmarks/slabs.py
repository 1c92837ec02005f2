"""Memory and disk of a reconstruction slab by slab: `python -m benchmarks.slabs [IxJxK ...]`.

Beside one in memory. Each scan, a ball of int16 in quiet air, is reconstructed at factor 4 by
processes of their own, on one thread. Address space is counted beyond the program with its network
loaded; disk is what waits there; worst is how far planes of the file, averaged again, are off the
scan's voxels. For Linux.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.rebuild import FACTOR, MOST_SECONDS, saved_scan

NOISE = 3.0  # of about 900: air stays below what the network is asked for
MIB = 2**20
NIFTI_HEADER = 352
HEAD = ("scan", "result", "slabs", "address space", "resident", "disk", "processor", "wall", "rms",
        "worst")  # fmt: skip
POLL_SECONDS = 0.2
# Loads what any reconstruction loads, then limits the address space and counts from there.
CHILD = """
import json, resource, sys
import numpy, psutil, scipy.ndimage, nibabel
from srviewer.nn.inference.infer import Upsampler
from srviewer.sr.models.available_models import find_model
Upsampler(find_model("fast"), "cpu")
loaded = psutil.Process().memory_info()
room, said, *arguments = sys.argv[1:]
if int(room):
    limit = loaded.vms + int(room)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
from srviewer.__main__ import main
status = main(arguments)
lines = open("/proc/self/status", encoding="ascii").read().splitlines()
peaks = {key: 1024 * int(rest.split()[0]) for key, rest in (line.split(":", 1) for line in lines)
         if key in ("VmPeak", "VmHWM")}
used = resource.getrusage(resource.RUSAGE_SELF)
with open(said, "w", encoding="utf-8") as file:
    json.dump({"address": peaks["VmPeak"] - loaded.vms, "resident": peaks["VmHWM"],
               "processor": used.ru_utime + used.ru_stime}, file)
sys.exit(status)
"""


@dataclass(frozen=True)
class Taken:
    """Bytes and seconds of one reconstruction. ``worst``: its largest residual."""

    address: float
    resident: float
    scratch: float
    processor: float
    wall: float
    rms: float
    worst: float


def measured(scan: Path, folder: Path, slabs: str, room_mib: int) -> Taken:
    """Reconstruct ``scan`` in a process of its own. Raises CalledProcessError when it fails."""
    out, said, peaks = (folder / name for name in ("thin.nii.gz", "said", "peaks"))
    run = ["reconstruct", str(scan), "-o", str(out), "--factor", str(FACTOR), "--model", "fast"]
    told = ["--slabs", slabs, "--device", "cpu", "--json", str(said)]
    command = [sys.executable, "-c", CHILD, str(room_mib * MIB), str(peaks), *run, *told]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    started, scratch = time.monotonic(), 0
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    while child.poll() is None:
        if time.monotonic() - started > MOST_SECONDS:
            child.kill()
        scratch = max(scratch, _unnamed_bytes(child.pid))
        time.sleep(POLL_SECONDS)
    wall = time.monotonic() - started
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command[:1])
    found = {**json.loads(peaks.read_text()), **json.loads(said.read_text())["consistency"]}
    return Taken(
        address=found["address"],
        resident=found["resident"],
        scratch=scratch,
        processor=found["processor"],
        wall=wall,
        rms=found["rms"],
        worst=departure(scan, out),
    )


def departure(scan: Path, thin: Path) -> float:
    """The most by which means of ``FACTOR`` planes of the file written differ from the scan."""
    worst = 0.0
    with scan.open("rb") as file:
        shape = np.frombuffer(file.read(NIFTI_HEADER)[42:48], np.int16)
        plane = int(shape[0]) * int(shape[1])
        for block in _blocks(thin, 4 * plane * FACTOR):
            fine = np.frombuffer(block, np.float32).reshape(FACTOR, plane)
            thick = np.frombuffer(file.read(2 * plane), np.int16)
            again = fine.mean(axis=0, dtype=np.float64)
            worst = max(worst, float(np.abs(again - thick).max()))
        if file.read(1):
            raise ValueError(f"{thin} holds fewer planes than the scan asks for")
    return worst


def _blocks(path: Path, size: int) -> Iterator[bytes]:
    with gzip.open(path) as file:
        file.read(NIFTI_HEADER)
        while block := file.read(size):
            yield block


def _unnamed_bytes(process: int) -> int:
    """What the files that a process has open, and that have no name, take on the disk."""
    total = 0
    try:
        for link in Path(f"/proc/{process}/fd").iterdir():
            status = link.stat()
            total += 512 * status.st_blocks if status.st_nlink == 0 else 0
    except OSError:  # a file, or the process, that has just been closed
        return total
    return total


def main() -> int:
    """One row for each scan and way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shapes", nargs="*", default=["320x320x40"])
    parser.add_argument("--only", choices=("always", "never"), help="one of the two ways")
    parser.add_argument("--room", type=int, default=0, metavar="MIB", help="limit address space")
    parser.add_argument("--folder", type=Path, help="where scan, result and what waits lie")
    args = parser.parse_args()
    print(f"| {' | '.join(HEAD)} |\n{'|---' * len(HEAD)}|")
    for text in args.shapes:
        i, j, k = map(int, text.split("x"))
        for slabs in ("always", "never") if args.only is None else (args.only,):
            with TemporaryDirectory(dir=args.folder) as folder:
                scan = Path(folder, "scan.nii")
                saved_scan((i, j, k), scan, NOISE)
                taken = measured(scan, Path(folder), slabs, args.room)
            print(
                f"| {i} x {j} x {k} | {4 * i * j * k * FACTOR / 1e6:.0f} MB | {slabs} | "
                f"{taken.address / MIB:.0f} MiB | {taken.resident / 1e6:.0f} MB | "
                f"{taken.scratch / 1e6:.0f} MB | {taken.processor:.1f} s | {taken.wall:.1f} s | "
                f"{taken.rms:.2g} | {taken.worst:.2g} |",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
