"""Model files: what is saved comes back, what is foreign is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from srviewer.errors import UserError
from srviewer.nn.infer import built_network, weights_of
from srviewer.nn.model_file import Model, load_model, save_model
from srviewer.nn.specs import NETWORKS, PRESETS, NetworkSpec, TrainingPlan

SMALL = TrainingPlan("fast", width=4, blocks=1, factors=(2, 3), factor_shares=(0.5, 0.5))


def untrained(spec: NetworkSpec) -> Model:
    torch.manual_seed(0)
    plan = replace(SMALL, network=spec.id, train=("a", "b"), validation=("c",))
    weights = dict(weights_of(spec.build(plan)))
    scores = ({"file": "c", "axis": "i", "factor": 2, "psnr": 30.0},)
    return Model("small", spec, weights, plan, scores, {"a": "CC0", "b": "MIT"})


@pytest.mark.parametrize("spec", NETWORKS, ids=lambda spec: spec.id)
def test_every_network_saves_and_loads_exactly(spec: NetworkSpec, tmp_path: Path) -> None:
    model = untrained(spec)
    path = tmp_path / "small.safetensors"
    save_model(model, path)
    back = load_model(path)
    assert (back.name, back.spec, back.plan) == (model.name, model.spec, model.plan)
    assert back.scores == model.scores and back.licences == model.licences
    assert len(back.sha256) == 64 and back.parameters == model.parameters
    slices = torch.rand(2, 5, 6, 8)
    with torch.no_grad():
        before, after = (built_network(m)(slices, 3) for m in (model, back))
    assert torch.equal(before, after)
    assert list(tmp_path.iterdir()) == [path]  # no temporary file is left


def test_a_model_in_use_survives_a_failed_save(tmp_path: Path) -> None:
    path = tmp_path / "small.safetensors"
    model = untrained(NETWORKS[0])
    save_model(model, path)
    before = path.read_bytes()
    broken = replace(model, weights={"head.weight": np.array([object()])})
    with pytest.raises(Exception):  # noqa: B017  (whatever safetensors says)
        save_model(broken, path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "damaged"), (b"\x80\x04K\x01.", "damaged"), (b"\xff" * 64, "damaged")],
    ids=["empty", "pickle", "noise"],
)
def test_a_damaged_file_is_refused(content: bytes, word: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.safetensors"
    path.write_bytes(content)
    with pytest.raises(UserError, match=word):
        load_model(path)


def test_a_foreign_safetensors_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "foreign.safetensors"
    save_file({"w": np.zeros(3, np.float32)}, path)
    with pytest.raises(UserError, match="not a model file"):
        load_model(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"gone\.safetensors cannot be read"):
        load_model(tmp_path / "gone.safetensors")


def test_weights_of_another_shape_are_refused() -> None:
    model = untrained(NETWORKS[0])
    with pytest.raises(UserError, match="do not fit"):
        built_network(replace(model, plan=replace(model.plan, width=5)))


@pytest.mark.parametrize("row", PRESETS, ids=lambda row: row.name)
def test_every_plan_survives_json(row: object) -> None:
    plan = replace(row.plan, minutes=3.0, train=("a",))  # type: ignore[attr-defined]
    assert TrainingPlan.from_json(plan.to_json()) == plan


@pytest.mark.parametrize(
    "change",
    [
        {"factors": (1, 2, 3, 4, 5, 6)},
        {"factors": (2, 2, 3, 4, 5, 6)},
        {"network": "none"},
        {"batch": 0},
        {"learning_rate": 0.0},
        {"train": ("a",), "validation": ("a",)},
    ],
    ids=lambda change: "+".join(change),
)
def test_a_plan_that_cannot_be_run_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(UserError, match="cannot be run"):
        replace(PRESETS[0].plan, **change)  # type: ignore[arg-type]


def test_a_plan_with_unknown_fields_is_refused() -> None:
    with pytest.raises(UserError, match="unknown fields: colour"):
        TrainingPlan.from_json({"preset": "fast", "colour": 3})
