"""Model files: safetensors with the weights, and plan and scores as JSON. Never pickle."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from srviewer.errors import Unreadable, UserError
from srviewer.nn.models.model_header import (
    ModelHeader,
    check_kinds,
    model_header,
    parameters_of,
    refused,
)
from srviewer.nn.models.safetensors_file import (
    MAX_BYTES,
    UNREADABLE,
    check_finite,
    read_arrays,
    read_outline,
    write_arrays,
)
from srviewer.nn.networks.generator_table import NetworkSpec
from srviewer.nn.plans.plan import TrainingPlan

FORMAT = "srviewer-model-1"


@dataclass(frozen=True, eq=False)
class Model:
    """A trained network with its plan and scores.

    Inputs are divided by the scan's own intensity range, so a model fits any intensity unit.

    Attributes:
        name: The name, which users see and choose by.
        spec: Its network, a row of NETWORKS.
        weights: Parameters and stored buffers by name; float32, counters int64.
        plan: The plan that it was trained with.
        scores: One row for each (file, axis, factor) of the validation set, with the scores of
            cubic.
        licences: The licence of each training volume.
        sha256: The digest of the file, "" before it is saved.
        texture_of: The name of the fidelity model whose texture model this is, "" for none.
        path: The file that it was read from, None for none.
    """

    name: str
    spec: NetworkSpec
    weights: dict[str, np.ndarray]
    plan: TrainingPlan
    scores: tuple[dict[str, Any], ...] = ()
    licences: dict[str, str] = field(default_factory=dict)
    sha256: str = ""
    texture_of: str = ""
    path: Path | None = None

    @property
    def title(self) -> str:
        """The name for messages, with the file where it was read from one."""
        return f"'{self.name}'" if self.path is None else f"'{self.name}' ({self.path})"

    @property
    def factors(self) -> tuple[int, ...]:
        """The through-plane factors that the network can do in one pass."""
        return self.plan.factors

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each array of weights, by its name."""
        return {name: weight.shape for name, weight in self.weights.items()}

    @property
    def parameters(self) -> int:
        """The number of trained values, without the statistics of batch normalisation."""
        return parameters_of(self.shapes)


def save_model(model: Model, path: Path) -> None:
    """Write a model file whole or not at all, verified before it replaces another.

    Args:
        model: The model.
        path: The file.

    Raises:
        UserError: It cannot be written, or does not read back.
    """
    header = {
        "format": FORMAT,
        "name": model.name,
        "network": model.spec.id,
        "plan": model.plan.dumps(),
        "scores": json.dumps(model.scores),
        "licences": json.dumps(model.licences),
        "texture_of": model.texture_of,
    }
    write_arrays(path, model.weights, header)


def texture_partner(path: Path) -> str:
    """Read ``texture_of`` from the header of a model file.

    Args:
        path: The file.

    Returns:
        The name of its fidelity model; "" where there is none, or the file cannot be read.
    """
    try:
        return read_outline(path).header.get("texture_of", "")
    except (OSError, *UNREADABLE):  # loading it says what is wrong
        return ""


def load_header(path: Path) -> ModelHeader:
    """Read the header of a model file, without its weights.

    Args:
        path: The file.

    Returns:
        The header; whether the values of the weights are numbers is not checked.

    Raises:
        Unreadable: The file is missing, too large, foreign or damaged.
    """
    with _reading(path):
        stat = path.stat()
        return _known_header(path, (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino))


def load_model(path: Path) -> Model:
    """Read a model file.

    The weights are read once its header is known to be that of a network of their size.

    Args:
        path: The file.

    Returns:
        The model; whether its weights fit its network is checked when that is built.

    Raises:
        Unreadable: The file is missing, too large, foreign or damaged.
    """
    with _reading(path):
        header = _header(path)
        weights = read_arrays(path)
        check_finite(weights)
        return Model(
            name=header.name,
            spec=header.spec,
            weights=weights,
            plan=header.plan,
            scores=header.scores,
            licences=header.licences,
            texture_of=header.texture_of,
            sha256=_sha256(path),
            path=path,
        )


def _header(path: Path) -> ModelHeader:
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(f"{path} is too large for a model file of srviewer.")
    outline = read_outline(path)
    if outline.header.get("format") != FORMAT:
        raise Unreadable(f"{path} is not a model file of this version of srviewer.")
    header = model_header(outline)
    check_kinds(outline, header.plan)
    return header


@lru_cache(maxsize=64)  # each scan that is opened asks for several of them
def _known_header(path: Path, stamp: tuple[int, ...]) -> ModelHeader:
    """The header of a file as it is at this stamp."""
    return _header(path)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Errors name the file."""
    try:
        yield
    except OSError as error:
        raise Unreadable(f"The model {path} cannot be read: {error.strerror or error}.") from error
    except UNREADABLE as error:
        raise refused(str(path), error) from error
    except Unreadable:
        raise
    except UserError as error:  # the error of a plan does not name the file
        raise refused(str(path), error) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
