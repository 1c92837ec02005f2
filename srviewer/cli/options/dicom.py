"""Options of DICOM exports: their form, and the series that a NIfTI scan was converted from."""

import argparse
from collections.abc import Callable
from pathlib import Path

from srviewer.cli.console.verb_output import run_with_progress
from srviewer.core.volumes.volume import Volume
from srviewer.io.dicom.export.form import CLASSIC, OBJECTS, SYNTAXES, DicomForm
from srviewer.sr.references.source_dicom import DicomSource, source_dicom


def add_form_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the objects and the transfer syntax of DICOM exports.

    Args:
        parser: The parser of a verb with results.
    """
    parser.add_argument(
        "--dicom-objects",
        choices=OBJECTS,
        default=CLASSIC.objects,
        help="for --dicom: an image for each slice (classic), or one enhanced MR image of all",
    )
    parser.add_argument(
        "--dicom-syntax",
        choices=SYNTAXES,
        default=CLASSIC.syntax,
        help="for --dicom: pixels as they are, or compressed without loss (rle)",
    )


def dicom_form(args: argparse.Namespace) -> DicomForm:
    """The objects and transfer syntax of a DICOM export.

    Args:
        args: The parsed arguments.

    Returns:
        Those that were chosen.
    """
    return DicomForm(args.dicom_objects, args.dicom_syntax)


def add_source_dicom_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--source-dicom``.

    Args:
        parser: The parser of a verb with one scan.
    """
    parser.add_argument(
        "--source-dicom",
        type=Path,
        metavar="FOLDER",
        help="for --dicom of a NIfTI scan: the DICOM series that it was converted from, whose "
        "patient, study and frame of reference the result gets where grid and voxels agree",
    )


def dicom_source_of(args: argparse.Namespace, scan: Callable[[], Volume]) -> DicomSource | None:
    """The DICOM series that the scan was converted from.

    Args:
        args: The parsed arguments.
        scan: Gives the scan.

    Returns:
        The series; None without ``--source-dicom``.

    Raises:
        UserError: It is not the scan's.
    """
    if args.source_dicom is None:
        return None
    return run_with_progress(source_dicom(scan(), args.source_dicom))
