"""Images that srviewer wrote: the values of their sidecars that NIfTI cannot hold."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from srviewer.core.volumes.source_files import ScanSource, SourceFile
from srviewer.core.volumes.volume import Volume
from srviewer.documents import is_text, read_document
from srviewer.errors import UserError
from srviewer.io.sidecars.provenance import sidecar

DATA_TYPE = re.compile("(int|uint)(8|16|32|64)|float(16|32|64)|[<>=|]?[iuf][1248]")  # of numpy
LONGEST_TEXT, MOST_STEPS = 10_000, 1000  # characters, entries of a history


def own_document(image: Path) -> Mapping[str, Any]:
    """Read the sidecar of an exported image.

    Args:
        image: The path of the image.

    Returns:
        The sidecar's content. Its "provenance" is a mapping; nothing else is certain.

    Raises:
        UserError: It is missing, damaged, or not srviewer's.
    """
    try:
        return document_in(sidecar(image))
    except UserError as error:
        raise UserError(
            f"'{sidecar(image).name}', which says how '{image.name}' was made, is missing or "
            "damaged, so it cannot be judged. Open the image itself, or reconstruct the scan."
        ) from error


def document_in(path: Path) -> Mapping[str, Any]:
    """Read a sidecar by its own path.

    Args:
        path: The path of the JSON file.

    Returns:
        The content, as ``own_document`` returns it.

    Raises:
        UserError: It is missing, damaged, or not srviewer's.
    """
    try:
        document = read_document(path, strict=False)  # each value is judged where it is used
        if document["software"]["name"] == "srviewer" and isinstance(document["provenance"], dict):
            return dict(document)
        reason: Exception | None = None
    except (OSError, ValueError, LookupError, TypeError) as error:
        reason = error
    raise UserError(f"'{path.name}' is missing, damaged, or not of srviewer.") from reason


def made_from(document: Mapping[str, Any]) -> str | None:
    """The digest of the source of an exported image.

    Args:
        document: The content of its sidecar.

    Returns:
        ``ScanSource.sha256`` of its scan; None where the sidecar has none, as those of version
        0.1.0.
    """
    stated = document["provenance"].get("source_sha256")
    return stated if isinstance(stated, str) and re.fullmatch("[0-9a-f]{64}", stated) else None


def source_names(document: Mapping[str, Any]) -> str:
    """The names of the source files of an exported image, for people.

    Args:
        document: The content of its sidecar.

    Returns:
        At most two names; "" where unknown.
    """
    stated = document["provenance"].get("sources")
    names = [Path(str(name)).name for name in stated] if isinstance(stated, list) else []
    return ", ".join(f"'{name}'" for name in names[:2]) + (", ..." if names[2:] else "")


def stated_source(document: Mapping[str, Any]) -> ScanSource | None:
    """The source of an exported image, as its sidecar states it.

    Args:
        document: The content of its sidecar.

    Returns:
        The source, with names in place of paths; None where the sidecar has no digests.
    """
    digest, provenance = made_from(document), document["provenance"]
    names, digests = provenance.get("sources"), provenance.get("sources_sha256")
    if digest is None or not (isinstance(names, list) and isinstance(digests, list)):
        return None
    files = (SourceFile(Path(str(n)), str(d)) for n, d in zip(names, digests, strict=False))
    return ScanSource(tuple(files), digest, Path())


def stated_checksum(document: Mapping[str, Any]) -> tuple[str, str] | None:
    """The checksum of an exported image, as its sidecar states it.

    Args:
        document: The content of its sidecar.

    Returns:
        Numpy's name of the data type in the file and the CRC-32 of its voxels, in hex; None where
        either is missing.
    """
    file = document.get("file")
    if not isinstance(file, dict):
        return None
    data_type, checksum = file.get("data_type"), file.get("voxels_crc32")
    known = isinstance(data_type, str) and DATA_TYPE.fullmatch(data_type)
    return (str(data_type), checksum) if known and isinstance(checksum, str) else None


def described(volume: Volume, document: Mapping[str, Any]) -> Volume:
    """Give a volume the name, modality, unit and history of its sidecar.

    Args:
        volume: The volume as it was read from NIfTI.
        document: The content of its sidecar.

    Returns:
        The volume with the values that are texts of a plausible length.
    """

    def text(key: str, otherwise: str) -> str:
        value = document.get(key)
        return str(value) if is_text(value, LONGEST_TEXT) else otherwise

    history = document.get("history")
    steps = history[:MOST_STEPS] if isinstance(history, list) else volume.history
    return replace(
        volume,
        name=text("name", "") or volume.name,
        modality=text("modality", volume.modality),
        unit=text("unit", volume.unit),
        history=tuple(str(step) for step in steps if is_text(step, LONGEST_TEXT)),
    )
