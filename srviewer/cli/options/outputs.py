"""What a verb will write, checked before it works: nothing given is overwritten, nothing twice."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from srviewer.cli.console.verb_output import follow
from srviewer.core.volumes.volume import ScanHeader
from srviewer.errors import UserError
from srviewer.io.export.clearing import cleared
from srviewer.io.export.nifti import check_image_target, overwrites
from srviewer.io.export.replacing import WouldReplace, check_replaceable
from srviewer.io.nifti.file_pairs import with_partners
from srviewer.io.sidecars.provenance import sidecar
from srviewer.unwritable import check_target


def check_outputs(
    args: argparse.Namespace,
    sources: Sequence[Path],
    images: Sequence[Path | None] = (),
    others: Sequence[Path | None] = (),
) -> None:
    """Raise UserError for an output that cannot be written, or should not be.

    ``sources``: what is read. ``images``: NIfTI files to write, each with its JSON beside it.
    ``others``: files of other kinds; the one of ``--json`` is added. None stands for no file.
    """
    pictures = [path for path in images if path is not None]
    for path in pictures:
        check_image_target(path)
    plain = [path for path in others if path is not None]
    if args.json not in (None, "-"):
        plain.append(Path(args.json))
    seen: set[Path] = set()
    for path in [*pictures, *map(sidecar, pictures), *plain]:
        check_target(path)
        if path.resolve() in seen:
            raise UserError(f"'{path}' would be written twice. Give each output its own name.")
        seen.add(path.resolve())
        for source in with_partners(sources):
            if overwrites(path, source):
                raise UserError(
                    f"'{path}' is part of what is read and is not overwritten. Choose another name."
                )
    for folder in sorted({path.parent for path in seen}):
        follow(cleared(folder))


def add_overwrite_argument(parser: argparse.ArgumentParser) -> None:
    """``--overwrite``."""
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="replace an image or its JSON that was made from another scan, or by another program",
    )


def refuse_replacing(
    args: argparse.Namespace, scan: ScanHeader, images: Sequence[Path | None]
) -> None:
    """Raise UserError where one of ``images`` holds what was not made from ``scan``.

    Unless ``--overwrite`` was given.
    """
    if args.overwrite:
        return
    for path in images:
        if path is None:
            continue
        try:
            follow(check_replaceable(path, None if scan.source is None else scan.source.sha256))
        except WouldReplace as error:
            raise UserError(f"{error} Or give --overwrite to replace it.") from error


def require_suffix(path: Path, suffix: str) -> None:
    """Raise UserError unless the file's name ends with ``suffix``, such as ".png"."""
    if path.suffix.lower() != suffix:
        raise UserError(f"'{path.name}' must end with {suffix}.")
