"""The training loop on a phantom: it learns, repeats itself, resumes, and stops cleanly."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.job import run
from srviewer.nn.catalogue import AdversarialPlan, LossWeights, TrainingPlan, TrainStep
from srviewer.nn.data.training_data import ImageTrainingData, VolumeTrainingData
from srviewer.nn.data.volume_pairs import PatchSource
from srviewer.nn.inference.infer import built_network
from srviewer.nn.models.checkpoint import checkpoint_header, load_checkpoint
from srviewer.nn.models.model_file import Model, save_model
from srviewer.nn.training import loop as module
from srviewer.nn.training.loop import TrainingEnvironment, train

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
CPU = TrainingEnvironment("cpu")


def game(features: Path) -> TrainingPlan:
    """Two stages, batch normalisation, spectral norm, a penalty: all that a run can hold."""
    return replace(
        PLAN,
        network="srresnet",
        width=4,
        blocks=1,
        batch=2,
        steps=12,
        losses=LossWeights(l1=0.1, perceptual=1.0, texture=1.0, adversarial=5e-3),
        adversarial=AdversarialPlan("relativistic-wasserstein", "unet", 3, warm_start=0.4),
        features=str(features),
    )


def reports(
    material: VolumeTrainingData | ImageTrainingData,
    plan: TrainingPlan,
    place: TrainingEnvironment = CPU,
) -> list[TrainStep]:
    steps: list[TrainStep] = []
    run(
        train(material, plan, "trial", place),
        lambda step: steps.append(step) if isinstance(step, TrainStep) else None,
    )
    return steps


def same(one: Model, other: Model) -> bool:
    return all(np.array_equal(one.weights[n], other.weights[n]) for n in one.weights)


def test_a_short_run_beats_the_untrained_base_on_patches_it_never_saw(blobs: Volume) -> None:
    model = run(train(VolumeTrainingData([blobs]), PLAN, "trial", CPU))
    fresh = PatchSource([blobs], replace(PLAN, seed=99)).draw(0)
    with torch.inference_mode():
        learned = built_network(model)(fresh.inputs, fresh.factor)
        untrained = model.spec.build(PLAN.shape)(fresh.inputs, fresh.factor)
    gain = (untrained - fresh.targets).abs().mean() / (learned - fresh.targets).abs().mean()
    assert gain > 1.03


def test_one_seed_gives_one_model(blobs: Volume) -> None:
    plan = replace(PLAN, steps=5)
    material = VolumeTrainingData([blobs])
    first = run(train(material, plan, "trial", CPU))
    assert same(first, run(train(material, plan, "trial", replace(CPU, workers=3))))
    assert not same(first, run(train(material, replace(plan, seed=5), "trial", CPU)))


def test_reports_hold_what_they_promise(
    blobs: Volume, feature_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REPORT_SECONDS", 0.0)
    steps = reports(VolumeTrainingData([blobs], [blobs]), game(feature_file))
    assert [step.step for step in steps] == list(range(1, 13))
    assert [step.stage for step in steps] == ["pixels"] * 5 + ["adversarial"] * 7
    assert set(steps[0].losses) == {"l1"}
    last = steps[-1]
    assert set(last.losses) == {"l1", "perceptual", "texture", "adversarial", "discriminator"}
    weights = game(feature_file).losses.used()
    total = sum(weights[name] * last.losses[name] for name in weights)
    assert last.loss == pytest.approx(total, rel=1e-4) and last.fraction == 1.0
    assert set(last.scores) == {"psnr", "ssim", "psnr_cubic", "ssim_cubic"}
    assert last.preview is not None and last.preview.truth.shape == last.preview.thick.shape
    assert last.steps_per_second > 0 and 0 <= last.waiting <= 1


def test_an_untrained_network_scores_near_cubic(blobs: Volume) -> None:
    (step,) = reports(
        VolumeTrainingData([blobs], [blobs]), replace(PLAN, steps=1, learning_rate=1e-9)
    )
    assert step.scores["psnr"] == pytest.approx(step.scores["psnr_cubic"], abs=1.0)
    assert 10 < step.scores["psnr"] < 40 and 0 < step.scores["ssim"] < 1


def test_images_are_scored_beside_bicubic() -> None:
    random = np.random.default_rng(0)
    picture = np.kron(random.random((12, 14, 3)), np.ones((4, 4, 1))).astype(np.float32)
    plan = replace(PLAN.in_layout("image"), rows=8, columns=8, batch=2, steps=1, warm_up=1000)
    (step,) = reports(ImageTrainingData([picture], [picture]), plan)
    assert step.scores["psnr"] == pytest.approx(step.scores["psnr_cubic"], abs=0.3)
    assert step.preview is not None and step.preview.result.shape == (48, 56, 3)


def test_cancelling_leaves_no_thread_and_no_torch_mode(blobs: Volume) -> None:
    job = train(VolumeTrainingData([blobs]), PLAN, "trial", replace(CPU, workers=2))
    for _ in range(3):
        next(job)
    job.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("patches")]
    assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()


@pytest.mark.parametrize("stop", [3, 9], ids=["in the first stage", "in the second"])
def test_a_closed_run_resumes_to_the_same_end(
    stop: int, blobs: Volume, feature_file: Path, tmp_path: Path
) -> None:
    plan, material = game(feature_file), VolumeTrainingData([blobs])
    whole = run(train(material, plan, "trial", CPU))
    place = TrainingEnvironment("cpu", tmp_path / "trial.checkpoint")
    job = train(material, plan, "trial", place)
    for _ in range(stop):
        next(job)
    job.close()
    assert checkpoint_header(tmp_path / "trial.checkpoint") == (plan, stop)
    resumed = run(train(material, plan, "trial", replace(place, resume=True)))
    assert same(whole, resumed)


def test_a_closed_run_gives_its_averaged_weights(blobs: Volume) -> None:
    given: list[Model] = []
    job = train(VolumeTrainingData([blobs]), PLAN, "trial", replace(CPU, stopped=given.append))
    for _ in range(3):
        next(job)
    assert given == []
    job.close()
    (model,) = given
    whole = run(train(VolumeTrainingData([blobs]), replace(PLAN, steps=3), "trial", CPU))
    assert model.weights.keys() == whole.weights.keys() and model.name == "trial"
    assert all(np.isfinite(weight).all() for weight in model.weights.values())


def test_another_plan_does_not_resume_a_run(blobs: Volume, tmp_path: Path) -> None:
    place = TrainingEnvironment("cpu", tmp_path / "trial.checkpoint")
    job = train(VolumeTrainingData([blobs]), PLAN, "trial", place)
    next(job)
    job.close()
    other = replace(PLAN, width=8, seed=5)
    with pytest.raises(UserError, match="differs in width, seed"):
        run(train(VolumeTrainingData([blobs]), other, "trial", replace(place, resume=True)))


@pytest.mark.parametrize("content", [None, b"", b"\x80\x04K\x01."], ids=["none", "empty", "pickle"])
def test_what_is_no_checkpoint_is_refused(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "trial.checkpoint"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=r"no run to resume|damaged or no checkpoint"):
        load_checkpoint(path)


def test_a_checkpoint_is_kept_as_often_as_the_plan_says(blobs: Volume, tmp_path: Path) -> None:
    plan = replace(PLAN, steps=4, checkpoint_minutes=1e-9)
    place = TrainingEnvironment("cpu", tmp_path / "trial.checkpoint")
    steps = reports(VolumeTrainingData([blobs]), plan, place)
    assert [step.checkpointed for step in steps] == [True] * 4
    assert checkpoint_header(place.checkpoint or Path()) == (plan, 4)
    assert list(tmp_path.iterdir()) == [place.checkpoint]


def test_a_run_can_start_from_a_model(blobs: Volume, tmp_path: Path) -> None:
    first = run(train(VolumeTrainingData([blobs]), replace(PLAN, steps=5), "first", CPU))
    path = tmp_path / "first.safetensors"
    save_model(first, path)
    plan = replace(PLAN, steps=1, warm_up=0, learning_rate=1e-12, start_from=str(path))
    second = run(train(VolumeTrainingData([blobs]), plan, "second", CPU))
    assert all(np.allclose(first.weights[n], second.weights[n], atol=1e-9) for n in first.weights)
    with pytest.raises(UserError, match="does not fit"):
        run(train(VolumeTrainingData([blobs]), replace(plan, width=2), "third", CPU))


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_checkpoint(
    blobs: Volume, tmp_path: Path
) -> None:
    voxels = blobs.voxels.copy()
    place = TrainingEnvironment("cpu", tmp_path / "trial.checkpoint")
    plan = replace(PLAN, steps=6, checkpoint_minutes=1e-9)
    material = VolumeTrainingData([replace(blobs, voxels=voxels)])
    job = train(material, plan, "trial", place)
    for _ in range(2):
        next(job)
    job.close()
    good = load_checkpoint(tmp_path / "trial.checkpoint")
    voxels[::3] = np.nan
    with pytest.raises(UserError, match="stopped being a number at step 3"):
        run(train(material, plan, "trial", replace(place, resume=True)))
    kept = load_checkpoint(tmp_path / "trial.checkpoint")
    assert kept.step == good.step == 2
    assert all(np.isfinite(array).all() for array in kept.arrays.values())


def test_a_run_needs_a_budget(blobs: Volume) -> None:
    with pytest.raises(UserError, match="budget"):
        run(train(VolumeTrainingData([blobs]), replace(PLAN, steps=0), "trial", CPU))
