"""Siemens' private "CSA" header: a table of named values inside one DICOM element.

The layout is Siemens' own and undocumented; nibabel's and SPM's descriptions of it are followed.
"""

import struct
from collections.abc import Iterator

CSA2_START = b"SV10"
MOST_TAGS = 1000
MOST_ITEMS = 1000


def csa_numbers(content: bytes, wanted: tuple[str, ...]) -> dict[str, tuple[float, ...]]:
    """Read the numbers of a CSA header by their names.

    Args:
        content: The value of the private element, (0029,1010) or (0029,1020).
        wanted: The names to look for, such as "SliceNormalVector".

    Returns:
        The numbers by name, without names that are absent or hold text; empty for a damaged header.
    """
    try:
        return {name: numbers for name, numbers in _tags(content) if numbers and name in wanted}
    except (struct.error, ValueError):
        return {}


def _tags(content: bytes) -> Iterator[tuple[str, tuple[float, ...]]]:
    newer = content[:4] == CSA2_START
    position = 8 if newer else 0
    count, _ = struct.unpack_from("<2I", content, position)
    position += 8
    first_items = 0
    for number in range(_at_most(count, MOST_TAGS)):
        name, _, _, _, items, _ = struct.unpack_from("<64si4s3i", content, position)
        position += 84
        first_items = items if number == 0 else first_items
        values = []
        for _ in range(_at_most(items, MOST_ITEMS)):
            lengths = struct.unpack_from("<4i", content, position)
            position += 16
            length = lengths[1] if newer else lengths[0] - first_items
            if not 0 <= length <= len(content) - position:
                raise ValueError("an item reaches beyond its header")
            values.append(content[position : position + length])
            position += (length + 3) // 4 * 4
        yield name.split(b"\0")[0].decode("latin-1"), _numbers(values)


def _at_most(count: int, most: int) -> int:
    if not 0 <= count <= most:
        raise ValueError(f"{count} entries")
    return count


def _numbers(values: list[bytes]) -> tuple[float, ...]:
    words = [value.split(b"\0")[0].strip() for value in values]
    try:
        return tuple(float(word) for word in words if word)
    except ValueError:  # a name or a date
        return ()
