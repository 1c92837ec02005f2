"""Removal of the temporary files that killed programs left in a folder of results."""

import os
from pathlib import Path

from srviewer.io.export.image_layout import IMAGE_SUFFIXES
from srviewer.io.export.replacing import belong_together, restored_document
from srviewer.io.sidecars.provenance import sidecar
from srviewer.job import Job
from srviewer.temporary_names import abandoned_in, is_in_use, remove, target_of, temporaries_of


def clear_abandoned(folder: Path) -> Job[None]:
    """Delete the temporary files of ended programs in a folder.

    First, the JSON of an image that is complete takes its name. Files that a running program writes
    stay; so do for a day those of unknown programs, and an older image that belongs to a JSON while
    another image has its name.

    Args:
        folder: The folder of results.
    """
    for leftover in abandoned_in(folder):
        if os.path.lexists(leftover) and not (yield from _is_needed(leftover)):
            remove(leftover)


def _is_needed(leftover: Path) -> Job[bool]:
    image = _image_of(leftover.with_name(target_of(leftover)))
    if image is None:
        return False
    if _is_written_now(image):
        return True
    if (yield from belong_together(image, sidecar(image))):
        return False
    if (yield from restored_document(image)):
        return False
    return (yield from belong_together(leftover, sidecar(image)))


def _image_of(target: Path) -> Path | None:
    """The existing image of which ``target`` is the path, or the path of the sidecar."""
    stem = target.with_suffix("") if target.suffix.lower() == ".json" else None
    names = [stem.with_name(stem.name + ending) for ending in IMAGE_SUFFIXES] if stem else [target]
    images = (name for name in names if name.name.lower().endswith(IMAGE_SUFFIXES))
    return next((name for name in images if name.is_file()), None)


def _is_written_now(image: Path) -> bool:
    names = (image, sidecar(image))
    return any(is_in_use(temporary) for name in names for temporary in temporaries_of(name))
