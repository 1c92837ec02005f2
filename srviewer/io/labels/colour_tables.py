"""Tables of label names: ITK-SNAP descriptions, FreeSurfer tables, BIDS TSV, JSON."""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from srviewer.core.regions.label_colours import Colour
from srviewer.core.regions.labels import LabelName
from srviewer.documents import check_ordinary, read_document
from srviewer.errors import UserError

MOST_BYTES = 2**21  # FreeSurfer's largest table has a tenth of it
MOST_NAMES = 20_000
MOST_VALUE = 2**31
# "1  255 0 0  1 1 1  "name"", as ITK-SNAP writes it.
ITK_SNAP = re.compile(r'\s*(\d{1,10})((?:\s+\d{1,3}){3})\s+[\d.]+\s+\d\s+\d\s+"([^"]*)"\s*')
# "17 Left-Hippocampus 220 216 20 0", as in FreeSurferColorLUT.txt.
FREESURFER = re.compile(r"\s*(\d{1,10})\s+(\S+)((?:\s+\d{1,3}){3})(?:\s+\d+)?\s*")
HEX = re.compile(r"#?([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
KINDS = "an ITK-SNAP label description, a FreeSurfer table, a BIDS dseg.tsv or a JSON object"


def read_label_table(path: Path) -> tuple[LabelName, ...]:
    """Read a table of label names.

    Args:
        path: An ITK-SNAP description or a FreeSurfer table, a BIDS table (.tsv), or JSON (.json).

    Returns:
        At least one name.

    Raises:
        UserError: The file cannot be read, or holds no label.
    """
    try:
        names = list_names(path)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise UserError(
            f"'{path.name}' cannot be read as a table of labels: {reason}. Give {KINDS}."
        ) from error
    if not names:
        raise UserError(f"'{path.name}' names no label. Give {KINDS}.")
    return names


def list_names(path: Path) -> tuple[LabelName, ...]:
    """Read a table of label names, if it is one.

    Args:
        path: As in ``read_label_table``.

    Returns:
        The names; empty for a file of another kind.

    Raises:
        OSError: The file cannot be read, or is too large.
        ValueError: It is no JSON although its name says so.
    """
    suffix = path.suffix.lower()
    if suffix == ".json":
        found = _in_json(read_document(path, MOST_BYTES, strict=False))
    else:
        check_ordinary(path, MOST_BYTES)
        text = _text(path.read_bytes())
        parse: Callable[[list[str]], Iterator[LabelName]] = _in_tsv if suffix == ".tsv" else _lines
        found = parse(text.splitlines())
    return tuple(name for name, _ in zip(found, range(MOST_NAMES), strict=False))


def _text(content: bytes) -> str:
    """Text in UTF-8, in UTF-16 with a byte order mark (Excel), or else in Windows' Latin."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _lines(lines: list[str]) -> Iterator[LabelName]:
    for line in lines:
        if match := ITK_SNAP.fullmatch(line):
            yield from _checked(match[1], match[3], _numbers(match[2]))
        elif match := FREESURFER.fullmatch(line):
            yield from _checked(match[1], match[2], _numbers(match[3]))


def _in_tsv(lines: list[str]) -> Iterator[LabelName]:
    """The columns index (or mapping), name and color of a BIDS table."""
    heads = [head.strip().lower() for head in lines[0].split("\t")] if lines else []
    columns = {head: number for number, head in reversed(list(enumerate(heads)))}
    if "index" not in columns or "name" not in columns:
        return
    for line in lines[1:]:
        cells = line.split("\t")
        row = {head: cells[number] for head, number in columns.items() if number < len(cells)}
        colour = HEX.fullmatch(row.get("color", "").strip())
        rgb = None if colour is None else _colour([int(part, 16) for part in colour.groups()])
        yield from _checked(row.get("index", ""), row.get("name", ""), rgb)


def _in_json(document: Any) -> Iterator[LabelName]:
    """The object "labels" (or "Labels", "LabelMap"), from numbers to names or the other way."""
    if not isinstance(document, dict):
        return
    for key in ("labels", "Labels", "LabelMap"):
        table = document.get(key)
        for first, second in table.items() if isinstance(table, dict) else ():
            if isinstance(second, str) and first.isascii() and first.isdigit():
                yield from _checked(first, second, None)
            elif type(second) is int:
                yield from _checked(str(second), first, None)


def _checked(value: str, name: str, colour: Colour | None) -> Iterator[LabelName]:
    """The name of a label above 0; nothing for the background and for an empty name."""
    digits, name = value.strip(), name.strip()
    if digits.isascii() and digits.isdigit() and len(digits) <= 10 and name:
        number = int(digits)
        if 0 < number < MOST_VALUE:
            yield LabelName(number, name, colour)


def _numbers(text: str) -> Colour | None:
    return _colour([int(word) for word in text.split()])


def _colour(numbers: list[int]) -> Colour | None:
    red, green, blue = numbers
    return (red, green, blue) if max(numbers) <= 255 else None
