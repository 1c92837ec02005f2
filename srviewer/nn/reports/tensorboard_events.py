"""TensorBoard event files, written without TensorBoard: scalars in framed protocol buffers."""

import struct
import time
from pathlib import Path

from srviewer.unwritable import make_folder, writing

POLYNOMIAL = 0x82F63B78  # of CRC-32C (Castagnoli), reflected


class EventFile:
    """Scalars of one run, appended to one file in ``folder``; TensorBoard shows the folder."""

    def __init__(self, folder: Path) -> None:
        make_folder(folder)
        self._path = folder / f"events.out.tfevents.{time.time_ns()}.srviewer"
        self._append(_double(1, time.time()) + _bytes(3, b"brain.Event:2"))

    def add(self, step: int, scalars: dict[str, float]) -> None:
        """Append the scalars of one step.

        Args:
            step: The number of the step.
            scalars: The values by name.
        """
        values = b"".join(
            _bytes(1, _bytes(1, name.encode()) + _float(2, value))
            for name, value in scalars.items()
        )
        self._append(_double(1, time.time()) + _whole(2, step) + _bytes(5, values))

    def _append(self, event: bytes) -> None:
        length = struct.pack("<Q", len(event))
        with writing(self._path), self._path.open("ab") as file:
            file.write(length + _checksum(length) + event + _checksum(event))


# The wire format of protocol buffers: a key (field number and wire type), then the value.
def _double(field: int, value: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", value)


def _float(field: int, value: float) -> bytes:
    return _varint(field << 3 | 5) + struct.pack("<f", value)


def _whole(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def _checksum(content: bytes) -> bytes:
    """CRC-32C, masked as TFRecord wants it."""
    crc = crc32c(content)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def crc32c(content: bytes) -> int:
    """The CRC-32C of RFC 3720.

    Args:
        content: Any bytes.

    Returns:
        32 bits.
    """
    crc = 0xFFFFFFFF
    for byte in content:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def _table_entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (POLYNOMIAL if byte & 1 else 0)
    return byte


_TABLE = tuple(map(_table_entry, range(256)))
