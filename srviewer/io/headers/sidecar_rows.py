"""The JSON file beside an image as rows of a header."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from srviewer.documents import read_document
from srviewer.io.header_rows import LONGEST, HeaderRow
from srviewer.io.sidecars.provenance import sidecar

MOST_BYTES = 4 << 20
MOST_ROWS = 5_000


def sidecar_rows(image: Path) -> tuple[HeaderRow, ...]:
    """Read the JSON file beside an image.

    Args:
        image: The path of the image.

    Returns:
        A row for each value, with the path to it as key ("provenance.model"); none where there is
        no such file, or where it is no JSON object.
    """
    path = sidecar(image)
    try:
        document = read_document(path, MOST_BYTES, strict=False)
    except (OSError, ValueError):
        return ()
    if not isinstance(document, dict):
        return ()
    rows = (HeaderRow(key, path.name, text, "", "sidecar") for key, text in _values(document, ""))
    return tuple(islice(rows, MOST_ROWS))


def _values(value: Any, key: str) -> Iterator[tuple[str, str]]:
    """(path, text) of each value; a list of plain values is one of them."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _values(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for number, inner in enumerate(value, 1):
            yield from _values(inner, f"{key} {number}")
    else:
        yield key, ", ".join(map(_text, value)) if isinstance(value, list) else _text(value)


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "", True: "true", False: "false"}[value]
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\u2026"
