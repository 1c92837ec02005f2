"""When ``reconstruct`` goes slab by slab, because the scan is larger than memory."""

import argparse

from srviewer.cli.console.verb_output import note
from srviewer.cli.options.destination import chosen_target
from srviewer.cli.options.request import request_of
from srviewer.core.volumes.volume import ScanHeader
from srviewer.io.scans.series import PlaneByPlane, Series
from srviewer.sr.requests.memory import free_bytes
from srviewer.sr.requests.request import Request
from srviewer.sr.slabs.choice import SLABS_WANTED, choose_slabs
from srviewer.sr.slabs.slab_wise import check_streamable


def add_slab_argument(parser: argparse.ArgumentParser) -> None:
    """``--slabs``."""
    parser.add_argument(
        "--slabs",
        choices=SLABS_WANTED,
        default="auto",
        help="work slab by slab, with the rest on disk beside the output: by itself (auto) when "
        "memory would not suffice; the numbers are the same",
    )


def slab_source(args: argparse.Namespace, series: Series) -> PlaneByPlane | None:
    """The scan plane by plane, where it is to be rebuilt so; None for a rebuild in memory.

    Says on standard error why. Raises UserError for a scan that cannot be read so and would not
    fit otherwise.
    """
    choice = choose_slabs(
        series, args.frame, args.slabs, lambda scan: request_of(scan, args), free_bytes()
    )
    if choice.message:
        note(choice.message)
    return choice.source


def check_slabs(args: argparse.Namespace, scan: ScanHeader, request: Request) -> None:
    """Raise UserError for what is asked and needs the whole volume in memory."""
    row, _ = chosen_target(args)
    asked = {
        row.noun: not row.streams,
        "locked region": args.lock is not None or args.lock_shape is not None,
        "label map": args.labels is not None,
        "report": args.report is not None,
        "resampling of a tilted stack": args.deskew,
        "isotropic resampling": args.isotropic,
    }
    check_streamable(scan, request, tuple(what for what, there in asked.items() if there))
