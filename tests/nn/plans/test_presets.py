"""Every preset learns, repeats itself, and comes back from its file; none is another's alias."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import torch

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.job import run
from srviewer.nn.catalogue import (
    PRESETS,
    TRAINABLE,
    LossWeights,
    TrainingPlan,
    at_published_size,
    completed_plan,
    network_spec,
    preset,
    training_plan,
)
from srviewer.nn.data.training_data import ImageTrainingData, Material, VolumeTrainingData
from srviewer.nn.data.volume_pairs import PatchSource
from srviewer.nn.devices.processes import ALONE
from srviewer.nn.inference.infer import Upsampler, built_network, weights_of
from srviewer.nn.models.model_file import Model, load_model, save_model
from srviewer.nn.training.learner import Learner
from srviewer.nn.training.loop import TrainingEnvironment, train
from srviewer.nn.training.losses import compared
from srviewer.nn.training.schedule import step_settings

EVERY_PRESET = pytest.mark.parametrize("name", TRAINABLE)
NAMES = [
    "bicubic",
    "srcnn",
    "fsrcnn",
    "vdsr",
    "srresnet",
    "srgan",
    "cgan-srgan",
    "wgan-srgan",
    "esrgan",
    "esrgan-r",
    "esrwgan-r",
    "ours-l1",
    "ours",
    "table1-model1",
    "table1-model2",
    "table1-model3",
    "table1-model4",
    "table1-model5",
    "model-i",
    "model-ii",
    "fast",
    "fast-texture",
    "standard",
    "standard-texture",
    "quality",
    "quality-texture",
]


def tiny(name: str, features: Path, **changes: object) -> TrainingPlan:
    """The preset with a network that a test can train."""
    plan = training_plan(name)
    small = replace(
        plan,
        width=6,
        blocks=3 if plan.network == "vdsr" else 1,
        inner=4 if network_spec(plan.network).published.inner else 0,
        factors=(4,),
        factor_shares=(1.0,),
        rows=6,
        columns=12,
        batch=4,
        warm_up=2,
        learning_rate=5e-3,
        features=str(features),
        adversarial=replace(plan.adversarial, width=3, learning_rate=2e-3),
    )
    return replace(small, **changes)  # type: ignore[arg-type]


def test_every_row_of_the_paper_is_there_once() -> None:
    assert sorted(row.name for row in PRESETS) == sorted(NAMES)
    assert all(row.plan is None or row.plan.preset == row.name for row in PRESETS)


def test_none_is_an_alias_of_another() -> None:
    plans = {row.name: row.plan for row in PRESETS if row.plan}
    large = {name: at_published_size(plan).in_layout("image") for name, plan in plans.items()}
    for table in (plans, large):
        bare = {name: replace(plan, preset="") for name, plan in table.items()}
        assert [(a, b) for a, b in combinations(bare, 2) if bare[a] == bare[b]] == []


def test_table_1_ticks_what_the_paper_ticks() -> None:
    ticks = []
    for number in range(1, 6):
        plan = training_plan(f"table1-model{number}")
        ticks.append(
            (
                plan.network == "rrdb",
                plan.adversarial.objective == "relativistic",
                plan.losses.perceptual > 0,
                plan.losses.texture > 0,
            )
        )
    columns = ["xxxx", "vxxx", "xxvv", "xvvv", "vvvv"]
    assert ticks == [tuple(tick == "v" for tick in column) for column in columns]


def test_interpolation_is_listed_and_not_trained() -> None:
    row = preset("bicubic")
    assert (row.generator, row.adversarial, row.losses) == ("interpolation", "none", ())
    with pytest.raises(UserError, match="needs no training"):
        training_plan("bicubic")


@EVERY_PRESET
def test_a_few_steps_lower_its_main_loss(name: str, blobs: Volume, feature_file: Path) -> None:
    """In each stage, on one batch and over and over: what the stage minimises goes down."""
    plan = tiny(name, feature_file)
    batch = PatchSource([blobs], plan).draw(0)
    learner = Learner(plan, torch.device("cpu"), ALONE)
    # The second stage of a game is its dear one, and goes down the faster.
    stages = ((0.0, 40), (0.9, 20)) if plan.is_adversarial else ((0.0, 40),)
    for done, steps in stages:
        now = replace(step_settings(plan, done, 100), rate=2e-3)
        # The discriminator learns too, so of a game only what it does not judge must go down.
        still = replace(now.losses, adversarial=0.0)
        before = score(learner, batch, still)
        for step in range(steps):
            learner.learn(batch, step, now)
        assert score(learner, batch, still) < before


def score(learner: Learner, batch: object, losses: LossWeights) -> float:
    with torch.no_grad():
        result = learner.network(batch.inputs, batch.factor)  # type: ignore[attr-defined]
        terms = compared(losses.used(), result, batch.targets, learner._features)  # type: ignore[attr-defined]
    return sum(losses.used()[name] * float(term) for name, term in terms.items())


@EVERY_PRESET
def test_one_seed_gives_one_model_that_its_file_keeps(
    name: str, blobs: Volume, feature_file: Path, tmp_path: Path
) -> None:
    plan = tiny(name, feature_file, steps=4, seed=3)
    first, second = (
        run(train(VolumeTrainingData([blobs]), plan, "m", TrainingEnvironment("cpu")))
        for _ in range(2)
    )
    assert all(np.array_equal(first.weights[n], second.weights[n]) for n in first.weights)
    path = tmp_path / "m.safetensors"
    save_model(first, path)
    back = load_model(path)
    assert back.plan == plan.to_share()
    slices = torch.rand(1, 2 * plan.neighbours + 1, 5, 7)
    with torch.inference_mode():
        one, other = (built_network(m).eval()(slices, 4) for m in (first, back))
    assert torch.equal(one, other)


@pytest.mark.parametrize("name", ["srcnn", "srgan", "cgan-srgan", "esrwgan-r", "ours"])
def test_images_are_learned_too(name: str, feature_file: Path) -> None:
    plan = tiny(name, feature_file, steps=4).in_layout("image")
    plan = replace(plan.with_factors((2, 3)), rows=8, columns=8, batch=2)
    picture = np.random.default_rng(0).random((40, 44, 3), dtype=np.float32)
    material: Material = ImageTrainingData([picture], [picture])
    model = run(train(material, plan, "m", TrainingEnvironment("cpu")))
    with torch.inference_mode():
        large = built_network(model).eval()(torch.rand(1, 3, 6, 5), 3)
    assert large.shape == (1, 3, 18, 15)


def test_a_model_of_images_does_not_rebuild_scans(feature_file: Path) -> None:
    plan = tiny("srcnn", feature_file).in_layout("image")
    weights = dict(weights_of(network_spec("srcnn").build(plan.shape)))
    with pytest.raises(UserError, match="enlarges 2D images"):
        Upsampler(Model("pictures", network_spec("srcnn"), weights, plan), "cpu")


def test_a_plan_in_a_file_keeps_what_its_preset_says() -> None:
    plan = completed_plan({"preset": "fast-texture", "minutes": 3, "data": {"noise": [0.0, 0.1]}})
    preset = training_plan("fast-texture")

    assert plan.differing(preset) == ["minutes", "data"]
    assert plan.data == replace(preset.data, noise=(0.0, 0.1))


def test_a_plan_in_a_file_that_starts_from_a_model_has_no_first_stage_of_its_own() -> None:
    given = {"preset": "fast-texture", "start_from": "fast.safetensors"}

    assert completed_plan(given).adversarial.warm_start == 0
    assert (
        completed_plan({**given, "adversarial": {"warm_start": 0.2}}).adversarial.warm_start == 0.2
    )


@pytest.mark.parametrize("given", [{}, {"preset": "none"}, {"preset": "fast", "data": {"nois": 1}}])
def test_a_plan_that_cannot_be_completed_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(UserError):
        completed_plan(given)
