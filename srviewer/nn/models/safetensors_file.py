"""Arrays and a header as a safetensors file, written whole or not at all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from srviewer.atomic import write_atomically
from srviewer.documents import check_ordinary
from srviewer.errors import UserError

Arrays = dict[str, np.ndarray]
MAX_BYTES = 2**31  # far above any network of ours: a larger file is something else
MAX_HEADER = 16 * 2**20  # bytes
MOST_ARRAYS, MOST_AXES = 50_000, 8

# What reading a file that is none of ours may raise.
UNREADABLE = (SafetensorError, ValueError, LookupError, TypeError, OverflowError, MemoryError)


@dataclass(frozen=True)
class ArrayKind:
    """``data_type``: as safetensors names it, such as "F32"."""

    data_type: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Outline:
    """What a file says of itself: its arrays by name, and the texts of its header."""

    arrays: Mapping[str, ArrayKind]
    header: Mapping[str, str]


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray], header: dict[str, str]) -> None:
    """Write as ``srviewer.atomic.write_atomically`` does; UserError when that fails."""
    ordered = {name: np.asarray(array, order="C") for name, array in arrays.items()}

    def verify(place: Path) -> None:
        saved, written = _arrays_and_header(place)
        if written != header or any(not _same(saved[name], ordered[name]) for name in ordered):
            raise UserError(f"What was written to {path} does not read back; is the disk full?")

    # Not by save_file, whose files their owner alone may read.
    content = save(ordered, metadata=header)
    write_atomically(path, lambda place: _write(place, content), verify)


def _write(place: Path, content: bytes) -> None:
    place.write_bytes(content)


def read_arrays(path: Path, most_bytes: int = MAX_BYTES) -> Arrays:
    """The arrays; OSError or one of UNREADABLE when the file is missing, damaged or too large."""
    with _opened(path, most_bytes) as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def read_outline(path: Path, most_bytes: int = MAX_BYTES) -> Outline:
    """What the header says, without reading an array; errors as in read_arrays.

    No array is empty, and their bytes are as many as their types and shapes say.
    """
    with _opened(path, most_bytes) as file:
        names = file.keys()
        if len(names) > MOST_ARRAYS:
            raise ValueError(f"it has more than {MOST_ARRAYS:,} arrays")
        arrays = {name: _kind(file.get_slice(name)) for name in names}
        header = file.metadata() or {}
    for name, kind in arrays.items():
        if len(kind.shape) > MOST_AXES or 0 in kind.shape:
            raise ValueError(f"its array '{name[:80]}' has a shape that no network has")
    return Outline(arrays, header)


def check_finite(arrays: Mapping[str, np.ndarray]) -> None:
    """ValueError for NaN, infinity, or a negative variance, with which nothing can be computed."""
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ValueError(f"its array '{name[:80]}' holds values that are no numbers")
        if name.endswith("running_var") and (array < 0).any():
            raise ValueError(f"its array '{name[:80]}' holds variances below 0")


@contextmanager
def _opened(path: Path, most_bytes: int) -> Iterator[Any]:
    check_ordinary(path, most_bytes)
    with path.open("rb") as file:
        if int.from_bytes(file.read(8), "little") > MAX_HEADER:
            raise ValueError("it does not begin like one")
    with safe_open(path, framework="numpy") as opened:
        yield opened


def _kind(part: Any) -> ArrayKind:
    return ArrayKind(str(part.get_dtype()), tuple(part.get_shape()))


def _arrays_and_header(path: Path) -> tuple[Arrays, dict[str, str]]:
    with safe_open(path, framework="numpy") as file:
        names = file.keys()
        return {name: file.get_tensor(name) for name in names}, file.metadata() or {}


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.tobytes() == other.tobytes()
