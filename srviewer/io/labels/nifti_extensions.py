"""Label names in the header extensions of a NIfTI file: Connectome Workbench and AFNI."""

import re
from collections.abc import Sequence
from html import escape, unescape
from pathlib import Path

from srviewer.core.regions.label_colours import Colour
from srviewer.core.regions.labels import LabelName
from srviewer.core.volumes.volume import Extension
from srviewer.io.nifti.extensions import AFNI, extensions_of

CARET = 30  # the code of an extension
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
    names: list[LabelName] = []
    for code, content in extensions_of(path):
        text = content.rstrip(b"\0").decode("utf-8", "replace")
        names += _of_caret(text) if code == CARET else _of_afni(text) if code == AFNI else ()
    return tuple(names[:MOST_NAMES])


def with_label_names(
    extensions: Sequence[Extension], names: Sequence[LabelName]
) -> tuple[Extension, ...]:
    """Put label names into the header extensions of a NIfTI image, as Connectome Workbench does.

    Args:
        extensions: Those that the image has; other names of labels in them are left out.
        names: Label, name and colour of each; "" is no name.

    Returns:
        The extensions to write.
    """
    kept = tuple(entry for entry in extensions if entry[0] not in (CARET, AFNI))
    rows = "".join(_caret_label(name) for name in names if name.name.strip())
    if not rows:
        return kept
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><CaretExtension><VolumeInformation Index="0">'
        f"<LabelTable>{rows}</LabelTable><VolumeType>Label</VolumeType></VolumeInformation>"
        "</CaretExtension>"
    )
    return (*kept, (CARET, text.encode()))


def _caret_label(name: LabelName) -> str:
    shares = (f"{channel / 255:.6f}" for channel in name.colour or (0, 0, 0))
    red, green, blue = shares
    colour = f'Red="{red}" Green="{green}" Blue="{blue}" Alpha="1"'
    return f'<Label Key="{name.value}" {colour}>{escape(name.name)}</Label>'


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
