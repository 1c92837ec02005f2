"""The tables of docs/numbers.md: two volumes scored, and a scan resampled, by each library.

A phantom, and each thin volume that is named, is degraded along k by a factor of 4 (box profile).
The calls are shown for voxels of 1 mm. A library that is not installed has rows that say so;
install those wanted into an environment of their own.

    python -m benchmarks.library_numbers [VOLUME...] [--side 96]
"""

import argparse
from itertools import chain
from pathlib import Path

from benchmarks.library_numbers import conventions, resampling, scores, simulators
from benchmarks.library_numbers.images import files, phantom
from benchmarks.library_numbers.library import versions


def main() -> None:
    """Print the versions, then Markdown tables for each volume."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="*")
    parser.add_argument("--side", type=int, default=0, help="only the middle, this many voxels")
    args = parser.parse_args()
    print(versions())
    print(f"\nA thin volume resampled to thick slices:\n\n{simulators.table(phantom())}")
    for subject in chain([phantom()], files(args.paths, args.side)):
        shape = " x ".join(map(str, subject.truth.voxels.shape))
        print(f"\n## {subject.name}, {shape}\n\nThe scores of its cubic B-spline:\n")
        print(scores.table(subject))
        print("\nThe same by srviewer's conventions but one:\n")
        print(conventions.table(subject), flush=True)
        print(
            f"\nIts thick scan resampled to thin slices:\n\n{resampling.table(subject)}", flush=True
        )


if __name__ == "__main__":
    main()
