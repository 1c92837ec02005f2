"""Where ``reconstruct`` writes its result: a NIfTI file, a DICOM folder, a BIDS data set."""

import argparse
from pathlib import Path

from srviewer.atomic import check_new_folder
from srviewer.cli.console import follow
from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.io.bids import (
    CONTRASTS,
    BidsName,
    check_derivative,
    derivative_path,
    given_name,
    name_of,
    write_derivative,
)
from srviewer.io.dicom_export import write_series
from srviewer.io.export import write


def add_destination_arguments(parser: argparse.ArgumentParser) -> None:
    """One of three places, and who the scan is of where BIDS must know and cannot."""
    places = parser.add_mutually_exclusive_group(required=True)
    places.add_argument("-o", "--output", type=Path, metavar="OUT.nii.gz", help="a NIfTI file")
    places.add_argument(
        "--dicom", type=Path, metavar="FOLDER", help="a new folder for a DICOM series"
    )
    places.add_argument(
        "--bids", type=Path, metavar="DATASET", help="derivatives/srviewer of this BIDS data set"
    )
    parser.add_argument(
        "--subject", metavar="LABEL", help="for --bids, where the scan's name does not tell"
    )
    parser.add_argument(
        "--contrast", choices=CONTRASTS, help="for --bids, where the scan's name does not tell"
    )


def check_destination(args: argparse.Namespace) -> None:
    """Raise UserError unless the result can be written there; a NIfTI file is checked elsewhere."""
    if args.dicom is not None:
        check_new_folder(args.dicom.absolute())
    if args.bids is not None:
        check_derivative(args.bids, bids_name(args))


def write_result(volume: Volume, args: argparse.Namespace, provenance: dict[str, object]) -> Path:
    """Write it; the path of what was written."""
    if args.dicom is not None:
        follow(write_series(volume, args.dicom, provenance))
        return Path(args.dicom)
    if args.bids is not None:
        name, overwrite = bids_name(args), args.overwrite
        return follow(write_derivative(volume, args.bids, name, args.path, provenance, overwrite))
    follow(write(volume, args.output, provenance, args.store, overwrite=args.overwrite))
    return Path(args.output)


def image_target(args: argparse.Namespace) -> Path | None:
    """The image that the result is to be written to; None for a DICOM series."""
    if args.bids is not None:
        return derivative_path(args.bids, bids_name(args))
    return None if args.output is None else Path(args.output)


def bids_name(args: argparse.Namespace) -> BidsName:
    """The name that the scan has in the data set, or is given there."""
    if args.subject is not None and args.contrast is not None:
        return given_name(args.subject, args.contrast)
    name = name_of(args.path)
    if name is None:
        raise UserError(
            f"'{args.path.name}' does not tell by its name whose it is and which contrast. Give "
            "--subject and --contrast."
        )
    return name
