"""Measures srviewer against yardsticks of the same run, into docs/performance.md: `make bench`."""

import os
import platform
import sys
import time
from pathlib import Path

from benchmarks.cases import CASES
from benchmarks.timing import Row
from srviewer import __version__
from srviewer.nn.devices.cores import usable_cores

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- written by make bench -->\n", "<!-- end of what make bench writes -->\n"


def main() -> int:
    """Run every case, print the table, keep it in the page; 0 when every target is met."""
    rows = []
    for case in CASES:
        print(f"{case.__name__} ...", file=sys.stderr, flush=True)
        rows += list(case())
    text = f"{_machine()}\n\n{_table(rows)}\n"
    print(text)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}{text}{END}{after}", encoding="utf-8")
    return 0 if all(row.met for row in rows) else 1


def _table(rows: list[Row]) -> str:
    lines = ["| what | srviewer | yardstick | ratio | target | met |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {r.name} | {r.ours} | {r.yardstick} | {r.ratio:.2f} | {r.target} | "
        f"{'yes' if r.met else '**no**'} |"
        for r in rows
    ]
    return "\n".join(lines)


def _machine() -> str:
    cores = usable_cores()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    busy = f" It was busy: a load of {load:.1f} at the end." if load > 1.5 * cores else ""
    return (
        f"srviewer {__version__}, {time.strftime('%Y-%m-%d')}, {_processor()}, {cores} cores, "
        f"{platform.system()}, Python {platform.python_version()}.{busy}"
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    sys.exit(main())
