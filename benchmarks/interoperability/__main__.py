"""Prints the table of docs/interoperability.md: every kind of export beside every tool.

    python -m benchmarks.interoperability SCAN

SCAN is a thick scan; a folder of DICOM also shows what a result takes over from it. Tools that are
not installed have an empty column. Where a cell says no more than "same grid, equal values", the
tool read every voxel that was written, where it belongs.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.interoperability.exports import Export, exports
from benchmarks.interoperability.tools import TOOLS


def main() -> None:
    """Print the tools, then a row for each export and tool."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scan", type=Path)
    args = parser.parse_args()
    there = [(tool, tool.version()) for tool in TOOLS]
    print("; ".join(f"{tool.name} {number or 'is not installed'}" for tool, number in there))
    print("\n| export | tool | what it says |\n|---|---|---|")
    with TemporaryDirectory() as folder:
        for export in exports(args.scan, Path(folder)):
            for tool, number in there:
                if number is not None and export.kind in tool.reads:
                    print(f"| {export.name} | {tool.name} | {_cell(tool.check, export)} |")


def _cell(check: object, export: Export) -> str:
    assert callable(check)
    return str(check(export)).replace("|", "\\|").replace(str(export.path.parent), "")


if __name__ == "__main__":
    main()
