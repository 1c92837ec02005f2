"""Longest wait of a cancel: `python -m benchmarks.cancel [IxJxK]`.

A cancelled job is asked for no further step, so the longest step of a reconstruction is the longest
wait. Steps are named by what the progress says when they begin; the network's own are the
yardstick.
"""

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.rebuild import FACTOR, saved_scan
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.reconstruction.gaps import reconstruct_scan
from srviewer.sr.requests.request import Request


def main() -> int:
    """One row for each kind of step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shape", nargs="?", default="256x256x64")
    i, j, k = map(int, parser.parse_args().shape.split("x"))
    with TemporaryDirectory() as folder:
        path = Path(folder, "scan.nii")
        saved_scan((i, j, k), path)
        scan = run(read(path))
    steps: dict[str, list[float]] = defaultdict(list)
    name, begin = "Begin", time.monotonic()
    job = reconstruct_scan(scan, Request(2, FACTOR))
    going = True
    while going:
        step = next(job, None)
        steps[name].append(time.monotonic() - begin)
        going = step is not None
        if step is not None:
            name = "A batch" if step.message.startswith("Slice") else step.message
        begin = time.monotonic()
    print("| after | steps | median | longest |\n|---|---|---|---|")
    for name, seconds in steps.items():
        print(f"| {name} | {len(seconds)} | {median(seconds):.3f} s | {max(seconds):.3f} s |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
