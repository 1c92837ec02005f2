"""Checks of a verb's outputs before its work: no input is overwritten, no file written twice."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from srviewer.cli.console.verb_output import run_with_progress
from srviewer.core.volumes.volume import ScanHeader
from srviewer.errors import UserError
from srviewer.io.export.clearing import clear_abandoned
from srviewer.io.export.image import check_image_target, overwrites
from srviewer.io.export.replacing import WouldReplace, check_replaceable
from srviewer.io.partner_files import with_partners
from srviewer.io.sidecars.provenance import sidecar
from srviewer.unwritable import check_target


def check_outputs(
    args: argparse.Namespace,
    sources: Sequence[Path],
    images: Sequence[Path | None] = (),
    others: Sequence[Path | None] = (),
) -> None:
    """Check that each output can and should be written, and remove leftovers of killed runs.

    Args:
        args: The parsed arguments; the file of ``--json`` is checked, too.
        sources: The inputs.
        images: NIfTI files to write, each with its sidecar; None stands for no file.
        others: Other files to write; None stands for no file.

    Raises:
        UserError: An output cannot be written, is an input, or is named twice.
    """
    written_images = [path for path in images if path is not None]
    for path in written_images:
        check_image_target(path)
    files = [path for path in others if path is not None]
    if args.json not in (None, "-"):
        files.append(Path(args.json))
    seen: set[Path] = set()
    for path in [*written_images, *map(sidecar, written_images), *files]:
        check_target(path)
        if path.resolve() in seen:
            raise UserError(f"'{path}' would be written twice. Give each output its own name.")
        seen.add(path.resolve())
        for source in with_partners(sources):
            if overwrites(path, source):
                raise UserError(
                    f"'{path}' is an input and is not overwritten. Choose another name."
                )
    for folder in sorted({path.parent for path in seen}):
        run_with_progress(clear_abandoned(folder))


def add_overwrite_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--overwrite``.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="replace an image or its JSON that was made from another scan, or by another program",
    )


def refuse_replacing(
    args: argparse.Namespace, scan: ScanHeader, images: Sequence[Path | None]
) -> None:
    """Check, unless ``--overwrite`` was given, that images to be replaced are of the same scan.

    Args:
        args: The parsed arguments.
        scan: The scan that the outputs are made from.
        images: Images to write; None stands for no file.

    Raises:
        UserError: One of them was made from another scan, or by another program.
    """
    if args.overwrite:
        return
    for path in images:
        if path is None:
            continue
        try:
            run_with_progress(
                check_replaceable(path, None if scan.source is None else scan.source.sha256)
            )
        except WouldReplace as error:
            raise UserError(f"{error} Or give --overwrite to replace it.") from error


def require_suffix(path: Path, suffix: str) -> None:
    """Check the ending of a file name.

    Args:
        path: The file.
        suffix: The suffix with its dot, such as ".png", in lower case.

    Raises:
        UserError: The name ends otherwise.
    """
    if path.suffix.lower() != suffix:
        raise UserError(f"'{path.name}' must end with {suffix}.")
