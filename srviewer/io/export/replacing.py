"""Checks that a result replaces no file of another scan or program."""

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
    """The error of a result whose path has a file of another scan, or of another program.

    Attributes:
        reason: A sentence that names the file and its state, without advice.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} It is not replaced. Choose another name.")
        self.reason = reason


def check_replaceable(path: Path, source: str | None) -> Job[None]:
    """Check that an image and its sidecar may be replaced.

    They may where neither exists, and where both are as srviewer wrote them from the same source. A
    pair that a killed program left half replaced is mended first.

    Args:
        path: The path of the image.
        source: The digest of the source, as ``ScanSource.sha256``; None for an unknown one.

    Raises:
        WouldReplace: They may not be replaced.
    """
    sidecar_path = sidecar(path)
    if not os.path.lexists(path) and not os.path.lexists(sidecar_path):
        return
    for link in (path, sidecar_path):
        if link.is_symlink() and not link.exists():
            raise _refused(link, "is a link to a file that is not there now")
    existing = path if path.exists() else sidecar_path
    try:
        document = own_document(path)
    except UserError as error:
        raise _refused(existing, "was not written by srviewer, or is damaged") from error
    stated_digest = made_from(document)
    if stated_digest is None:
        raise _refused(existing, "does not say by content which scan it was made from")
    if stated_digest != source:
        names = source_names(document)
        named = f"{names}, " if names else ""
        whose = f"another scan ({named}SHA-256 {stated_digest[:8]}\u2026)"
        raise _refused(existing, f"was made from {whose}")
    neighbour = _stated_image(path, document)
    if neighbour is not None:
        raise _refused(sidecar_path, f"belongs to '{neighbour.name}'")
    if path.exists() and not (yield from is_as_written(path, document)):
        if (yield from restored_pair(path)):
            yield from check_replaceable(path, source)
            return
        raise _refused(existing, "is not the image that the JSON beside it describes")


def restored_pair(path: Path) -> Job[bool]:
    """Mend an image and a sidecar of which a killed program replaced only one.

    Its temporary files belong to one of the two: the newer sidecar to the existing image, or the
    older image to the existing sidecar.

    Args:
        path: The path of the image.

    Returns:
        Whether image and sidecar belong together now.
    """
    if (yield from restored_document(path)):
        return True
    sidecar_path = sidecar(path)
    for leftover in leftovers(path):
        if (yield from belong_together(leftover, sidecar_path)):
            return _renamed(leftover, path)
    return False


def restored_document(path: Path) -> Job[bool]:
    """Give the sidecar of a killed program its name; the image stays as it is.

    Args:
        path: The path of the image.

    Returns:
        Whether there was a sidecar that describes the image.
    """
    for leftover in leftovers(sidecar(path)):
        if (yield from belong_together(path, leftover)):
            return _renamed(leftover, sidecar(path))
    return False


def _renamed(leftover: Path, target: Path) -> bool:
    try:
        leftover.replace(target)
    except OSError:  # another program mended it meanwhile, or nothing may be written here
        return False
    return True


def belong_together(image: Path, sidecar_path: Path) -> Job[bool]:
    """Whether a sidecar describes the voxels of an image.

    Args:
        image: The path of the image.
        sidecar_path: The path of the sidecar.

    Returns:
        False also where either cannot be read.
    """
    try:
        document = document_in(sidecar_path)
    except UserError:
        return False
    return (yield from is_as_written(image, document))


def _stated_image(path: Path, document: Mapping[str, Any]) -> Path | None:
    """Another image that the sidecar describes, as "a.nii" beside "a.nii.gz"; None for none."""
    file = document.get("file")
    name = file.get("name") if isinstance(file, dict) else None
    if not isinstance(name, str) or name in ("", path.name) or Path(name).name != name:
        return None
    other = path.with_name(name)
    return other if sidecar(other) == sidecar(path) and other.is_file() else None


def is_as_written(path: Path, document: Mapping[str, Any]) -> Job[bool]:
    """Whether an image holds the voxels that its sidecar describes.

    Args:
        path: The path of the image.
        document: The content of the sidecar.

    Returns:
        False also for an image that cannot be read.
    """
    stated = stated_checksum(document)
    try:
        checksum = yield from voxels_crc32(path)
    except (*UNREADABLE, UserError):
        return False
    return stated is not None and checksum is not None and f"{checksum:08x}" == stated[1]


def _refused(path: Path, reason: str) -> WouldReplace:
    return WouldReplace(f"'{path}' is there already and {reason}.")
