"""What a verb will write, checked before it works: nothing given is overwritten, nothing twice."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from srviewer.atomic import check_target
from srviewer.errors import UserError
from srviewer.io.export import check_image_target, overwrites
from srviewer.io.provenance import sidecar


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
        for source in sources:
            if overwrites(path, source):
                raise UserError(
                    f"'{path}' is part of what is read and is not overwritten. Choose another name."
                )


def require_suffix(path: Path, suffix: str) -> None:
    """Raise UserError unless the file's name ends with ``suffix``, such as ".png"."""
    if path.suffix.lower() != suffix:
        raise UserError(f"'{path.name}' must end with {suffix}.")
