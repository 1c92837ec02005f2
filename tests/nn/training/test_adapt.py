"""Fitting to one scan: pairs from the scan itself, a guard, a bound, repeatability."""

import math
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.job import run
from srviewer.nn.catalogue import TrainingPlan
from srviewer.nn.data.scan_pairs import ScanPairs
from srviewer.nn.data.scan_planes import InTurns, ThickPlanes
from srviewer.nn.inference.infer import weights_of
from srviewer.nn.models.model_file import Model, load_model, save_model
from srviewer.nn.models.weight_interpolation import textured, towards
from srviewer.nn.networks.generator_table import network_spec
from srviewer.nn.plans.adaptation import LEAST_GAINS, Adaptation, Adapted, best_share
from srviewer.nn.training import adapt as adapting
from srviewer.nn.training.adapt import adapt, fitted


@pytest.fixture(scope="module")
def untrained() -> Model:
    """A small network that starts as plain interpolation."""
    plan = TrainingPlan(preset="fast", width=8, blocks=1, neighbours=1, steps=1)
    plan = plan.with_factors((2, 4))
    torch.manual_seed(3)
    spec = network_spec(plan.network)
    return Model("tiny", spec, dict(weights_of(spec.build(plan.shape))), plan)


@pytest.fixture(scope="module")
def pairs() -> ScanPairs:
    """Of soft edges: between two values alone, the median that L1 learns has the lower PSNR."""
    noise = np.random.default_rng(0).normal(size=(48, 44, 40))
    blobs = np.where(gaussian_filter(noise, 3) > 0, 1, 0.1).astype(np.float32)
    return ScanPairs(gaussian_filter(blobs, 0.8), Degradation(2, 2), (2,), neighbours=1, seed=0)


def _adapted(model: Model, pairs: ScanPairs, adaptation: Adaptation) -> tuple[Model, Adapted]:
    return run(adapt(model, pairs, pairs.held_out(), adaptation, "cpu"))


def _same(one: Model, other: Model) -> bool:
    return all(np.array_equal(one.weights[name], other.weights[name]) for name in one.weights)


def test_adapting_helps_on_the_slices_that_were_held_out(
    untrained: Model, pairs: ScanPairs
) -> None:
    model, outcome = _adapted(untrained, pairs, Adaptation(steps=150))
    assert outcome.kept and outcome.gain > 0.3 and outcome.steps == 150
    learned = run(fitted(untrained, pairs, Adaptation(steps=150), "cpu")).model
    assert outcome.share in LEAST_GAINS
    assert _same(model, towards(untrained, learned, outcome.share)) and not _same(model, untrained)


def test_the_same_seed_gives_the_same_weights(untrained: Model, pairs: ScanPairs) -> None:
    one, other = (_adapted(untrained, pairs, Adaptation(steps=12))[0] for _ in range(2))
    assert _same(one, other) and not _same(one, untrained)


def test_what_does_not_help_is_not_kept(
    untrained: Model, pairs: ScanPairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapting, "LEARNING_RATE", 5.0)
    model, outcome = _adapted(untrained, pairs, Adaptation(steps=5))
    assert not outcome.kept and outcome.after < outcome.before and outcome.share == 0
    assert outcome.found.startswith("lost ")
    assert model is untrained


def test_a_gain_that_is_too_small_says_what_was_asked_for() -> None:
    assert Adapted(False, 25.14, 25.1405, 80, 60.0).found == (
        "gained 0.00 dB on its held-out slices (25.14 dB before, 25.14 dB after), and a gain of "
        "0.01 dB is asked for"
    )


def test_the_weights_move_as_far_as_is_best_on_the_held_out_slices() -> None:
    assert best_share(25.14, {0.25: 25.20, 0.5: 25.18, 1.0: 25.1}) == (0.25, 25.20)
    assert best_share(25.14, {0.25: 25.60, 0.5: 26.00, 1.0: 26.4}) == (1.0, 26.4)
    assert best_share(25.14, {0.25: 25.145, 0.5: 25.0, 1.0: 24.0}) == (0.0, 25.145)


def test_only_a_large_gain_leads_further_than_half_way() -> None:
    assert best_share(25.14, {0.25: 25.20, 0.5: 25.25, 1.0: 25.3}) == (0.5, 25.25)
    assert best_share(25.14, {0.25: 25.142, 0.5: 25.145, 1.0: 25.3}) == (0.0, 25.145)


def test_it_is_bounded_in_time_and_stops_when_asked(untrained: Model, pairs: ScanPairs) -> None:
    started = time.monotonic()
    _, outcome = _adapted(untrained, pairs, Adaptation(seconds=0.5))
    assert outcome.seconds < 30 and time.monotonic() - started < 60
    threads = set(threading.enumerate())
    job = adapt(untrained, pairs, pairs.held_out(), Adaptation(seconds=600), "cpu")
    for _ in range(20):
        next(job)
    started = time.monotonic()
    job.close()
    assert time.monotonic() - started < 30
    assert set(threading.enumerate()) <= threads and torch.is_grad_enabled()


def test_the_held_out_slices_are_never_drawn(blobs: Volume) -> None:
    marked = blobs.voxels / 900
    marked[:, :, 17:23] = np.nan
    pairs = ScanPairs(marked, Degradation(2, 2), (2,), neighbours=1, seed=1)
    for step in range(20):
        batch = pairs.draw(step)
        assert bool(torch.isfinite(batch.inputs).all() and torch.isfinite(batch.targets).all())
    assert pairs.draw(3).targets.shape[2] == 2 * pairs.draw(3).inputs.shape[2]


def test_patches_of_the_thick_planes_are_the_scan_and_what_the_estimate_says_of_it() -> None:
    fused = np.random.default_rng(4).random((44, 48, 60), np.float32)
    scan = Degradation(2, 3).apply(fused)
    planes = ThickPlanes(scan, fused, thick=2, factor=3, neighbours=1, seed=2)
    batch = planes.draw(7)
    assert batch.factor == 3 and batch.inputs.shape == (16, 3, 20, 40)
    given, truth = batch.inputs.numpy()[:, 1], batch.targets.numpy()[:, 0]
    assert np.allclose(truth.reshape(16, 20, 3, 40).mean(axis=2), given, atol=1e-6)
    again = planes.draw(7)
    assert torch.equal(batch.inputs, again.inputs) and torch.equal(batch.targets, again.targets)


def test_sources_take_turns(pairs: ScanPairs) -> None:
    scan = np.ones((44, 48, 20), np.float32)
    planes = ThickPlanes(scan, np.ones((44, 48, 40), np.float32), 2, 2, neighbours=1, seed=0)
    source = InTurns((pairs, planes))
    assert torch.equal(source.draw(4).targets, pairs.draw(4).targets)
    assert torch.equal(source.draw(5).targets, planes.draw(5).targets)


def test_a_scan_too_small_is_said_to_be(blobs: Volume) -> None:
    with pytest.raises(ValueError, match="too small"):
        ScanPairs(blobs.voxels[:, :, :6], Degradation(2, 2), (2,), neighbours=2, seed=0)


@pytest.mark.parametrize("seconds", [0.0, -1.0, math.nan, math.inf])
def test_adapting_for_no_time_or_without_an_end_is_refused(seconds: float) -> None:
    with pytest.raises(UserError, match="seconds above 0"):
        Adaptation(seconds)


def test_texture_leads_from_one_model_to_the_other(untrained: Model) -> None:
    sharp = replace(untrained, weights={n: w + 1 for n, w in untrained.weights.items()})
    half = textured(untrained, untrained, sharp, 0.5)
    assert all(np.allclose(half.weights[n], w + 0.5) for n, w in untrained.weights.items())
    moved = replace(untrained, weights={n: w * 2 for n, w in untrained.weights.items()})
    full = textured(moved, untrained, sharp, 1.0)
    assert all(np.allclose(full.weights[n], w + 1) for n, w in moved.weights.items())


def test_models_of_two_shapes_are_no_pair(untrained: Model) -> None:
    other = replace(untrained, weights=dict(list(untrained.weights.items())[1:]))
    with pytest.raises(UserError, match="no pair"):
        textured(untrained, untrained, other, 0.5)


def test_a_model_file_says_whose_pair_it_is(untrained: Model, tmp_path: Path) -> None:
    path = tmp_path / "tiny-texture.safetensors"
    save_model(replace(untrained, texture_of="tiny"), path)
    assert load_model(path).texture_of == "tiny"
