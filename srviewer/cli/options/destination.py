"""Options for the destination of ``reconstruct`` and ``batch``: one of the export targets."""

import argparse
from pathlib import Path

from srviewer.core.volumes.volume import ScanHeader
from srviewer.errors import UserError
from srviewer.io.export.bids import CONTRASTS, BidsName, given_name, name_of, name_of_join
from srviewer.io.export.image import DATA_TYPES, DataType
from srviewer.io.targets import TARGETS, Export, Target, Written
from srviewer.sr.slabs.files import Write

STORE = (
    "values of the output: float32 is exact (NIfTI, the default) or spread over 16 bits "
    "with a slope (--dicom); original is the scan's own data type, rounded, and the default of "
    "--dicom: whole numbers without a slope where the scan holds whole numbers"
)


def add_destination_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the targets, and subject and contrast for BIDS, which may be unknown.

    Args:
        parser: The parser of a verb with one result.
    """
    targets = parser.add_mutually_exclusive_group(required=True)
    for row in TARGETS:
        targets.add_argument(*row.option, type=Path, metavar=row.metavar, help=row.one)
    parser.add_argument(
        "--subject", metavar="LABEL", help="for --bids, where the scan's name does not say"
    )
    parser.add_argument(
        "--contrast", choices=CONTRASTS, help="for --bids, where the scan's name does not say"
    )
    parser.add_argument("--store", choices=DATA_TYPES, help=STORE)


def add_folder_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the targets for many results.

    Args:
        parser: The parser of a verb with many results.
    """
    targets = parser.add_mutually_exclusive_group(required=True)
    for row in TARGETS:
        targets.add_argument(*row.option, type=Path, metavar="DIR", help=row.many)
    parser.add_argument("--store", choices=DATA_TYPES, help=STORE)


def chosen_target(args: argparse.Namespace) -> tuple[Target, Path]:
    """The target whose option was given.

    Args:
        args: The parsed arguments.

    Returns:
        The row of TARGETS, and the path that was given with it.
    """
    paths = ((row, getattr(args, row.keyword)) for row in TARGETS)
    row, path = next((row, path) for row, path in paths if path is not None)
    return row, Path(path)


def stored_as(args: argparse.Namespace) -> DataType:
    """The data type that values are stored as.

    Args:
        args: The parsed arguments.

    Returns:
        That of ``--store``, else the usual one of the target.
    """
    return chosen_target(args)[0].stored_as(args.store)


def check_destination(args: argparse.Namespace) -> None:
    """Check that the result can be written to its target, other than a NIfTI file.

    Args:
        args: The parsed arguments.

    Raises:
        UserError: It cannot be written, or its BIDS name is unknown.
    """
    row, path = chosen_target(args)
    row.check(path, _name(args))


def scratch_folder(args: argparse.Namespace) -> Path:
    """The folder for temporary files of slab-wise work.

    Args:
        args: The parsed arguments.

    Returns:
        That of the result, on whose disk there is room for it.
    """
    row, path = chosen_target(args)
    return path if row.place == "data set" else path.absolute().parent


def writer_of(args: argparse.Namespace) -> Write:
    """The writer of a result to its target.

    Args:
        args: The parsed arguments.

    Returns:
        (result, scan, provenance) -> a job that writes it, and gives the file with notes on it.
    """
    row, path = chosen_target(args)
    name, store = _name(args), stored_as(args)
    return lambda volume, scan, provenance: row.write(
        Export(volume, path, provenance, store, args.path, scan, name, args.overwrite)
    )


def values_of(written: Written) -> dict[str, object]:
    """The part of the verb's JSON on the file that was written.

    Args:
        written: The file.

    Returns:
        Its path under "output", and "pixels" for DICOM.
    """
    return {"output": str(written.path), **({"pixels": written.pixels} if written.pixels else {})}


def rounded_to(volume: ScanHeader, args: argparse.Namespace, written: Written) -> str:
    """The numbers that a volume was rounded to on writing, for people.

    Args:
        volume: The result.
        args: The parsed arguments.
        written: The file.

    Returns:
        The name of these numbers; "" where nothing was rounded.
    """
    if written.pixels:
        return "whole numbers" if written.pixels["slope"] == 1 else "16 bits"
    if stored_as(args) == "float32" or volume.stored_as == "float32":
        return ""
    return volume.stored_as


def image_target(args: argparse.Namespace) -> Path | None:
    """The image that the result is to be written to.

    Args:
        args: The parsed arguments.

    Returns:
        Its path; None where the target is no image.
    """
    row, path = chosen_target(args)
    return row.image(path, _name(args))


def _name(args: argparse.Namespace) -> BidsName | None:
    """The BIDS name of the scan; None for other targets than a data set."""
    return bids_name(args) if chosen_target(args)[0].place == "data set" else None


def bids_name(args: argparse.Namespace) -> BidsName:
    """The BIDS name of the scan.

    Args:
        args: The parsed arguments.

    Returns:
        The name by ``--subject`` and ``--contrast`` where both are given, else that of the file;
        for stacks that are joined (``args.joined``) one of its own.

    Raises:
        UserError: The file's name has no subject or contrast, and they were not given.
    """
    joined = getattr(args, "joined", ())
    if args.subject is not None and args.contrast is not None:
        names = [given_name(args.subject, args.contrast)]
    else:
        names = [_name_of_file(path) for path in joined or (args.path,)]
    return name_of_join(names) if joined else names[0]


def _name_of_file(path: Path) -> BidsName:
    name = name_of(path)
    if name is None:
        raise UserError(
            f"The name of '{path.name}' does not say which subject and contrast it has. "
            "Give --subject and --contrast."
        )
    return name
