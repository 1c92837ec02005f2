"""Images that srviewer wrote: what the JSON beside them knows, and NIfTI does not."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.io.provenance import sidecar

LARGEST = 16 * 2**20  # bytes


def own_document(image: Path) -> Mapping[str, Any]:
    """The JSON beside ``image``; UserError when it is missing, damaged, or not srviewer's.

    Its "provenance" is a mapping; nothing else is certain.
    """
    path = sidecar(image)
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(LARGEST).decode("utf-8"))
        if document["software"]["name"] == "srviewer" and isinstance(document["provenance"], dict):
            return dict(document)
        reason: Exception | None = None
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        reason = error
    raise UserError(
        f"'{path.name}', which says how '{image.name}' was made, is missing or damaged, so it "
        "cannot be judged. Open the image itself, or rebuild the scan."
    ) from reason


def described(volume: Volume, document: Mapping[str, Any]) -> Volume:
    """``volume`` with the name, modality, unit and history that its document gives."""

    def text(key: str, otherwise: str) -> str:
        value = document.get(key)
        return value if isinstance(value, str) else otherwise

    history = document.get("history")
    return replace(
        volume,
        name=text("name", volume.name),
        modality=text("modality", volume.modality),
        unit=text("unit", volume.unit),
        history=tuple(map(str, history)) if isinstance(history, list) else volume.history,
    )
