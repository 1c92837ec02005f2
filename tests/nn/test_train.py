"""The training loop on a phantom: it learns, repeats itself, and stops cleanly."""

import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from srviewer.core.degrade import Degradation
from srviewer.core.geometry import Geometry
from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.job import run
from srviewer.nn.infer import built_network
from srviewer.nn.pairs import PatchSource
from srviewer.nn.specs import TrainingPlan
from srviewer.nn.train import TrainStep, train

PLAN = TrainingPlan(
    "fast",
    width=16,
    blocks=2,
    factors=(2, 3),
    factor_shares=(0.5, 0.5),
    rows=8,
    columns=16,
    batch=8,
    warm_up=5,
    steps=120,
    seed=4,
)


@pytest.fixture(scope="module")
def volume() -> Volume:
    """Blobs with sharp edges: what a network can learn and a polynomial cannot."""
    noise = np.random.default_rng(0).normal(size=(48, 44, 40))
    voxels = np.where(gaussian_filter(noise, 4) > 0, 900, 100).astype(np.float32)
    return Volume(voxels, Geometry(voxels.shape, np.eye(4)), "blobs")


def test_a_short_run_beats_the_untrained_base_on_patches_it_never_saw(volume: Volume) -> None:
    model = run(train([volume], PLAN, "trial", "cpu"))
    fresh = PatchSource([volume], replace(PLAN, seed=99)).draw()
    with torch.inference_mode():
        learned = built_network(model)(fresh.thick, fresh.factor)
        untrained = model.spec.build(PLAN)(fresh.thick, fresh.factor)
    gain = (untrained - fresh.thin).abs().mean() / (learned - fresh.thin).abs().mean()
    assert gain > 1.03


def test_one_seed_gives_one_model(volume: Volume) -> None:
    plan = replace(PLAN, steps=5)
    first, second = (run(train([volume], plan, "trial", "cpu")) for _ in range(2))
    assert all(np.array_equal(first.weights[n], second.weights[n]) for n in first.weights)
    other = run(train([volume], replace(plan, seed=5), "trial", "cpu"))
    assert any(not np.array_equal(first.weights[n], other.weights[n]) for n in first.weights)


def test_the_last_report_holds_the_model_and_the_loss(volume: Volume) -> None:
    steps: list[TrainStep] = []
    model = run(
        train([volume], replace(PLAN, steps=3), "trial", "cpu"),
        lambda step: steps.append(step) if isinstance(step, TrainStep) else None,
    )
    assert steps[-1].step == 3 and steps[-1].fraction == 1.0 and steps[-1].loss > 0
    assert steps[-1].model is model


def test_cancelling_leaves_no_thread_and_no_torch_mode(volume: Volume) -> None:
    job = train([volume], PLAN, "trial", "cpu")
    for _ in range(3):
        next(job)
    job.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("ThreadPool")]
    assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()


def test_a_loss_that_is_no_number_stops_the_run(volume: Volume) -> None:
    voxels = volume.voxels.copy()
    voxels[::3] = np.nan
    broken = replace(volume, voxels=voxels)
    with pytest.raises(UserError, match="stopped being a number at step 4"):
        run(train([broken], replace(PLAN, steps=4), "trial", "cpu"))


def test_a_run_needs_a_budget(volume: Volume) -> None:
    with pytest.raises(UserError, match="budget"):
        run(train([volume], replace(PLAN, steps=0), "trial", "cpu"))


def test_a_patch_is_its_truth_degraded(volume: Volume) -> None:
    batch = PatchSource([volume], PLAN).draw()
    truth = batch.thin[:, 0].numpy()
    degraded = Degradation(axis=1, factor=batch.factor).apply(truth)
    assert np.allclose(degraded, batch.thick[:, PLAN.neighbours].numpy(), atol=1e-6)


def test_a_volume_smaller_than_a_patch_is_refused(volume: Volume) -> None:
    with pytest.raises(UserError, match="smallest training volume has 40 voxels"):
        PatchSource([volume], replace(PLAN, columns=41))
