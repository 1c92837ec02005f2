"""Model files that a stranger might give, each wrong in another way."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from srviewer.nn.models.model_file import load_model
from srviewer.paths import resource

Weights = dict[str, np.ndarray]
Header = dict[str, Any]


def model_bytes(change: Callable[[Header, Weights], None]) -> bytes:
    """The shipped model ``fast`` after ``change`` of its header's documents and its weights."""
    header, weights = fast()
    change(header, weights)
    return packed(header, weights)


def fast() -> tuple[Header, Weights]:
    """Header, with its documents as values, and weights."""
    model = load_model(resource("models") / "fast.safetensors")
    header: Header = {
        "format": "srviewer-model-1",
        "name": model.name,
        "network": model.spec.id,
        "plan": model.plan.to_json(),
        "scores": list(model.scores),
        "licences": model.licences,
        "texture_of": model.texture_of,
    }
    return header, dict(model.weights)


def packed(header: Header, weights: Mapping[str, np.ndarray]) -> bytes:
    """A safetensors file; what is no text in ``header`` is written as JSON."""
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in header.items()}
    return save(dict(weights), metadata=texts)


def _plan(**changes: Any) -> Callable[[Header, Weights], None]:
    return lambda header, weights: header["plan"].update(changes)


def _header(**changes: Any) -> Callable[[Header, Weights], None]:
    return lambda header, weights: header.update(changes)


def _weight(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Header, Weights], None]:
    def changed(header: Header, weights: Weights) -> None:
        weights["head.weight"] = change(weights["head.weight"])

    return changed


def _with(value: float) -> Callable[[np.ndarray], np.ndarray]:
    def changed(weight: np.ndarray) -> np.ndarray:
        weight = weight.copy()
        weight.flat[0] = value
        return weight

    return changed


DEEP = "[" * 100_000 + "]" * 100_000
# (change of the shipped model, a word of the reason)
CHANGES: Mapping[str, tuple[Callable[[Header, Weights], None], str]] = {
    "a number for the plan": (_header(plan="5"), "JSON object"),
    "a list for the plan": (_header(plan="[]"), "JSON object"),
    "a plan nested deeply": (_header(plan=DEEP), "nested too deeply"),
    "an empty plan": (_header(plan=""), "empty"),
    "a wide plan": (_plan(width=2000), "2000 channels"),
    "the widest plan": (_plan(width=20000), "width is at most"),
    "a plan of many blocks": (_plan(blocks=10**9), "blocks is at most"),
    "a huge number": (_header(plan='{"preset": "fast", "width": 1%s}' % ("0" * 400)), "digits"),
    "a number beyond floats": (_header(plan='{"preset": "fast", "ema": 1e400}'), "finite"),
    "no number": (_header(plan='{"preset": "fast", "ema": NaN}'), "finite"),
    "half a character": (_header(plan='{"preset": "\\ud800"}'), "half a character"),
    "text for a number": (_plan(width="32"), "width"),
    "a list for an object": (_plan(data=[]), "data"),
    "no preset": (lambda header, weights: header["plan"].pop("preset"), "preset"),
    "the plan of another network": (_header(network="vdsr"), "another network"),
    "no network": (_header(network="alexnet"), "alexnet"),
    "a number for the scores": (_header(scores="3"), "scores"),
    "numbers as scores": (_header(scores="[1, 2]"), "scores"),
    "texts as scores": (_header(scores='[{"factor": 2, "psnr": "high"}]'), "scores"),
    "a list for the licences": (_header(licences="[1]"), "licences"),
    "numbers as licences": (_header(licences='{"a": 1}'), "licences"),
    "a name with control characters": (_header(name="a\x1b[2Jb"), "name"),
    "whole numbers": (_weight(lambda w: w.astype(np.int32)), "I32"),
    "half precision": (_weight(lambda w: w.astype(np.float16)), "F16"),
    "NaN": (_weight(_with(np.nan)), "no numbers"),
    "infinity": (_weight(_with(np.inf)), "no numbers"),
    "an empty array": (_weight(lambda w: w[:0]), "shape"),
    "another shape": (_weight(lambda w: w[:, :2]), "5 inputs to 32 channels"),
}


def write_bad_models(folder: Path) -> list[Path]:
    """One file for each of CHANGES, and some that are no models at all."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {f"{n}": model_bytes(change) for n, (change, _) in enumerate(CHANGES.values())}
    contents |= {"empty": b"", "pickle": b"\x80\x04K\x01.", "text": "\ufeff{}".encode("utf-16")}
    for name, content in contents.items():
        (folder / f"{name}.safetensors").write_bytes(content)
    (folder / "folder.safetensors").mkdir()
    (folder / "gone.safetensors").symlink_to(folder / "nothing")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.safetensors")
    return sorted(folder.iterdir())
