"""The choice of ``reconstruct`` between memory and slab-wise work, for scans larger than memory."""

import argparse

from srviewer.cli.console.verb_output import note
from srviewer.cli.options.request import request_of
from srviewer.core.volumes.volume import ScanHeader
from srviewer.io.scans.series import PlaneByPlane, Series
from srviewer.sr.requests.memory import free_bytes
from srviewer.sr.requests.request import Request
from srviewer.sr.slabs.choice import SLABS_WANTED, choose_slabs
from srviewer.sr.slabs.slab_wise import check_streamable


def add_slab_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--slabs``.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument(
        "--slabs",
        choices=SLABS_WANTED,
        default="auto",
        help="work slab-wise, with temporary files beside the output; auto: when memory would not "
        "suffice; the values are the same",
    )


def slab_source(args: argparse.Namespace, series: Series) -> PlaneByPlane | None:
    """Choose between memory and slab-wise work; says the reason on standard error.

    Args:
        args: The parsed arguments.
        series: The scan, not read yet.

    Returns:
        The scan plane by plane for slab-wise work, None for memory; UserError for a scan that
        cannot be read plane by plane and does not fit into memory.
    """
    choice = choose_slabs(
        series, args.frame, args.slabs, lambda scan: request_of(scan, args), free_bytes()
    )
    if choice.message:
        note(choice.message)
    return choice.source


def check_slabs(args: argparse.Namespace, scan: ScanHeader, request: Request) -> None:
    """Check that nothing is asked for that needs the whole volume in memory.

    Args:
        args: The parsed arguments.
        scan: The scan.
        request: The request.

    Raises:
        UserError: Something is; the message names it.
    """
    needs_memory = {
        "label map": args.labels is not None,
        "report": args.report is not None,
        "resampling of a tilted stack": args.deskew,
    }
    check_streamable(
        scan, request, tuple(name for name, is_asked in needs_memory.items() if is_asked)
    )
