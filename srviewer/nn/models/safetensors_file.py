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

# Raised by safetensors and numpy for files that others wrote or that are damaged.
UNREADABLE = (SafetensorError, ValueError, LookupError, TypeError, OverflowError, MemoryError)


@dataclass(frozen=True)
class ArrayKind:
    """Type and shape of an array.

    Attributes:
        data_type: The name that safetensors has for it, such as "F32".
        shape: Its lengths.
    """

    data_type: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Outline:
    """The header of a safetensors file.

    Attributes:
        arrays: Type and shape of each array, by name.
        header: The texts of its metadata, untrusted.
    """

    arrays: Mapping[str, ArrayKind]
    header: Mapping[str, str]


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray], header: dict[str, str]) -> None:
    """Write a file whole or not at all, verified before it replaces another.

    Args:
        path: The file.
        arrays: The arrays by name.
        header: The texts of its metadata.

    Raises:
        UserError: It cannot be written, or does not read back.
    """
    ordered = {name: np.asarray(array, order="C") for name, array in arrays.items()}

    def verify(temporary_path: Path) -> None:
        saved, written = _arrays_and_header(temporary_path)
        if written != header or any(not _same(saved[name], ordered[name]) for name in ordered):
            raise UserError(f"What was written to {path} does not read back; is the disk full?")

    # Not by save_file, whose files their owner alone may read.
    content = save(ordered, metadata=header)
    write_atomically(path, lambda temporary_path: _write(temporary_path, content), verify)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def read_arrays(path: Path, most_bytes: int = MAX_BYTES) -> Arrays:
    """Read all arrays of a file.

    Args:
        path: The file.
        most_bytes: A larger file is refused.

    Returns:
        The arrays by name.

    Raises:
        OSError: The file is missing, too large or cannot be read. A damaged one raises an error of
            UNREADABLE.
    """
    with _opened(path, most_bytes) as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def read_outline(path: Path, most_bytes: int = MAX_BYTES) -> Outline:
    """Read the header of a file without an array.

    Args:
        path: The file.
        most_bytes: A larger file is refused.

    Returns:
        The header. No array is empty, and their bytes are as many as their types and shapes say.

    Raises:
        OSError: As in ``read_arrays``.
        ValueError: There are too many arrays, or one has a shape that no network has.
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
    """Check that arrays are numbers to compute with.

    Args:
        arrays: The arrays by name.

    Raises:
        ValueError: One holds NaN or infinity, or is a variance below 0.
    """
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


def _kind(array: Any) -> ArrayKind:
    return ArrayKind(str(array.get_dtype()), tuple(array.get_shape()))


def _arrays_and_header(path: Path) -> tuple[Arrays, dict[str, str]]:
    with safe_open(path, framework="numpy") as file:
        names = file.keys()
        return {name: file.get_tensor(name) for name in names}, file.metadata() or {}


def _same(first: np.ndarray, second: np.ndarray) -> bool:
    return first.tobytes() == second.tobytes()
