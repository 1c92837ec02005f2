"""Model files: what is saved comes back, what is foreign is refused."""

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from srviewer.errors import UserError
from srviewer.nn.catalogue import NETWORKS, NetworkSpec, TrainingPlan
from srviewer.nn.inference.infer import built_network, weights_of
from srviewer.nn.models.model_file import MAX_BYTES, Model, load_model, save_model

SMALL = TrainingPlan("fast", width=4, blocks=1, inner=2, factors=(2, 3), factor_shares=(0.5, 0.5))


def untrained(spec: NetworkSpec) -> Model:
    torch.manual_seed(0)
    plan = replace(SMALL, network=spec.id, train=("a", "b"), validation=("c",))
    weights = dict(weights_of(spec.build(plan.shape)))
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
        before, after = (built_network(m).eval()(slices, 3) for m in (model, back))
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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows would fill the disk")
def test_a_file_too_large_for_a_model_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.safetensors"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)  # a hole: it takes no room
    started = time.process_time()
    with pytest.raises(UserError, match=r"huge\.safetensors is too large for a model file"):
        load_model(path)
    assert time.process_time() - started < 1


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"gone\.safetensors cannot be read"):
        load_model(tmp_path / "gone.safetensors")


def test_weights_of_another_shape_are_refused() -> None:
    model = untrained(NETWORKS[0])
    with pytest.raises(UserError, match="do not fit"):
        built_network(replace(model, plan=replace(model.plan, width=5)))


def test_running_statistics_are_kept_and_not_counted() -> None:
    model = untrained(next(spec for spec in NETWORKS if spec.id == "srresnet"))
    assert "trunk.body.0.branch.1.running_mean" in model.weights
    network = model.spec.build(model.plan.shape)
    assert model.parameters == sum(p.numel() for p in network.parameters())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_others_may_read_a_model_as_they_may_any_file(tmp_path: Path) -> None:
    save_model(untrained(NETWORKS[0]), tmp_path / "small.safetensors")
    (tmp_path / "other").touch()
    modes = {path.stat().st_mode for path in tmp_path.iterdir()}
    assert len(modes) == 1
