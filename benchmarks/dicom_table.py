"""Prints the DICOM table of docs/reliability.md: each series beside what its headers say.

Takes a folder of folders.
"""

import sys
from collections import Counter
from pathlib import Path

import numpy as np
from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from srviewer.io.formats import scan
from srviewer.io.scans.series import Series
from srviewer.job import run

MOST_SERIES = 4  # of a folder; more are counted


def main(root: Path) -> None:
    """One row a series, or one row a folder where there are many."""
    print("| folder | series | grid | spacing, mm | headers say | warnings |")
    print("|---|---|---|---|---|---|")
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        found = run(scan([folder]))
        if len(found.series) > MOST_SERIES:
            codes = Counter(w.code for one in found.series for w in one.warnings)
            told = ", ".join(f"{code} ({count})" for code, count in sorted(codes.items()))
            count = f"{len(found.series)} series, {found.ignored} files skipped"
            print(f"| {folder.name} | {count} | | | | {told} |")
            continue
        for one in found.series:
            print(f"| {folder.name} | {' | '.join(_cells(one))} |")


def _cells(one: Series) -> tuple[str, ...]:
    shape = " x ".join(map(str, one.geometry.shape))
    spacing = " x ".join(f"{mm:.4g}" for mm in one.geometry.spacing)
    codes = ", ".join(dict.fromkeys(w.code for w in one.warnings)) or "none"
    return one.name, shape, spacing, _headers(one), codes


def _headers(one: Series) -> str:
    """Thickness, spacing tag, and the steps between positions, all from the raw files."""
    thickness, tag, places = set(), set(), []
    for path in one.sources:
        try:
            header = dcmread(path, stop_before_pixels=True)
        except (InvalidDicomError, OSError):
            continue
        thickness.add(str(header.get("SliceThickness", "")))
        tag.add(str(header.get("SpacingBetweenSlices", "")))
        position, directions = (
            header.get(k) for k in ("ImagePositionPatient", "ImageOrientationPatient")
        )
        if position and directions:
            normal = np.cross(directions[:3], directions[3:])
            places.append(float(normal @ np.array(position, float)))
    steps = np.diff(np.unique(np.round(places, 3)))
    parts = [f"thickness {_joined(thickness)}", f"spacing tag {_joined(tag)}"]
    if len(steps):
        parts.append(f"steps {steps.min():.2f} to {steps.max():.2f}, median {np.median(steps):.2f}")
    return "; ".join(parts)


def _joined(values: set[str]) -> str:
    return ", ".join(sorted(v for v in values if v)) or "absent"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
