"""Whether a result may take a name: nothing that was made from another scan is replaced."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from srviewer.atomic import leftovers
from srviewer.errors import UserError
from srviewer.io.export.checksum import voxels_crc32
from srviewer.io.nifti.header import UNREADABLE
from srviewer.io.sidecars.exported_image import (
    document_in,
    made_from,
    own_document,
    source_names,
    stated_checksum,
)
from srviewer.io.sidecars.provenance import sidecar
from srviewer.job import Job


class WouldReplace(UserError):
    """Something of another scan, or of another program, lies where a result is to go.

    ``reason``: a sentence that says what, without what is to be done about it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} It is not replaced. Choose another name.")
        self.reason = reason


def check_replaceable(path: Path, source: str | None) -> Job[None]:
    """Raise WouldReplace unless the image ``path`` and the JSON beside it may be replaced.

    They may where neither is there, and where both are as srviewer wrote them from the same
    source: ``source`` is its identity as in ``ScanSource.sha256``, None for one that is unknown.
    """
    beside = sidecar(path)
    if not os.path.lexists(path) and not os.path.lexists(beside):
        return
    for link in (path, beside):
        if link.is_symlink() and not link.exists():
            raise _refused(link, "is a link to a file that is not there now")
    there = path if path.exists() else beside
    try:
        document = own_document(path)
    except UserError as error:
        raise _refused(there, "was not written by srviewer, or is damaged") from error
    known = made_from(document)
    if known is None:
        raise _refused(there, "does not say by content which scan it was made from")
    if known != source:
        names = source_names(document)
        named = f"{names}, " if names else ""
        whose = f"another scan ({named}SHA-256 {known[:8]}\u2026)"
        raise _refused(there, f"was made from {whose}")
    neighbour = _stated_image(path, document)
    if neighbour is not None:
        raise _refused(beside, f"belongs to '{neighbour.name}'")
    if path.exists() and not (yield from is_as_written(path, document)):
        if (yield from restored_pair(path)):
            yield from check_replaceable(path, source)
            return
        raise _refused(there, "is not the image that the JSON beside it describes")


def restored_pair(path: Path) -> Job[bool]:
    """Mend an image and a JSON of which a killed program had replaced only one; whether it could.

    What it left under temporary names belongs to the one or the other: the newer JSON to the image
    that is there, or the older image to the JSON that is there.
    """
    if (yield from restored_document(path)):
        return True
    beside = sidecar(path)
    for left in leftovers(path):
        if (yield from belong_together(left, beside)):
            return _renamed(left, path)
    return False


def restored_document(path: Path) -> Job[bool]:
    """Put in its place the JSON that a killed program had for the image ``path``; whether it did.

    The image itself stays as it is.
    """
    for left in leftovers(sidecar(path)):
        if (yield from belong_together(path, left)):
            return _renamed(left, sidecar(path))
    return False


def _renamed(left: Path, target: Path) -> bool:
    try:
        left.replace(target)
    except OSError:  # another program mended it meanwhile, or nothing may be written here
        return False
    return True


def belong_together(image: Path, beside: Path) -> Job[bool]:
    """Whether the JSON ``beside`` describes the voxels of ``image``."""
    try:
        document = document_in(beside)
    except UserError:
        return False
    return (yield from is_as_written(image, document))


def _stated_image(path: Path, document: Mapping[str, Any]) -> Path | None:
    """Another image that the JSON is about, as "a.nii" beside "a.nii.gz"; None for none."""
    file = document.get("file")
    name = file.get("name") if isinstance(file, dict) else None
    if not isinstance(name, str) or name in ("", path.name) or Path(name).name != name:
        return None
    other = path.with_name(name)
    return other if sidecar(other) == sidecar(path) and other.is_file() else None


def is_as_written(path: Path, document: Mapping[str, Any]) -> Job[bool]:
    """Whether the image ``path`` holds the voxels that the JSON beside it describes."""
    stated = stated_checksum(document)
    try:
        checksum = yield from voxels_crc32(path)
    except (*UNREADABLE, UserError):
        return False
    return stated is not None and checksum is not None and f"{checksum:08x}" == stated[1]


def _refused(path: Path, reason: str) -> WouldReplace:
    return WouldReplace(f"'{path}' is there already and {reason}.")
