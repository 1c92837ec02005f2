"""Options for the destination of ``reconstruct`` and ``batch``: one of the export targets."""

import argparse
from pathlib import Path
from typing import Any

from srviewer.cli.options.dicom import add_form_arguments, dicom_form
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.errors import UserError
from srviewer.io.bids.anat_suffixes import CONTRASTS
from srviewer.io.bids.names import (
    BidsName,
    check_complete,
    chosen_entities,
    given_name,
    name_of,
    name_of_join,
)
from srviewer.io.export.image import DATA_TYPES, DataType
from srviewer.io.targets import TARGETS, Export, Target, Written
from srviewer.job import Job
from srviewer.sr.references.source_dicom import DicomSource
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
    add_entities_argument(parser)
    parser.add_argument("--store", choices=DATA_TYPES, help=STORE)
    add_form_arguments(parser)


def add_entities_argument(parser: argparse.ArgumentParser) -> None:
    """Declare the option for the entities in the names of results.

    Args:
        parser: The parser of a verb that names results by the rules of BIDS.
    """
    parser.add_argument(
        "--bids-entities",
        metavar="KEY-LABEL[,...]",
        default="",
        help="entities of BIDS in the names of results, such as res-1mm,desc-thin; desc-sr unless "
        "another desc- is given",
    )


def add_folder_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the targets for many results.

    Args:
        parser: The parser of a verb with many results.
    """
    targets = parser.add_mutually_exclusive_group(required=True)
    for row in TARGETS:
        targets.add_argument(*row.option, type=Path, metavar="DIR", help=row.many)
    parser.add_argument("--store", choices=DATA_TYPES, help=STORE)
    add_form_arguments(parser)


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
        UserError: It cannot be written, its BIDS name is unknown, or ``--source-dicom`` was given
            for another target than DICOM.
    """
    row, path = chosen_target(args)
    if getattr(args, "source_dicom", None) is not None and row.id != "dicom":
        raise UserError("--source-dicom goes with --dicom: no other file names a patient.")
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


def writer_of(args: argparse.Namespace, source: DicomSource | None = None) -> Write:
    """The writer of a result to its target.

    Args:
        args: The parsed arguments.
        source: The DICOM series that the scan was converted from; None for none.

    Returns:
        (result, scan, provenance) -> a job that writes it, and gives the file with notes on it.
    """
    row, path = chosen_target(args)
    name, store = _name(args), stored_as(args)

    def write(volume: Volume, scan: Volume, provenance: dict[str, Any]) -> Job[Written]:
        if source is not None:
            volume = yield from source.given_to(volume)
            provenance = {**provenance, "source_dicom": source.described()}
        export = Export(
            volume,
            path,
            provenance,
            store,
            args.path,
            scan,
            name,
            args.overwrite,
            dicom_form(args),
        )
        return (yield from row.write(export))

    return write


def values_of(written: Written, source: DicomSource | None = None) -> dict[str, object]:
    """The part of the verb's JSON on the file that was written.

    Args:
        written: The file.
        source: The DICOM series that the scan was converted from; None for none.

    Returns:
        Its path under "output"; for DICOM "pixels", and "source_dicom" with that series.
    """
    values: dict[str, object] = {"output": str(written.path)}
    if written.pixels:
        values["pixels"] = written.pixels
    if source is not None:
        values["source_dicom"] = source.described()
    return values


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
        for stacks that are joined (``args.joined``) one of its own; with ``--bids-entities``.

    Raises:
        UserError: The file's name has no subject or contrast, and they were not given, or an entity
            is none.
    """
    joined = getattr(args, "joined", ())
    if args.subject is not None and args.contrast is not None:
        names = [given_name(args.subject, args.contrast)]
    else:
        names = [_name_of_file(path) for path in joined or (args.path,)]
    name = name_of_join(names) if joined else names[0]
    name = name.naming(chosen_entities(args.bids_entities))
    if args.subject is not None and args.contrast is not None:
        check_complete(name)
    return name


def _name_of_file(path: Path) -> BidsName:
    name = name_of(path)
    if name is None:
        raise UserError(
            f"The name of '{path.name}' does not say which subject and contrast it has. "
            "Give --subject and --contrast."
        )
    return name
