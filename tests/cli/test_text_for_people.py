"""Text of the verbs for people, beside their JSON."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from srviewer.__main__ import main
from srviewer.cli.console.verb_output import table
from srviewer.core.volumes.volume import Volume
from srviewer.nn.models.model_file import load_model
from srviewer.sr.models.available_models import find_model

TINY = {"preset": "fast", "width": 4, "blocks": 1, "rows": 6, "columns": 12, "batch": 4}


def _said(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main([*map(str, arguments)]) == 0
    return capsys.readouterr().out


def test_a_run_may_start_from_a_shipped_network_by_its_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    # Room for patches of factor 8, the largest of the shipped network.
    thin, plan, model = (tmp_path / name for name in ("a.nii.gz", "plan.json", "mine.safetensors"))
    values = np.random.default_rng(0).random((72, 72, 72), np.float32)
    nib.save(nib.Nifti1Image(values, np.eye(4)), thin)
    plan.write_text(json.dumps({"preset": "fast", "rows": 6, "columns": 12, "batch": 2}))
    start = ("--plan", plan, "--start-from", "fast", "--steps", 1, "-o", model)
    _said(capsys, "train", thin, *start)
    ours, theirs = load_model(model).weights, find_model("fast").weights
    moved = [np.abs(weight - theirs[name]).max() for name, weight in ours.items()]
    assert 0 < max(moved) < 0.1  # one step away, and no further


def test_numbers_stand_to_the_right_and_words_to_the_left() -> None:
    lines = table(("name", "kind", "dB"), [("a", "long word", "9.5"), ("b", "x", "10.5")])
    assert lines.splitlines() == [
        "name  kind         dB",
        "a     long word   9.5",
        "b     x          10.5",
    ]
    assert table(("name", "dB"), []) == "name  dB"


def test_a_rebuild_names_its_model_and_every_file(
    thick_file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out, apart = tmp_path / "thin.nii.gz", tmp_path / "apart.nii.gz"
    asked = ("reconstruct", thick_file, "-o", out, "--disagreement", apart, "--model", "fast")
    said = _said(capsys, *asked)
    assert "cross-plane, model fast, on " in said
    assert f"written: {out}, {apart}" in said
    assert ", model" not in _said(capsys, "reconstruct", thick_file, "-o", out, "--method", "cubic")


def test_a_scan_without_a_thick_axis_is_told(
    thin_file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "finer.nii.gz"
    assert "no thick axis" in _said(capsys, "reconstruct", thin_file, "-o", out)


def test_models_are_told_in_short_and_one_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    said = _said(capsys, "models")
    assert "gain over cubic on held-out subjects: +2.17 dB at factor 2, +2.25 dB" in said
    assert "t2_brain_100: CC0 1.0" in said and "--card NAME" in said


def test_a_training_run_tells_whom_it_was_measured_on_and_its_pair_keeps_the_factors(
    thin_file: Path,
    head: Volume,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(TINY))
    model, pair = tmp_path / "mine.safetensors", tmp_path / "sharper.safetensors"
    plain = ("train", thin_file, "--plan", plan, "--factors", "2,4", "--steps", 2, "-o", model)
    assert "held out: none, so nothing was scored" in _said(capsys, *plain)
    assert "# Model card: mine" in _said(capsys, "models", "--card", model)

    plan.write_text(json.dumps({**TINY, "preset": "fast-texture"}))
    start = ("--plan", plan, "--start-from", model, "--steps", 1)
    assert "the texture model of mine" in _said(capsys, "train", thin_file, *start, "-o", pair)
    assert load_model(pair).plan.factors == (2, 4)


@pytest.mark.parametrize("slabs", [(), ("--slabs", "always")])
def test_that_nothing_can_come_of_a_scan_is_said_before_the_work(
    slabs: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    empty, out = tmp_path / "empty.nii", tmp_path / "thin.nii"
    nib.save(nib.Nifti1Image(np.zeros((8, 9, 6), np.float32), np.diag((1, 1, 4, 1))), empty)
    arguments = ("reconstruct", empty, "-o", out, "--method", "cubic", *slabs)
    assert main([*map(str, arguments)]) == 0
    said = capsys.readouterr()
    assert "note: Every voxel has the same value (0)" in said.out
    assert said.err.count("The result will have that value everywhere, too.") == 1
