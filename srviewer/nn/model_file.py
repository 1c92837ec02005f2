"""A trained network as a file: safetensors with the plan and scores as JSON. Never pickle."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError

from srviewer.errors import UserError
from srviewer.nn.networks import NetworkSpec, network_spec
from srviewer.nn.plan import TrainingPlan
from srviewer.nn.safe_files import read_arrays, read_header, write_arrays

FORMAT = "srviewer-model-1"
STATISTICS = ("running_mean", "running_var", "num_batches_tracked")  # of batch normalisation
MAX_BYTES = 2**31  # far above any network of ours: a larger file is something else


@dataclass(frozen=True, eq=False)
class Model:
    """A trained network.

    ``weights``: parameter name -> float32 array. ``plan``: how it was trained. ``scores``: one row
    per (file, axis, factor) of what it was measured on, beside cubic. ``licences``: training
    volume -> licence. ``sha256``: of the file, "" before it is saved.
    ``texture_of``: the name of the model that this one is the sharper pair of, "" for none.
    Inputs are divided by the scan's own intensity range, so a model fits any intensity unit.
    """

    name: str
    spec: NetworkSpec
    weights: dict[str, np.ndarray]
    plan: TrainingPlan
    scores: tuple[dict[str, Any], ...] = ()
    licences: dict[str, str] = field(default_factory=dict)
    sha256: str = ""
    texture_of: str = ""

    @property
    def factors(self) -> tuple[int, ...]:
        """The through-plane factors that it can do in one pass."""
        return self.plan.factors

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each array of weights, by its name."""
        return {name: weight.shape for name, weight in self.weights.items()}

    @property
    def parameters(self) -> int:
        """How many trained numbers it has."""
        return sum(
            weight.size for name, weight in self.weights.items() if not name.endswith(STATISTICS)
        )


def save_model(model: Model, path: Path) -> None:
    """Write ``model`` to ``path`` through a temporary name, verified before it replaces."""
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
    """The ``texture_of`` of a model file, from its header alone; "" where it cannot be read."""
    try:
        return read_header(path).get("texture_of", "")
    except (OSError, SafetensorError):  # what is wrong is said when it is loaded
        return ""


def load_model(path: Path) -> Model:
    """Read a model file; UserError when it is missing, too large, foreign or damaged."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(f"{path} is too large for a model file of srviewer.")
        weights, header = read_arrays(path)
        if header.get("format") != FORMAT:
            raise UserError(f"{path} is not a model file of this version of srviewer.")
        return Model(
            name=header["name"],
            spec=network_spec(header["network"]),
            weights=weights,
            plan=TrainingPlan.from_json(json.loads(header["plan"])),
            scores=tuple(json.loads(header["scores"])),
            licences=json.loads(header["licences"]),
            texture_of=header.get("texture_of", ""),
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        )
    except OSError as error:
        raise UserError(f"The model {path} cannot be read: {error.strerror or error}.") from error
    except (SafetensorError, LookupError, ValueError, TypeError, RecursionError) as error:
        raise UserError(f"The model {path} is damaged or no model file: {error}.") from error
