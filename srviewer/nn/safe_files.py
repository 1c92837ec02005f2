"""Arrays and a header as a safetensors file, written whole or not at all."""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

from srviewer.errors import UserError

Arrays = dict[str, np.ndarray]


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray], header: dict[str, str]) -> None:
    """Write through a temporary name, read back, then replace; UserError when that fails."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    ordered = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not by save_file, whose files their owner alone may read.
        with temporary.open("wb") as file:
            file.write(save(ordered, metadata=header))
            file.flush()
            os.fsync(file.fileno())
        saved, told = read_arrays(temporary)
        if told != header or any(not _same(saved[name], ordered[name]) for name in ordered):
            raise UserError(f"What was written to {path} does not read back; is the disk full?")
        temporary.replace(path)
    except OSError as error:
        raise UserError(f"{path} could not be written: {error.strerror or error}.") from error
    finally:
        temporary.unlink(missing_ok=True)


def read_arrays(path: Path) -> tuple[Arrays, dict[str, str]]:
    """The arrays and the header; OSError or SafetensorError when the file is missing or damaged."""
    with safe_open(path, framework="numpy") as file:
        names = file.keys()
        return {name: file.get_tensor(name) for name in names}, file.metadata() or {}


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.tobytes() == other.tobytes()
