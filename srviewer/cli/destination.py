"""Where ``reconstruct`` writes its result: a NIfTI file, a DICOM folder, a BIDS data set."""

import argparse
from dataclasses import dataclass, field
from pathlib import Path

from srviewer.cli.console import follow
from srviewer.core.volume import ScanHeader, Volume
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
from srviewer.io.export import DATA_TYPES, DataType, write
from srviewer.unwritable import check_new_folder


@dataclass(frozen=True)
class Written:
    """``path``: of what was written. ``pixels``: how a DICOM series stores values, else empty."""

    path: Path
    pixels: dict[str, object] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, object]:
        """What the verb's JSON says of it."""
        return {"output": str(self.path), **({"pixels": self.pixels} if self.pixels else {})}

    @property
    def notes(self) -> list[str]:
        """Lines for people."""
        note = self.pixels.get("note")
        return [f"note: {note}"] if note else []


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
    parser.add_argument(
        "--store",
        choices=DATA_TYPES,
        help="values of the output: float32 is exact (NIfTI, the default) or spread over 16 bits "
        "with a slope (--dicom); original is the scan's own data type, rounded, and the default of "
        "--dicom: whole numbers without a slope where the scan holds whole numbers",
    )


def stored_as(args: argparse.Namespace) -> DataType:
    """What ``--store`` says, or what is usual where the result goes."""
    asked: DataType | None = args.store
    return asked or ("float32" if args.dicom is None else "original")


def check_destination(args: argparse.Namespace) -> None:
    """Raise UserError unless the result can be written there; a NIfTI file is checked elsewhere."""
    if args.dicom is not None:
        check_new_folder(args.dicom.absolute())
    if args.bids is not None:
        check_derivative(args.bids, bids_name(args))


def write_result(
    volume: Volume, args: argparse.Namespace, provenance: dict[str, object], scan: Volume
) -> Written:
    """Write ``volume``, which was made from ``scan``."""
    if args.dicom is not None:
        scale = follow(write_series(volume, args.dicom, provenance, stored_as(args), scan))
        return Written(Path(args.dicom), scale.described())
    if args.bids is not None:
        name, overwrite = bids_name(args), args.overwrite
        job = write_derivative(volume, args.bids, name, args.path, provenance, overwrite)
        return Written(follow(job))
    follow(write(volume, args.output, provenance, stored_as(args), overwrite=args.overwrite))
    return Written(Path(args.output))


def rounded_to(volume: ScanHeader, args: argparse.Namespace, written: Written) -> str:
    """Which numbers ``volume`` was rounded to on writing, for people; "" where it was to none."""
    if written.pixels:
        return "whole numbers" if written.pixels["slope"] == 1 else "16 bits"
    if args.bids is not None or stored_as(args) == "float32" or volume.stored_as == "float32":
        return ""
    return volume.stored_as


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
