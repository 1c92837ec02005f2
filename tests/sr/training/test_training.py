"""From files to a model file: split, log, killed and resumed runs, images."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import torch
from PIL import Image

import phantoms
from children import Child, output
from srviewer.core.acquisition.degradation import Degradation
from srviewer.errors import UserError
from srviewer.job import run
from srviewer.nn.catalogue import TrainingPlan, TrainStep
from srviewer.nn.models.checkpoint import checkpoint_header
from srviewer.nn.models.feature_network import feature_network
from srviewer.nn.models.model_file import load_model
from srviewer.nn.plans.budget import Budget
from srviewer.nn.reports.run_log import read_log
from srviewer.sr.models.available_models import model_card
from srviewer.sr.models.texture_pairs import is_texture, texture_pair
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.scores.simulate import simulate
from srviewer.sr.training.feature_training import trained_features
from srviewer.sr.training.run import TrainingJob, resumable_plan, trained_model

PLAN = {
    "preset": "fast",
    "width": 4,
    "blocks": 1,
    "factors": [2],
    "factor_shares": [1.0],
    "rows": 6,
    "columns": 12,
    "batch": 2,
    "steps": 6,
    "checkpoint_minutes": 1e-9,
}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Two people's scans."""
    paths = tmp_path / "sub-01_T1w.nii", tmp_path / "sub-02_T1w.nii"
    for path in paths:
        volume = phantoms.head()
        nib.save(nib.Nifti1Image(volume.voxels, volume.geometry.affine), path)
    return paths


def job(files: tuple[Path, ...], output: Path, **changes: object) -> TrainingJob:
    plan = TrainingPlan.from_json({**PLAN, **changes})
    return TrainingJob(files[:1], files[1:], plan, output, "cpu", {"sub-01_T1w": "CC0"})


def test_a_run_leaves_model_log_and_no_checkpoint(files: tuple[Path, Path], tmp_path: Path) -> None:
    output = tmp_path / "out" / "mine.safetensors"
    output.parent.mkdir()
    steps: list[TrainStep] = []
    model = run(
        trained_model(job(files, output)),
        lambda step: steps.append(step) if isinstance(step, TrainStep) else None,
    )
    assert model.plan.train == ("sub-01_T1w",) and model.plan.validation == ("sub-02_T1w",)
    assert len(model.scores) == 3 and {"psnr", "psnr_cubic"} <= set(model.scores[0])
    back = load_model(output)
    assert back.scores == model.scores and back.licences == {"sub-01_T1w": "CC0"}
    assert sorted(path.name for path in output.parent.iterdir()) == [
        "mine.events",
        "mine.log.jsonl",
        "mine.safetensors",
    ]
    log = read_log(output.parent / "mine.log.jsonl")
    assert [line["step"] for line in log] == [step.step for step in steps] == [1, 2, 3, 4, 5, 6]
    assert {"psnr", "psnr_cubic"} <= set(log[-1]["scores"])


def test_an_unfinished_run_is_not_overwritten(files: tuple[Path, Path], tmp_path: Path) -> None:
    output = tmp_path / "mine.safetensors"
    unfinished = trained_model(job(files, output))
    for step in unfinished:
        if isinstance(step, TrainStep) and step.step == 3:
            break
    unfinished.close()
    assert load_model(output).plan.steps == 6  # the checkpointed model can be used already
    with pytest.raises(UserError, match="unfinished run"):
        run(trained_model(job(files, output)))
    plan = resumable_plan(output)
    assert plan == TrainingPlan.from_json(PLAN)


def test_a_texture_run_from_a_faithful_model_makes_its_sharper_pair(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    looks = {
        "preset": "fast-texture",
        "losses": {"l1": 0.01, "perceptual": 1.0, "texture": 1.0, "adversarial": 0.005},
        "adversarial": {"objective": "relativistic", "discriminator": "unet", "width": 4},
        "steps": 2,
    }
    mine, sharp, again, wider, alone = (
        tmp_path / f"{name}.safetensors" for name in ("mine", "sharp", "again", "wider", "alone")
    )
    run(trained_model(job(files[:1], mine)))
    run(trained_model(job(files[:1], sharp, start_from=str(mine), **looks)))
    run(trained_model(job(files[:1], again, start_from=str(sharp), **looks)))
    run(trained_model(job(files[:1], wider, start_from=str(mine), **{**looks, "width": 6})))
    run(trained_model(job(files[:1], alone, start_from=str(mine))))
    partners = [load_model(path).texture_of for path in (mine, sharp, again, wider, alone)]
    assert partners == ["", "mine", "mine", "", ""]

    pair = texture_pair(str(mine))
    assert pair is not None and pair.name == "again"  # the first by name
    again.unlink()
    pair, (card,) = texture_pair(str(mine)), [model_card(load_model(sharp), sharp)]
    assert pair is not None and pair.name == "sharp" and is_texture(card)
    assert texture_pair(str(alone)) is None and texture_pair(str(sharp)) is None
    thick = run(simulate(phantoms.head(), Degradation(2, 2))).thick
    request = Request(2, 2, "cross-plane", model=str(mine), device="cpu")
    blended = run(reconstruct(thick, replace(request, texture=1.0))).volume.voxels
    given = run(reconstruct(thick, replace(request, model=str(sharp)))).volume.voxels
    plain = run(reconstruct(thick, request)).volume.voxels
    assert np.abs(blended - given).max() < 0.01 * np.abs(given - plain).max()


def srviewer(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "srviewer", *map(str, arguments)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_run_resumes_to_the_end_of_an_uninterrupted_one(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({**PLAN, "steps": 80}))
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    whole, killed = tmp_path / "whole.safetensors", tmp_path / "killed.safetensors"
    checkpoint = killed.with_suffix(".checkpoint")
    command = srviewer("train", files[0], "--plan", plan, "--device", "cpu", "-o", killed)
    with Child(command, environment) as child:
        child.until(lambda: checkpoint.exists() and checkpoint_header(checkpoint)[1] >= 5)
    assert 5 <= checkpoint_header(checkpoint)[1] < 80

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    run(trained_model(TrainingJob(files[:1], (), resumable_plan(killed), whole, "cpu")))
    torch.set_num_threads(threads)
    output(srviewer("train", files[0], "-o", killed, "--device", "cpu", "--resume"), environment)
    one, other = load_model(whole), load_model(killed)
    assert all(np.array_equal(one.weights[n], other.weights[n]) for n in one.weights)
    assert one.plan == other.plan
    steps = [line["step"] for line in read_log(tmp_path / "killed.log.jsonl")]
    assert steps == sorted(set(steps)) and steps[-1] == 80
    assert not list(tmp_path.glob("*.checkpoint"))


def test_folders_of_images_are_learned_from(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for side in ("train", "test"):
        (tmp_path / side).mkdir()
        for number in range(2):
            pixels = random.integers(0, 255, (60, 52, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / side / f"{side}{number}.png")
    plan = TrainingPlan.from_json({**PLAN, "steps": 3}).in_layout("image")
    output = tmp_path / "images.safetensors"
    model = run(
        trained_model(
            TrainingJob((tmp_path / "train",), (tmp_path / "test",), small(plan), output, "cpu")
        )
    )
    assert model.plan.train == ("train0", "train1") and model.plan.layout == "image"
    assert "psnr_cubic" in read_log(tmp_path / "images.log.jsonl")[-1]["scores"]


def small(plan: TrainingPlan) -> TrainingPlan:
    from dataclasses import replace

    return replace(plan, rows=8, columns=8, batch=2)


def test_a_feature_network_is_trained_from_files(files: tuple[Path, Path], tmp_path: Path) -> None:
    large = phantoms.head((100, 104, 98))
    nib.save(nib.Nifti1Image(large.voxels, large.geometry.affine), files[0])
    output = tmp_path / "features.safetensors"
    features = run(trained_features(files[:1], output, Budget(steps=2), 0))
    assert features.steps == 2 and features.trained_on == ("sub-01_T1w",)
    network = feature_network(str(output))
    assert not network.training
    with pytest.raises(UserError, match="budget"):
        Budget()
