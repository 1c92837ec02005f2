"""Plans: JSON in and out, what cannot be trained is refused, what it says is followed."""

import json
import math
from dataclasses import fields, replace
from typing import Any

import pytest

from srviewer.errors import UserError
from srviewer.nn.plans.budget import Budget
from srviewer.nn.plans.parts import AdversarialPlan, DataPlan, LossWeights
from srviewer.nn.plans.plan import TrainingPlan
from srviewer.nn.plans.presets import TRAINABLE, training_plan
from srviewer.nn.training.schedule import step_settings


@pytest.mark.parametrize("name", TRAINABLE)
@pytest.mark.parametrize("layout", ["axis", "image"])
def test_every_plan_survives_json(name: str, layout: str) -> None:
    plan = replace(training_plan(name).in_layout(layout), minutes=3.0, train=("a",), seed=7)
    assert TrainingPlan.from_json(json.loads(plan.dumps())) == plan


def test_a_plan_of_the_first_model_still_reads() -> None:
    old = {"preset": "fast", "network": "residual", "width": 32, "blocks": 9, "neighbours": 2}
    plan = TrainingPlan.from_json({**old, "factors": [2, 4], "factor_shares": [0.5, 0.5]})
    assert (plan.layout, plan.losses, plan.adversarial.objective) == (
        "axis",
        LossWeights(l1=1.0),
        "none",
    )


@pytest.mark.parametrize(
    "change",
    [
        {"factors": (1, 2, 3, 4, 5, 6)},
        {"factors": (2, 2, 3, 4, 5, 6)},
        {"factors": ()},
        {"network": "none"},
        {"network": "rrdb"},
        {"batch": 0},
        {"learning_rate": 0.0},
        {"train": ("a",), "validation": ("a",)},
        {"layout": "cube"},
        {"layout": "image"},
        {"channels": 3},
        {"schedule": "sudden"},
        {"seed": -1},
        {"seed": 2**32},
        {"gradient_norm": 0.0},
        {"losses": LossWeights()},
        {"losses": LossWeights(l1=-1.0, mse=1.0)},
        {"losses": LossWeights(adversarial=1.0)},
        {"adversarial": AdversarialPlan("standard")},
        {"adversarial": AdversarialPlan("chess"), "losses": LossWeights(adversarial=1.0)},
        {"data": DataPlan(profiles=())},
        {"data": DataPlan(thickness=(2.0, 1.0))},
        {"data": DataPlan(noise=(0.0, 1.0))},
    ],
    ids=str,
)
def test_a_plan_that_cannot_be_run_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(UserError, match="cannot be run"):
        replace(training_plan("fast"), **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"preset": "fast", "colour": 3}, "unknown fields: colour"),
        ({"preset": "fast", "losses": {"l3": 1}}, r"unknown fields: losses\.l3"),
        ({"preset": "fast", "data": 3}, "'data' must be a JSON object"),
        ({"width": 3}, "does not name its preset"),
        ({"preset": "fast", "width": "wide"}, "'width' cannot be \"wide\"; by default it is 32"),
        ({"preset": "fast", "width": 2.5}, r"'width' cannot be 2\.5"),
        ({"preset": "fast", "batch": True}, "'batch' cannot be true"),
        ({"preset": "fast", "minutes": math.inf}, "'minutes' cannot be Infinity"),
        ({"preset": "fast", "losses": {"l1": math.nan}}, r"'losses\.l1' cannot be NaN"),
        ({"preset": "fast", "factors": [2, "4"]}, "'factors' cannot be"),
        ({"preset": "fast", "train": "a"}, "'train' cannot be \"a\""),
        ({"preset": "fast", "train": ["\ud800"]}, "'train' cannot be"),
        ({"preset": "fast", "data": {"noise": [0.1]}}, r"'data\.noise' cannot be \[0\.1\]; by"),
        ({"preset": "fast", "width": {"a": [{"b": 1e300}]}}, "'width' cannot be {.*32"),
        ({"preset": "fast", "losses": {"l1": [{"a": 1e300}]}}, r"'losses\.l1' cannot be \["),
        ({"preset": "fast", "losses": {"l1": "x"}}, r"cannot be \"x\"; by default it is 0\.0"),
        ({"preset": "fast", "b": 1, "a.b[0]": 2}, r"unknown fields: a\.b\[0\], b\."),
        ({"preset": "fast", "version": 1}, "cannot be read: 'format' is missing"),
        (
            {"preset": "fast", "format": "srviewer training plan", "version": 2},
            "cannot be read: it has version 2, and this srviewer reads up to 1",
        ),
    ],
)
def test_json_that_is_no_plan_is_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        TrainingPlan.from_json(values)


@pytest.mark.parametrize("kind", [TrainingPlan, DataPlan, LossWeights, AdversarialPlan])
def test_every_field_says_what_it_is(kind: type) -> None:
    assert all(len(row.metadata["tip"]) > 8 and "unit" in row.metadata for row in fields(kind))


def test_layouts_lead_there_and_back() -> None:
    plan = training_plan("srresnet")
    there = plan.in_layout("image")
    assert (there.channels, there.neighbours, there.factors) == (3, 0, (2, 3, 4))
    assert there.in_layout("axis").shape.layout == "axis"


def test_a_game_follows_its_l1_stage() -> None:
    plan = replace(training_plan("esrgan"), warm_up=0)
    first, second = step_settings(plan, 0.2, 5), step_settings(plan, 0.5, 5)
    assert (first.stage, first.losses.used()) == ("pixels", {"l1": 1.0})
    assert (second.stage, second.losses) == ("adversarial", plan.losses)
    assert second.rate == pytest.approx(plan.adversarial.learning_rate)  # a schedule of its own
    at_once = replace(plan, adversarial=replace(plan.adversarial, warm_start=0.0))
    assert step_settings(at_once, 0.0, 0).stage == "adversarial"


@pytest.mark.parametrize(
    ("schedule", "shares"),
    [("cosine", (1.0, 0.5, 0.0)), ("step", (1.0, 0.5, 0.0625))],
)
def test_the_rate_rises_then_falls(schedule: str, shares: tuple[float, ...]) -> None:
    plan = replace(training_plan("fast"), schedule=schedule, warm_up=10, learning_rate=0.1)
    falling = [step_settings(plan, done, 50).rate / 0.1 for done in (0.0, 0.5, 1.0)]
    assert falling == pytest.approx(shares)
    assert step_settings(plan, 0.0, 4).rate == pytest.approx(0.05)
    short = replace(plan, warm_up=10_000)
    assert step_settings(short, 0.06, 4).rate == pytest.approx(step_settings(plan, 0.06, 50).rate)


def test_the_budget_is_used_up_by_whichever_is_further() -> None:
    budget = Budget(minutes=1.0, steps=100)
    assert budget.used(50, 6.0) == 0.5
    assert budget.used(10, 30.0) == 0.5
    assert budget.used(200, 0.0) == 1.0


@pytest.mark.parametrize("bounds", [{"minutes": -1.0}, {"steps": -3}, {"minutes": math.nan}])
def test_a_budget_that_no_run_would_reach_is_refused(bounds: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="cannot be"):
        Budget(**bounds)


def test_a_shared_plan_names_files_and_no_folders() -> None:
    plan = TrainingPlan(
        "fast", start_from="/home/me/fast.safetensors", features="/home/me/vgg19.pth"
    )
    shared = plan.to_share()

    assert (shared.start_from, shared.features) == ("fast.safetensors", "vgg19.pth")
    assert TrainingPlan("fast").to_share() == TrainingPlan("fast")
