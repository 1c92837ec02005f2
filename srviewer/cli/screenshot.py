"""srviewer screenshot: what the window would show, rendered without a display."""

import argparse
import math
from pathlib import Path

from srviewer.cli.console import Outcome
from srviewer.cli.outputs import check_outputs, require_suffix
from srviewer.cli.sources import add_series_arguments, open_only, open_volume


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The scan, the picture, and what to show."""
    parser.add_argument("path", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.png")
    add_series_arguments(parser)
    parser.add_argument("--layout", choices=("planes", "compare"), help="default: what fits")
    parser.add_argument("--second", type=Path, metavar="PATH", help="the volume to compare with")
    parser.add_argument(
        "--at", type=_point, metavar="X,Y,Z", help="cursor in RAS mm; default: the middle"
    )


def execute(args: argparse.Namespace) -> Outcome:
    """Render through the window's own widgets."""
    require_suffix(args.output, ".png")
    sources = [args.path] if args.second is None else [args.path, args.second]
    check_outputs(args, sources, others=[args.output])
    volume = open_volume(args.path, args.series, args.frame)
    second = None if args.second is None else open_only(args.second)
    layout = args.layout or ("planes" if second is None else "compare")
    args.doors["render"](volume, second, layout, args.at, args.output)
    return Outcome(f"written: {args.output}", {"output": str(args.output), "layout": layout})


def _point(text: str) -> tuple[float, float, float]:
    x, y, z = (float(part) for part in text.split(","))
    if not all(map(math.isfinite, (x, y, z))):
        raise ValueError(f"not a point: {text}")
    return x, y, z
