"""Arrays and a header as a safetensors file, written whole or not at all."""

import errno
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

from srviewer.atomic import write_atomically
from srviewer.errors import UserError
from srviewer.ordinary import is_ordinary

Arrays = dict[str, np.ndarray]


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray], header: dict[str, str]) -> None:
    """Write as ``srviewer.atomic.write_atomically`` does; UserError when that fails."""
    ordered = {name: np.asarray(array, order="C") for name, array in arrays.items()}

    def verify(place: Path) -> None:
        saved, told = read_arrays(place)
        if told != header or any(not _same(saved[name], ordered[name]) for name in ordered):
            raise UserError(f"What was written to {path} does not read back; is the disk full?")

    # Not by save_file, whose files their owner alone may read.
    content = save(ordered, metadata=header)
    write_atomically(path, lambda place: _write(place, content), verify)


def _write(place: Path, content: bytes) -> None:
    place.write_bytes(content)


def read_arrays(path: Path) -> tuple[Arrays, dict[str, str]]:
    """The arrays and the header; OSError or SafetensorError when the file is missing or damaged."""
    _check(path)
    with safe_open(path, framework="numpy") as file:
        names = file.keys()
        return {name: file.get_tensor(name) for name in names}, file.metadata() or {}


def read_header(path: Path) -> dict[str, str]:
    """The header alone; OSError or SafetensorError as in read_arrays."""
    _check(path)
    with safe_open(path, framework="numpy") as file:
        return file.metadata() or {}


def _check(path: Path) -> None:
    if path.exists() and not is_ordinary(path):  # it would be waited for
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.tobytes() == other.tobytes()
