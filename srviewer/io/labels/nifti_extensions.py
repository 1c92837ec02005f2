"""Label names in the header extensions of a NIfTI file: Connectome Workbench and AFNI."""

import re
import struct
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from srviewer.core.regions.label_colours import Colour
from srviewer.core.regions.labels import LabelName
from srviewer.io.files.gzip_streams import UNPACKING_ERRORS
from srviewer.io.files.streams import beginning

AFNI, CARET = 4, 30  # codes of extensions
MOST_BYTES = 2**22  # of header and extensions
MOST_NAMES = 20_000
LONGEST = 2000  # characters of a name or of attributes: what has no end takes no time to leave out
LABEL = re.compile(
    rf"<Label\b([^<>]{{0,{LONGEST}}})>"
    rf"(?:\s{{0,99}}<!\[CDATA\[(.{{0,{LONGEST}}}?)\]\]>\s{{0,99}}|([^<]{{0,{LONGEST}}}))</Label>",
    re.DOTALL,
)
ATTRIBUTE = re.compile(r'(\w+)\s*=\s*"([^"]*)"')
PAIR = re.compile(r'"(\d{1,10})"\s+"([^"]{0,200})"')


def names_in_nifti(path: Path) -> tuple[LabelName, ...]:
    """Read the label names in the header extensions of a NIfTI file.

    Args:
        path: A file of any kind.

    Returns:
        The names; empty for other files, and where no extension names labels.
    """
    try:
        header = beginning(path, 544)
        layout = _layout(header)
        if layout is None:
            return ()
        order, start, voxels = layout
        content = beginning(path, max(start, min(voxels, MOST_BYTES)))
    except (OSError, ValueError, OverflowError, struct.error, *UNPACKING_ERRORS):
        return ()
    names: list[LabelName] = []
    for code, text in _extensions(content, order, start):
        names += _of_caret(text) if code == CARET else _of_afni(text) if code == AFNI else ()
    return tuple(names[:MOST_NAMES])


def _layout(header: bytes) -> tuple[str, int, int] | None:
    """Byte order, start of the extensions, start of the voxels; None for no single-file NIfTI."""
    if len(header) < 352:
        return None
    for order in "<>":
        (size,) = struct.unpack_from(f"{order}i", header)
        if size == 348 and header[344:347] == b"n+1":
            return order, 352, int(struct.unpack_from(f"{order}f", header, 108)[0])
        if size == 540 and header[4:7] == b"n+2" and len(header) >= 544:
            return order, 544, int(struct.unpack_from(f"{order}q", header, 168)[0])
    return None


def _extensions(content: bytes, order: str, start: int) -> Iterator[tuple[int, str]]:
    """Code and text of each extension."""
    if len(content) < start or not content[start - 4]:
        return
    while start + 8 <= len(content):
        size, code = struct.unpack_from(f"{order}2i", content, start)
        if size < 8 or start + size > len(content):
            return
        body = content[start + 8 : start + size]
        yield code, body.rstrip(b"\0").decode("utf-8", "replace")
        start += size


def _of_caret(text: str) -> list[LabelName]:
    names = []
    for match in LABEL.finditer(text):
        values = dict(ATTRIBUTE.findall(match[1]))
        name = match[2] if match[2] is not None else unescape(match[3])
        key = values.get("Key", "")
        if key.isascii() and key.isdigit() and 0 < len(key) <= 10 and int(key) and name.strip():
            names.append(LabelName(int(key), name.strip(), _colour(values)))
    return names


def _colour(values: dict[str, str]) -> Colour | None:
    """RGB from shares of 1."""
    try:
        shares = [float(values[channel]) for channel in ("Red", "Green", "Blue")]
    except (LookupError, ValueError):
        return None
    if not all(0 <= share <= 1 for share in shares):
        return None
    red, green, blue = (round(255 * share) for share in shares)
    return red, green, blue


def _of_afni(text: str) -> list[LabelName]:
    """The pairs of VALUE_LABEL_DTABLE, whose quotes are escaped once."""
    _, table, rest = text.partition("VALUE_LABEL_DTABLE")
    if not table:
        return []
    pairs = PAIR.findall(unescape(rest.partition("</AFNI_atr>")[0]))
    return [LabelName(int(n), name.strip()) for n, name in pairs if int(n) and name.strip()]
