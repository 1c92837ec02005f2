"""The options that say how a scan is rebuilt, shared by the verbs that rebuild one."""

import argparse
from dataclasses import replace

from srviewer.cli.sources import axis_number
from srviewer.core.fuse import FUSIONS
from srviewer.core.geometry import AXIS_NAMES
from srviewer.core.volume import Volume
from srviewer.sr.methods import METHODS
from srviewer.sr.models import DEFAULT_MODEL
from srviewer.sr.request import Request, suggested_request


def add_request_arguments(parser: argparse.ArgumentParser) -> None:
    """Method, model, factor, axis and what goes with them."""
    parser.add_argument("--method", choices=[m.id for m in METHODS], default="cross-plane")
    parser.add_argument("--model", default=DEFAULT_MODEL, metavar="NAME|FILE")
    parser.add_argument("--factor", type=int, help="refine by this; detected when not given")
    parser.add_argument("--axis", choices=AXIS_NAMES, help="the thick axis; detected if not given")
    parser.add_argument("--fusion", choices=[f.id for f in FUSIONS], default="mean")


def request_of(scan: Volume, args: argparse.Namespace) -> Request:
    """What the options ask for, filled in with what suits the scan."""
    axis = None if args.axis is None else axis_number(args.axis)
    request = suggested_request(scan, axis, args.model)
    return replace(
        request,
        factor=request.factor if args.factor is None else args.factor,
        method=args.method,
        fusion=args.fusion,
        device=args.device,
    )
