"""The fields of an NRRD header as text, and the size, type and packing of its voxels."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import cast

import numpy as np

from srviewer.io.files.packing import PackedAs, Packing
from srviewer.io.text_headers.text_header import data_file, dimensions, refused, sizes

MAGIC = b"NRRD000"
TYPES = {
    **dict.fromkeys(("signed char", "int8", "int8_t"), "i1"),
    **dict.fromkeys(("uchar", "unsigned char", "uint8", "uint8_t"), "u1"),
    **dict.fromkeys(
        ("short", "short int", "signed short", "signed short int", "int16", "int16_t"), "i2"
    ),
    **dict.fromkeys(("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"), "u2"),
    **dict.fromkeys(("int", "signed int", "int32", "int32_t"), "i4"),
    **dict.fromkeys(("uint", "unsigned int", "uint32", "uint32_t"), "u4"),
    **dict.fromkeys(
        (
            "longlong",
            "long long",
            "long long int",
            "signed long long",
            "signed long long int",
            "int64",
            "int64_t",
        ),
        "i8",
    ),
    **dict.fromkeys(
        (
            "ulonglong",
            "unsigned long long",
            "unsigned long long int",
            "uint64",
            "uint64_t",
        ),
        "u8",
    ),
    "float": "f4",
    "double": "f8",
}
PACKINGS = {"raw": "plain", "gzip": "gzip", "gz": "gzip", "bzip2": "bzip2", "bz2": "bzip2"}
ORDERS = {"little": "<", "big": ">"}


@dataclass(frozen=True)
class NrrdFields:
    """The text of an NRRD header.

    Attributes:
        path: The file.
        fields: Values by the names of their fields, in lower case and without spaces.
        pairs: Further values by their keys.
        end: The byte behind the empty line that ends the header; None without such a line.
    """

    path: Path
    fields: Mapping[str, str]
    pairs: Mapping[str, str]
    end: int | None

    def needed(self, field: str) -> str:
        """The value of a field that every header must have.

        Args:
            field: The name of the field.

        Returns:
            Its text.

        Raises:
            UserError: The header lacks it.
        """
        value = self.fields.get(field.replace(" ", ""))
        if value is None:
            raise refused(self.path, f"its header lacks the field '{field}'")
        return value


def nrrd_fields(path: Path, content: bytes) -> NrrdFields:
    """Parse the text of an NRRD header.

    Args:
        path: The file, for messages.
        content: The first bytes of the file.

    Returns:
        The fields.

    Raises:
        UserError: It is no NRRD header, does not end, or gives a field twice.
    """
    if content[:7] != MAGIC or not b"1" <= content[7:8] <= b"5":
        raise refused(path, "it is empty, damaged, or no NRRD image")
    fields: dict[str, str] = {}
    pairs: dict[str, str] = {}
    position = content.find(b"\n") + 1
    if not position:
        raise refused(path, "its header ends after the first line")
    while position < len(content):
        stop = content.find(b"\n", position)
        line = content[position : len(content) if stop < 0 else stop].rstrip(b"\r")
        position = len(content) if stop < 0 else stop + 1
        if not line:
            return NrrdFields(path, fields, pairs, position)
        if line.startswith(b"#"):
            continue
        text = line.decode("utf-8", "replace")
        colon = text.find(":")
        if text[colon : colon + 2] == ":=" and colon > 0:
            pairs[text[:colon]] = text[colon + 2 :]
            continue
        name = text[: max(colon, 0)].replace(" ", "").lower()
        if text[colon : colon + 2] != ": " or not name or name in fields:
            raise refused(path, "its header has a line that is no field, or gives a field twice")
        fields[name] = text[colon + 2 :].strip()
    return NrrdFields(path, fields, pairs, None)


@dataclass(frozen=True)
class NrrdData:
    """The storage of the voxels of an NRRD image.

    Attributes:
        path: The file that holds them.
        packing: Their packing.
        start: The byte of the first voxel in the unpacked content.
        dtype: The data type.
        sizes: Numbers along each axis, the fastest first.
    """

    path: Path
    packing: Packing
    start: int
    dtype: np.dtype[np.generic]
    sizes: tuple[int, ...]


def nrrd_data(header: NrrdFields) -> NrrdData:
    """Read size, type and place of the voxels.

    Args:
        header: The fields.

    Returns:
        The storage, which is not compared with the size of the file yet.

    Raises:
        UserError: A value is missing, unknown or impossible, or the file of voxels is not there.
    """
    path, fields = header.path, header.fields
    count = dimensions(path, "dimension", header.needed("dimension"))
    shape = sizes(path, "sizes", header.needed("sizes"), count)
    encoding = header.needed("encoding").lower()
    if encoding not in PACKINGS:
        raise refused(
            path,
            f"its voxels are stored as '{encoding}'",
            "srviewer reads the encodings raw, gzip and bzip2. Save it again as one of these.",
        )
    detached = fields.get("datafile")
    if detached is None and header.end is None:
        raise refused(path, "its header does not end, so that it holds no voxels")
    voxels = path if detached is None else data_file(path, detached)
    first = 0 if detached is not None else cast(int, header.end)
    packing = Packing(cast(PackedAs, PACKINGS[encoding]), first)
    dtype = _data_type(header)
    start = _skipped(header, packing)
    if start < 0:  # counted from the end of the file
        start = voxels.stat().st_size - first - prod(shape) * dtype.itemsize
    if start < 0:
        raise refused(path, "its file is shorter than its voxels. It is cut short")
    return NrrdData(voxels, packing, start, dtype, shape)


def _data_type(header: NrrdFields) -> np.dtype[np.generic]:
    name = header.needed("type").lower()
    if name not in TYPES:
        raise refused(header.path, f"its voxels are of the type '{name}', which is no grey value")
    code = TYPES[name]
    order = "|" if code[1] == "1" else ORDERS.get(header.fields.get("endian", "").lower(), "")
    if not order:
        raise refused(
            header.path, "its header does not say in which order the bytes of its voxels are"
        )
    return np.dtype(f"{order}{code}")


def _skipped(header: NrrdFields, packing: Packing) -> int:
    """Bytes before the first voxel; -1 where the voxels end with the file."""
    lines = header.fields.get("lineskip", "0")
    text = header.fields.get("byteskip", "0")
    try:
        count = int(text)
    except ValueError:
        count = -2
    if lines.strip() != "0" or count < -1 or (count < 0 and packing.kind != "plain"):
        raise refused(header.path, "its voxels begin behind lines or bytes that cannot be skipped")
    return count
