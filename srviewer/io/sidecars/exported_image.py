"""Images that srviewer wrote: what the JSON beside them knows, and NIfTI does not."""

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
    """The JSON beside ``image``; UserError when it is missing, damaged, or not srviewer's.

    Its "provenance" is a mapping; nothing else is certain.
    """
    try:
        return document_in(sidecar(image))
    except UserError as error:
        raise UserError(
            f"'{sidecar(image).name}', which says how '{image.name}' was made, is missing or "
            "damaged, so it cannot be judged. Open the image itself, or rebuild the scan."
        ) from error


def document_in(path: Path) -> Mapping[str, Any]:
    """The JSON in the file ``path``, as ``own_document``."""
    try:
        document = read_document(path, strict=False)  # each value is judged where it is used
        if document["software"]["name"] == "srviewer" and isinstance(document["provenance"], dict):
            return dict(document)
        reason: Exception | None = None
    except (OSError, ValueError, LookupError, TypeError) as error:
        reason = error
    raise UserError(f"'{path.name}' is missing, damaged, or not of srviewer.") from reason


def made_from(document: Mapping[str, Any]) -> str | None:
    """The identity of what an image was made from, as ``ScanSource.sha256``.

    None where the document does not say, as those of version 0.1.0.
    """
    stated = document["provenance"].get("source_sha256")
    return stated if isinstance(stated, str) and re.fullmatch("[0-9a-f]{64}", stated) else None


def source_names(document: Mapping[str, Any]) -> str:
    """The names of the files that an image was made from, for people; "" where unknown."""
    stated = document["provenance"].get("sources")
    names = [Path(str(name)).name for name in stated] if isinstance(stated, list) else []
    return ", ".join(f"'{name}'" for name in names[:2]) + (", ..." if names[2:] else "")


def stated_source(document: Mapping[str, Any]) -> ScanSource | None:
    """What the image was made from, as far as its document says; paths are names alone."""
    known, provenance = made_from(document), document["provenance"]
    names, digests = provenance.get("sources"), provenance.get("sources_sha256")
    if known is None or not (isinstance(names, list) and isinstance(digests, list)):
        return None
    files = (SourceFile(Path(str(n)), str(d)) for n, d in zip(names, digests, strict=False))
    return ScanSource(tuple(files), known, Path())


def stated_checksum(document: Mapping[str, Any]) -> tuple[str, str] | None:
    """The data type in the file and the CRC-32 of its voxels, in hex; None where not stated."""
    file = document.get("file")
    if not isinstance(file, dict):
        return None
    data_type, checksum = file.get("data_type"), file.get("voxels_crc32")
    known = isinstance(data_type, str) and DATA_TYPE.fullmatch(data_type)
    return (str(data_type), checksum) if known and isinstance(checksum, str) else None


def described(volume: Volume, document: Mapping[str, Any]) -> Volume:
    """``volume`` with the name, modality, unit and history that its document gives."""

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
