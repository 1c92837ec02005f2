"""Reconstructs every scan of a folder and draws each beside its original, to be looked at.

`python -m benchmarks.look_at_all DATA OUT [--only WORD]`: DATA holds `mri/thick` and `dicom`. Into
OUT go the result, the report and a picture of each series, by the verbs that a user would give; the
table of docs/reliability.md is printed. What is in OUT already is not made again. Each report is
checked: one page of HTML that needs nothing else, with every figure in it whole.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report_check import check_report
from srviewer.core.volumes.volume import blocking_warnings
from srviewer.io.formats import scan
from srviewer.io.scans.series import Series
from srviewer.job import run

SIZE = "1320x1260"  # three rows of panes
MOST_SECONDS = 3600  # for what takes some minutes: it hangs


@dataclass(frozen=True)
class Item:
    """One series of ``place``; ``name``: of what is made from it, without an ending."""

    place: Path
    series: Series
    name: str


def items(data: Path, only: str) -> list[Item]:
    """Every series under ``data`` whose name holds ``only``: the scans, then the folders."""
    places = [*sorted((data / "mri/thick").glob("*.nii.gz")), *sorted((data / "dicom").iterdir())]
    found = []
    for place in places:
        series = run(scan([place])).series
        for one in series:
            number = f"_{one.index}" if len(series) > 1 else ""
            found.append(Item(place, one, place.name.removesuffix(".nii.gz") + number))
    return [item for item in found if only in item.name]


def made(item: Item, out: Path) -> dict[str, Any]:
    """What became of ``item``: findings of the reconstruction, or ``error``."""
    kept = out / f"{item.name}.found"
    if not kept.exists():
        found = _rebuilt(item, out)
        kept.write_text(json.dumps(found))
    found = json.loads(kept.read_text())
    if "error" not in found:
        found["figures"] = check_report(out / f"{item.name}.html")
    return dict(found)


def _rebuilt(item: Item, out: Path) -> dict[str, Any]:
    source = [str(item.place), "--series", str(item.series.index)]
    result, said = out / f"{item.name}.nii.gz", out / f"{item.name}.said"
    doubtful = ["--acknowledge"] if blocking_warnings(item.series.warnings) else []
    told = ["--report", str(out / f"{item.name}.html"), "--json", str(said)]
    error = _srviewer("reconstruct", *source, "-o", str(result), *told, *doubtful)
    if not error:
        seconds = ["--second", str(result), "--name", "rebuilt", "--second", "cubic"]
        page = ["--layout", "compare", "--size", SIZE, "-o", str(out / f"{item.name}.png")]
        error = _srviewer("screenshot", *source, *seconds, *page)
    return {"error": error} if error else dict(json.loads(said.read_text()))


def _srviewer(*arguments: str) -> str:
    """Run a verb; returns what it said when it failed, else nothing."""
    command = [sys.executable, "-m", "srviewer", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=MOST_SECONDS)
    return ended.stderr.strip() or f"status {ended.returncode}" if ended.returncode else ""


def row(item: Item, found: dict[str, Any]) -> str:
    """The line of the table."""
    geometry = item.series.geometry
    grid = " x ".join(map(str, geometry.shape))
    spacing = " x ".join(f"{mm:.3g}" for mm in geometry.spacing)
    head = f"| {item.name} | {grid} of {spacing} | "
    if "error" in found:
        return f"{head}| | | | {found['error']} |"
    doubts = ", ".join(w.code for w in blocking_warnings(item.series.warnings))
    told = " ".join(found["warnings"]) or "nothing"
    return (
        f"{head}{found['axis']} {found['factor']} | {found['consistency']['max']:.4%} | "
        f"{found['seconds']:.0f} | {found['figures']} | {doubts or 'none'} | {told} |"
    )


def main() -> int:
    """Make what is missing, print the table; 1 when a series failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", default="", help="names that hold this word")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    print(
        "| series | voxels, mm | axis, factor | consistency, max | seconds | figures | "
        "acknowledged | its report warns |\n|---|---|---|---|---|---|---|---|"
    )
    ends: Counter[bool] = Counter()
    for item in items(args.data, args.only):
        found = made(item, args.out)
        ends["error" in found] += 1
        print(row(item, found), flush=True)
    return 1 if ends[True] else 0


if __name__ == "__main__":
    sys.exit(main())
