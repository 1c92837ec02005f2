"""Model files that are none: listed with the reason, and in the way of no other."""

import json
from pathlib import Path

import pytest

from bad_models import model_bytes, write_bad_models
from cli.conftest import Call
from srviewer.__main__ import main
from srviewer.paths import models_dir


def test_what_is_no_model_is_listed_with_its_reason(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = len(call("models")[1]["models"])
    bad = write_bad_models(models_dir())
    (models_dir() / "mine.safetensors").write_bytes(model_bytes(lambda header, weights: None))
    status, values = call("models")
    assert status == 0
    assert [card["name"] for card in values["models"]][shipped:] == ["mine"]
    assert {row["file"] for row in values["unreadable"]} == {str(path) for path in bad}
    for row in values["unreadable"]:
        assert Path(row["file"]).name in row["reason"] and "\n" not in row["reason"]
    assert main(["models"]) == 0
    said = capsys.readouterr().out
    assert all(f"cannot be used: {path}\n" in said for path in bad)


def test_weights_that_do_not_fit_are_listed_too(call: Call) -> None:
    """Their first layer fits, which is all that is known without building the network."""
    models_dir().mkdir(parents=True)
    path = models_dir() / "deep.safetensors"
    path.write_bytes(model_bytes(lambda header, weights: header["plan"].update(blocks=99)))
    (row,) = call("models")[1]["unreadable"]
    assert row["file"] == str(path) and "do not fit" in row["reason"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"5", "one JSON object"),
        (b"[]", "one JSON object"),
        (b"{}", "preset"),
        (b'{"preset": 5}', "preset"),
        (b'{"preset": "fast", "start_from": 5}', "start_from"),
        (b'{"preset": "fast", "batch": -1}', "batch"),
        (b'{"preset": "fast", "width": 1e400}', "finite"),
        (b'{"preset": "fast", "width": 20000}', "width is at most"),
        (b'{"preset": "fast", "data": "thin"}', "data"),
        (b'{"preset": "fast", "losses": {"l1": NaN}}', "finite"),
        (b'{"preset": "fast", "features": "\\ud800"}', "half a character"),
        (b"[" * 100_000, "nested too deeply"),
        ('{"preset": "fast"}'.encode("utf-16"), "UTF-8"),
        (b'{"preset": "fast", "seed": ' + b"9" * 5000 + b"}", "digits"),
    ],
)
def test_a_plan_of_the_wrong_kind_is_one_message(
    content: bytes, reason: str, call: Call, thin_file: Path, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_bytes(content)
    status, said = call("train", thin_file, "-o", tmp_path / "m.safetensors", "--plan", plan)
    assert status == 1 and reason in said and str(plan) in said
    assert "Traceback" not in said and len(said) < len(str(plan)) + 400
    assert list(tmp_path.iterdir()) == [plan]


@pytest.mark.parametrize("licences", [{"head": 5}, {"head": ["CC0"]}, ["CC0"]])
def test_licences_of_the_wrong_kind_are_one_message(
    licences: object, call: Call, thin_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "licences.json"
    path.write_text(json.dumps(licences))
    output = tmp_path / "m.safetensors"
    status, said = call("train", thin_file, "-o", output, "--steps", 1, "--licences", path)
    assert status == 1 and str(path) in said and "Traceback" not in said


def test_a_renamed_model_is_found_by_its_name(call: Call, thick_file: Path, tmp_path: Path) -> None:
    models_dir().mkdir(parents=True)
    (models_dir() / "other.safetensors").write_bytes(model_bytes(lambda header, weights: None))
    assert call("models")[1]["models"][-1]["name"] == "other"
    output = tmp_path / "out.nii.gz"
    assert call("reconstruct", thick_file, "-o", output, "--model", "other", "--factor", 2)[0] == 0
