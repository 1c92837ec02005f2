"""Where ``reconstruct`` and ``batch`` write: one of the export targets."""

import argparse
from pathlib import Path

from srviewer.cli.console.verb_output import follow
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.errors import UserError
from srviewer.io.export.bids import CONTRASTS, BidsName, given_name, name_of
from srviewer.io.export.nifti import DATA_TYPES, DataType
from srviewer.io.targets import TARGETS, Export, Target, Written

STORE = (
    "values of the output: float32 is exact (NIfTI, the default) or spread over 16 bits "
    "with a slope (--dicom); original is the scan's own data type, rounded, and the default of "
    "--dicom: whole numbers without a slope where the scan holds whole numbers"
)


def add_destination_arguments(parser: argparse.ArgumentParser) -> None:
    """One of the targets, and who the scan is of where BIDS must know and cannot."""
    places = parser.add_mutually_exclusive_group(required=True)
    for row in TARGETS:
        places.add_argument(*row.option, type=Path, metavar=row.metavar, help=row.one)
    parser.add_argument(
        "--subject", metavar="LABEL", help="for --bids, where the scan's name does not tell"
    )
    parser.add_argument(
        "--contrast", choices=CONTRASTS, help="for --bids, where the scan's name does not tell"
    )
    parser.add_argument("--store", choices=DATA_TYPES, help=STORE)


def add_folder_arguments(parser: argparse.ArgumentParser) -> None:
    """The same for many results."""
    places = parser.add_mutually_exclusive_group(required=True)
    for row in TARGETS:
        places.add_argument(*row.option, type=Path, metavar="DIR", help=row.many)
    parser.add_argument("--store", choices=DATA_TYPES, help=STORE)


def chosen_target(args: argparse.Namespace) -> tuple[Target, Path]:
    """The target whose option was given, and what it names."""
    given = ((row, getattr(args, row.keyword)) for row in TARGETS)
    row, path = next((row, path) for row, path in given if path is not None)
    return row, Path(path)


def stored_as(args: argparse.Namespace) -> DataType:
    """What ``--store`` says, or what is usual where the result goes."""
    return chosen_target(args)[0].stored_as(args.store)


def check_destination(args: argparse.Namespace) -> None:
    """Raise UserError unless the result can be written there; a NIfTI file is checked elsewhere."""
    row, path = chosen_target(args)
    row.check(path, _name(args))


def write_result(
    volume: Volume, args: argparse.Namespace, provenance: dict[str, object], scan: Volume
) -> Written:
    """Write ``volume``, which was made from ``scan``."""
    row, path = chosen_target(args)
    export = Export(
        volume, path, provenance, stored_as(args), args.path, scan, _name(args), args.overwrite
    )
    return follow(row.write(export))


def values_of(written: Written) -> dict[str, object]:
    """What the verb's JSON says of what was written."""
    return {"output": str(written.path), **({"pixels": written.pixels} if written.pixels else {})}


def rounded_to(volume: ScanHeader, args: argparse.Namespace, written: Written) -> str:
    """Which numbers ``volume`` was rounded to on writing, for people; "" where it was to none."""
    if written.pixels:
        return "whole numbers" if written.pixels["slope"] == 1 else "16 bits"
    if stored_as(args) == "float32" or volume.stored_as == "float32":
        return ""
    return volume.stored_as


def image_target(args: argparse.Namespace) -> Path | None:
    """The image that the result is to be written to; None for another kind of target."""
    row, path = chosen_target(args)
    return row.image(path, _name(args))


def _name(args: argparse.Namespace) -> BidsName | None:
    """The name that the scan has in a data set; None for other targets."""
    return bids_name(args) if chosen_target(args)[0].place == "data set" else None


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
