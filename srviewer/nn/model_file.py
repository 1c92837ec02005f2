"""A trained network as a file: safetensors with the plan and scores as JSON. Never pickle."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from srviewer.atomic import write_atomically
from srviewer.errors import UserError
from srviewer.nn.specs import NetworkSpec, TrainingPlan, network_spec

FORMAT = "srviewer-model-1"
MAX_BYTES = 2**31  # far above any network of ours: a larger file is something else


@dataclass(frozen=True, eq=False)
class Model:
    """A trained network.

    ``weights``: parameter name -> float32 array. ``plan``: how it was trained. ``scores``: one row
    per (file, axis, factor) of what it was measured on, beside cubic. ``licences``: training
    volume -> licence. ``sha256``: of the file, "" before it is saved.
    Inputs are divided by the scan's own intensity range, so a model fits any intensity unit.
    """

    name: str
    spec: NetworkSpec
    weights: dict[str, np.ndarray]
    plan: TrainingPlan
    scores: tuple[dict[str, Any], ...] = ()
    licences: dict[str, str] = field(default_factory=dict)
    sha256: str = ""

    @property
    def factors(self) -> tuple[int, ...]:
        """The through-plane factors that it can do in one pass."""
        return self.plan.factors

    @property
    def parameters(self) -> int:
        """How many trained numbers it has."""
        return sum(weight.size for weight in self.weights.values())


def save_model(model: Model, path: Path) -> None:
    """Write ``model`` to ``path`` through a temporary name, verified before it replaces."""
    header = {
        "format": FORMAT,
        "name": model.name,
        "network": model.spec.id,
        "plan": model.plan.dumps(),
        "scores": json.dumps(model.scores),
        "licences": json.dumps(model.licences),
    }
    weights = {name: np.ascontiguousarray(array) for name, array in model.weights.items()}

    def verify(written: Path) -> None:
        saved = load_model(written).weights
        if any(not np.array_equal(saved[name], array) for name, array in weights.items()):
            raise UserError(f"The model written to {path} does not read back; is the disk full?")

    write_atomically(path, lambda place: save_file(weights, place, metadata=header), verify)


def load_model(path: Path) -> Model:
    """Read a model file; UserError when it is missing, too large, foreign or damaged."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(f"{path} is too large for a model file of srviewer.")
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            if header.get("format") != FORMAT:
                raise UserError(f"{path} is not a model file of this version of srviewer.")
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return Model(
            name=header["name"],
            spec=network_spec(header["network"]),
            weights=weights,
            plan=TrainingPlan.from_json(json.loads(header["plan"])),
            scores=tuple(json.loads(header["scores"])),
            licences=json.loads(header["licences"]),
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        )
    except OSError as error:
        raise UserError(f"The model {path} cannot be read: {error.strerror or error}.") from error
    except (SafetensorError, KeyError, ValueError) as error:
        raise UserError(f"The model {path} is damaged or no model file: {error}.") from error
