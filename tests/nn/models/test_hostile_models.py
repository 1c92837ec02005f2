"""Model files and checkpoints with values of the wrong kinds: one plain message each."""

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from bad_models import CHANGES, fast, model_bytes, packed, write_bad_models
from srviewer.errors import UserError
from srviewer.job import run
from srviewer.nn.catalogue import NETWORKS, NetworkSpec, TrainingPlan
from srviewer.nn.devices.processes import ALONE
from srviewer.nn.inference.infer import Upsampler, built_network
from srviewer.nn.models.building import check_fit, kinds_of, outlined
from srviewer.nn.models.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from srviewer.nn.models.feature_network import WIDTHS, FeatureNetwork, feature_network
from srviewer.nn.models.model_file import load_model
from srviewer.nn.models.safetensors_file import write_arrays
from srviewer.nn.training.learner import Learner

SMALL = TrainingPlan("fast", width=7, blocks=2, inner=2, factors=(2, 3), factor_shares=(0.5, 0.5))


@pytest.mark.parametrize("kind", CHANGES)
def test_each_wrong_kind_is_one_message_that_names_the_file(kind: str, tmp_path: Path) -> None:
    change, reason = CHANGES[kind]
    path = tmp_path / "theirs.safetensors"
    path.write_bytes(model_bytes(change))
    with pytest.raises(UserError, match=reason) as said:
        load_model(path)
    assert str(path) in str(said.value) and "\n" not in str(said.value)
    assert len(str(said.value)) < len(str(path)) + 300


def test_what_is_no_file_is_answered_at_once(tmp_path: Path) -> None:
    paths = write_bad_models(tmp_path)
    started = time.process_time()
    for path in paths:
        with pytest.raises(UserError, match=path.name):
            load_model(path)
    assert time.process_time() - started < 5
    assert {"folder.safetensors", "gone.safetensors"} <= {path.name for path in paths}


def test_the_shipped_model_passes_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "same.safetensors"
    path.write_bytes(packed(*fast()))
    check_fit(load_model(path))


@pytest.mark.parametrize("layout", ["axis", "image"])
@pytest.mark.parametrize("spec", NETWORKS, ids=lambda spec: spec.id)
def test_a_network_without_values_has_the_shapes_of_a_real_one(
    spec: NetworkSpec, layout: str
) -> None:
    """And the first layer from which a file is judged without torch; nothing is drawn for it."""
    plan = replace(SMALL, network=spec.id).in_layout(layout)
    state = torch.get_rng_state()
    kinds = kinds_of(outlined(lambda: spec.build(plan.shape)))
    assert torch.equal(torch.get_rng_state(), state)
    assert kinds == kinds_of(spec.build(plan.shape))
    inputs = plan.channels if layout == "image" else 2 * plan.neighbours + 1
    assert (plan.width, inputs) in {kind.shape[:2] for kind in kinds.values()}


def test_nothing_is_drawn_for_an_outline() -> None:
    """Torch would load hundreds of modules to draw values that are not there."""

    def build() -> torch.nn.Module:
        network = torch.nn.Linear(2, 2, device="cpu")
        torch.nn.init.zeros_(network.weight)
        torch.nn.init.kaiming_normal_(network.weight)
        return network

    network = outlined(build)
    assert torch.equal(network.get_parameter("weight"), torch.zeros(2, 2))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the largest memory")
def test_a_network_wider_than_its_file_takes_no_memory(tmp_path: Path) -> None:
    def widen(header: dict[str, object], weights: dict[str, np.ndarray]) -> None:
        plan = header["plan"]
        assert isinstance(plan, dict)
        plan["width"] = 4096
        weights["head.weight"] = np.zeros((4096, 5, 1, 1), np.float32)

    path = tmp_path / "wide.safetensors"
    path.write_bytes(model_bytes(widen))
    model = load_model(path)
    before = _largest_memory()
    with pytest.raises(UserError, match=r"wide\.safetensors\) do not fit its network"):
        built_network(model)
    assert _largest_memory() - before < 200_000_000  # the network would have 11 GB


def _largest_memory() -> int:
    """Bytes."""
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_weights_that_overflow_are_not_blamed_on_the_scan(tmp_path: Path) -> None:
    def enlarge(header: dict[str, object], weights: dict[str, np.ndarray]) -> None:
        for name in weights:
            weights[name] = np.full_like(weights[name], 3e37)

    path = tmp_path / "large.safetensors"
    path.write_bytes(model_bytes(enlarge))
    slices = np.ones((2, 4, 4), np.float32)
    with pytest.raises(UserError, match=r"large\.safetensors\) makes values that are no numbers"):
        run(Upsampler(load_model(path), "cpu").upsample(slices, 2, 1.0))


def learner() -> Learner:
    return Learner(SMALL, torch.device("cpu"), ALONE)


def test_a_whole_checkpoint_is_of_its_run(tmp_path: Path) -> None:
    path, made = tmp_path / "a.checkpoint", learner()
    save_checkpoint(Checkpoint(SMALL, 3, 1.5, made.arrays()), path)
    found = load_checkpoint(path, lambda plan, outline: made.check(outline))
    assert (found.plan, found.step, found.seconds) == (SMALL, 3, 1.5)


@pytest.mark.parametrize(
    ("step", "seconds", "name", "array"),
    [
        (-1, 1.5, "", None),
        (3, float("nan"), "", None),
        (3, float("inf"), "", None),
        (10**30, 1.5, "", None),
        (3, 1.5, "network/head.weight", np.zeros((7, 5, 9, 9), np.float32)),
        (3, 1.5, "network/head.weight", np.zeros((7, 5, 3, 3), np.int32)),
        (3, 1.5, "network/head.weight", np.full((7, 5, 3, 3), np.nan, np.float32)),
        (3, 1.5, "optimiser/0/exp_avg", np.zeros(4, np.float32)),
        (3, 1.5, "optimiser/first", np.zeros(4, np.float32)),
        (3, 1.5, "other", np.zeros(4, np.float32)),
    ],
)
def test_a_checkpoint_of_other_values_is_refused(
    step: int, seconds: float, name: str, array: np.ndarray | None, tmp_path: Path
) -> None:
    path, made = tmp_path / "a.checkpoint", learner()
    arrays = made.arrays() | ({} if array is None else {name: array})
    save_checkpoint(Checkpoint(SMALL, step, seconds, arrays), path)
    with pytest.raises(UserError, match=r"a\.checkpoint is damaged or no checkpoint"):
        load_checkpoint(path, lambda plan, outline: made.check(outline))


def test_features_that_are_none_are_refused_before_memory_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "f.safetensors"
    arrays = {name: w.numpy() for name, w in FeatureNetwork(WIDTHS).state_dict().items()}
    for change in (
        {"levels.0.first.weight": np.zeros((200_000, 1, 3, 3), np.float32)},
        {"levels.0.first.bias": np.full(16, np.inf, np.float32)},
        {"scale": np.zeros((), np.int32)},
    ):
        write_arrays(path, {**arrays, **change}, {"format": "srviewer-features-1"})
        with pytest.raises(UserError, match=r"f\.safetensors holds neither"):
            feature_network(str(path))
    write_arrays(path, arrays, {"format": "srviewer-features-1"})
    assert isinstance(feature_network(str(path)), FeatureNetwork)


@pytest.mark.parametrize("part", ["network", "discriminator"])
def test_a_network_too_large_for_a_file_is_not_begun(part: str) -> None:
    large = TrainingPlan.from_json({"preset": "fast", "width": 4096, "blocks": 300})
    if part == "discriminator":
        game = replace(SMALL.adversarial, objective="relativistic", width=4096)
        losses = replace(SMALL.losses, adversarial=0.1)
        large = replace(SMALL, adversarial=game, losses=losses)
    with pytest.raises(UserError, match=rf"The {part} of this training plan has .* GB of weights"):
        Learner(large, torch.device("cpu"), ALONE)
