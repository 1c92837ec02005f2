"""Values that vendors keep in private elements of a DICOM header, by the standard's keywords."""

import struct

from pydicom.dataset import Dataset
from pydicom.tag import Tag

from srviewer.io.dicom.elements.ge import GE_ELEMENTS, ge_component

# (element, private creator): of block 10, where each vendor's scanners write them. From the
# vendors' conformance statements: Siemens, GE, Philips, UIH; Canon and Hitachi keep the standard's.
PRIVATE = {
    "DiffusionBValue": (
        (0x0019100C, "SIEMENS MR HEADER"),
        (0x00431039, "GEMS_PARM_01"),
        (0x20011003, "Philips Imaging DD 001"),
        (0x00651009, "Image Private Header"),
    ),
    "DiffusionGradientOrientation": (
        (0x0019100E, "SIEMENS MR HEADER"),
        (0x001910BB, "GEMS_ACQU_01"),
        (0x001910BC, "GEMS_ACQU_01"),
        (0x001910BD, "GEMS_ACQU_01"),
        (0x200510B0, "Philips MR Imaging DD 001"),
        (0x200510B1, "Philips MR Imaging DD 001"),
        (0x200510B2, "Philips MR Imaging DD 001"),
        (0x00651037, "Image Private Header"),
    ),
}
# The number of slices that one image holds as tiles.
SIEMENS_TILES, UIH_TILES = 0x0019100A, 0x00651050
PHILIPS_SCALE = 0x2005100E
ELEMENTS = (
    *(element for rows in PRIVATE.values() for element, _ in rows),
    *(element for element, _ in GE_ELEMENTS),
    SIEMENS_TILES,
    UIH_TILES,
    PHILIPS_SCALE,
)
PRIVATE_TAGS = sorted({*ELEMENTS, *(element >> 16 << 16 | 0x10 for element in ELEMENTS)})
_TAGS = {
    keyword: tuple((Tag(element), element, creator) for element, creator in rows)
    for keyword, rows in PRIVATE.items()
}
# GE adds 10^9 to the b-values of some of its sequences.
GE_B_VALUE_MODULUS = 100_000


def private_text(dataset: Dataset, keyword: str) -> str:
    """Read the value of a standard keyword from the private elements of its vendor.

    Args:
        dataset: The header or the item of a sequence.
        keyword: The standard's keyword, such as "DiffusionBValue".

    Returns:
        The value as text, several numbers joined by a backslash; "" where no vendor's element holds
        it.
    """
    if keyword == "ComplexImageComponent":
        return ge_component(dataset)
    values = []
    for tag, element, creator in _TAGS.get(keyword, ()):
        if tag in dataset and creator_of(dataset, element) == creator:
            values.append(private_number(dataset, element))
    if not values or keyword != "DiffusionBValue":
        return "\\".join(values)
    return _without_offset(values[0])


def creator_of(dataset: Dataset, element: int) -> str:
    """Read the private creator of an element of block 10.

    Args:
        dataset: The header.
        element: The element's tag, group << 16 | element.

    Returns:
        The creator's name; "" where none is stated.
    """
    item = dataset.get_item((element >> 16, 0x10))
    content = "" if item is None else item.value
    stated = content.decode("ascii", "replace") if isinstance(content, bytes) else str(content)
    return stated.strip(" \0")


def private_number(dataset: Dataset, element: int) -> str:
    """Read the value of a private element of unknown VR as text.

    Args:
        dataset: The header.
        element: The element's tag, group << 16 | element.

    Returns:
        Numbers as text, joined by a backslash, where the bytes are text or 1 or 3 floats; else the
        bytes in hex. "" where the element is absent.
    """
    item = dataset.get_item((element >> 16, element & 0xFFFF))
    content = None if item is None else item.value
    if not isinstance(content, bytes):
        return "" if content is None else str(content)
    written = content.strip(b" \0").decode("ascii", "replace")
    if item is not None and item.VR not in ("FL", "FD") and _are_numbers(written):
        return written
    for size, code in ((8, "d"), (4, "f")):
        if len(content) % size == 0 and len(content) // size in (1, 3):
            values = struct.unpack(f"<{len(content) // size}{code}", content)
            return "\\".join(f"{value:.6g}" for value in values)
    return content.hex()


def _are_numbers(text: str) -> bool:
    try:
        return all(abs(float(word)) < float("inf") for word in text.split("\\"))
    except ValueError:
        return False


def _without_offset(value: str) -> str:
    first = value.split("\\")[0]
    return str(int(first) % GE_B_VALUE_MODULUS) if first.isdigit() else first
