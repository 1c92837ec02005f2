"""The header extensions of a single-file NIfTI image, read and written."""

import struct
from collections.abc import Sequence
from pathlib import Path

from srviewer.core.volumes.volume import Extension
from srviewer.io.files.gzip_streams import UNPACKING_ERRORS
from srviewer.io.files.streams import beginning

MOST_BYTES = 2**22  # of header and extensions
BLOCK = 16  # bytes, of which an extension has a whole number
DICOM, AFNI, CIFTI = 2, 4, 32
# Results do not repeat these: a DICOM header may name the patient, and the other two describe the
# grid of the file that they were written in.
LEFT_OUT = (DICOM, AFNI, CIFTI)


def extensions_of(path: Path) -> tuple[Extension, ...]:
    """Read the header extensions of a NIfTI file.

    Args:
        path: A file of any kind, packed or not.

    Returns:
        Code and content of each extension; empty for other files, and where they take more than
        ``MOST_BYTES``.
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
    found: list[Extension] = []
    if len(content) < start or not content[start - 4]:
        return ()
    while start + 8 <= len(content):
        size, code = struct.unpack_from(f"{order}2i", content, start)
        if size < 8 or start + size > len(content):
            break
        found.append((code, content[start + 8 : start + size]))
        start += size
    return tuple(found)


def kept_extensions(path: Path) -> tuple[Extension, ...]:
    """Read the header extensions that the results of a scan repeat.

    Args:
        path: The file of the scan.

    Returns:
        Those whose codes are not among ``LEFT_OUT``.
    """
    return tuple(entry for entry in extensions_of(path) if entry[0] not in LEFT_OUT)


def extension_bytes(extensions: Sequence[Extension]) -> bytes:
    """The bytes between a NIfTI header and its voxels.

    Args:
        extensions: Code and content of each.

    Returns:
        Four bytes that say whether there are extensions, then these.
    """
    content = bytes([bool(extensions), 0, 0, 0])
    for code, body in extensions:
        size = -(-(8 + len(body)) // BLOCK) * BLOCK
        content += struct.pack("<2i", size, code) + body.ljust(size - 8, b"\0")
    return content


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
