"""Records and logs whose values are of the wrong kinds stand in no other's way."""

import json
import os
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from srviewer.nn.catalogue import training_plan
from srviewer.nn.reports.run_log import read_log
from srviewer.paths import user_data_dir
from srviewer.sr.batch.records import BatchFolder, read_batch_record, write_record
from srviewer.sr.training.records import remember, stored_runs
from srviewer.sr.training.run import TrainingJob

JOB = TrainingJob((Path("/data/a.nii"),), (), training_plan("fast"), Path("/models/m.safetensors"))
BAD: tuple[dict[str, Any], ...] = (
    {"output": ""},
    {"output": "relative.safetensors"},
    {"output": "/models/m.nii"},
    {"output": f"{Path(__file__).parent}/{'x' * 300}.safetensors"},
    {"output": "/models/a\0b.safetensors"},
    {"output": "/models/\ud800.safetensors"},
    {"output": 5},
    {"paths": "/data/a.nii"},
    {"paths": [5]},
    {"validation": None},
    {"plan": 5},
    {"plan": {"preset": "fast", "width": "wide"}},
    {"device": "abacus"},
    {"device": {}},
    {"licences": ["CC0"]},
    {"licences": {"a": 5}},
    {"workers": -1},
    {"workers": 10**9},
    {"workers": 1.5},
)


def test_a_bad_record_is_left_out_and_named() -> None:
    remember(JOB)
    folder = user_data_dir() / "training"
    (good,) = folder.iterdir()
    values = json.loads(good.read_text())
    for number, change in enumerate(BAD):
        (folder / f"bad-{number}.json").write_text(json.dumps(values | change))
    for name, content in (("empty", b""), ("list", b"[]"), ("deep", b"[" * 99_999), ("x", b"\xff")):
        (folder / f"bad-{name}.json").write_bytes(content)
    (folder / "bad-folder.json").mkdir()
    (folder / "bad-link.json").symlink_to(folder / "nothing")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "bad-pipe.json")
    found = stored_runs()
    assert found.jobs == (JOB,)
    bad = {path for path in folder.iterdir() if path.name.startswith("bad")}
    assert {path for path, _ in found.unreadable} == bad
    for path, reason in found.unreadable:
        assert path.name in reason and reason.count("\n") == 0 and len(reason) < 400


def test_a_path_that_is_no_utf8_is_remembered() -> None:
    output = Path(os.fsdecode(b"/models/m\xff.safetensors"))
    remember(TrainingJob((Path(os.fsdecode(b"/data/\xff.nii")),), (), JOB.plan, output))
    (job,) = stored_runs().jobs
    assert job.output == output


LINE: dict[str, Any] = {
    "step": 5,
    "seconds": 2.5,
    "fraction": 0.5,
    "stage": "pixels",
    "loss": 0.1,
    "losses": {"l1": 0.1},
    "learning_rate": 1e-3,
    "steps_per_second": 2.0,
    "waiting": 0.1,
    "scores": {"psnr": 30.0},
}


def test_lines_of_a_log_that_are_no_reports_are_left_out(tmp_path: Path) -> None:
    changes: tuple[dict[str, Any], ...] = (
        *({"step": "5"}, {"step": -1}, {"step": 2.5}, {"step": None}, {"seconds": [1]}),
        *({"losses": [0.1]}, {"scores": 3}, {"stage": 5}, {"seconds": 10**40}, {"fraction": {}}),
    )
    lines = [json.dumps(LINE | change) for change in changes]
    lines += ["5", "[]", "null", "[" * 99_999, "", "\ud800".encode("utf-8", "replace").decode()]
    path = tmp_path / "m.log.jsonl"
    path.write_text("\n".join([*lines, json.dumps(LINE)]))
    assert read_log(path) == [LINE]
    path.write_text(json.dumps(LINE | {"losses": {"l1": float("nan"), "mse": 0.5, "texture": "x"}}))
    assert read_log(path) == [LINE | {"losses": {"mse": 0.5}}]
    path.write_bytes(b"\xff\xfe" + json.dumps(LINE).encode("utf-16"))
    assert read_log(path) == []
    path.unlink()
    path.mkdir()
    assert read_log(path) == []


@pytest.mark.parametrize(
    "change",
    [
        {"batch": 5},
        {"values": 5},
        {"values": {}},
        {"values": {"factor": "2", "axis": "k", "consistency": None}},
        {"values": {"factor": 2, "axis": 5, "consistency": None}},
        {"values": {"factor": 2, "axis": "k", "consistency": 5}},
        {"values": {"factor": 2, "axis": "k", "consistency": {"max": None}}},
        {"values": {"factor": 2, "axis": "k", "consistency": None, "warnings": [5]}},
    ],
)
def test_a_done_record_of_the_wrong_kind_is_as_good_as_none(
    change: dict[str, Any], tmp_path: Path
) -> None:
    place, output = BatchFolder(tmp_path, "b"), PurePosixPath("a.nii.gz")
    (tmp_path / "a.nii.gz").write_bytes(b"1234")
    document = {"software": {"name": "srviewer"}, "provenance": {}}
    (tmp_path / "a.json").write_text(json.dumps(document))
    values = {"factor": 2, "axis": "k", "consistency": {"max": 0.1}, "warnings": ["thick"]}
    record = {"key": "k", "batch": "b", "size": 4, "values": values}
    write_record(place.record(output), record)
    assert read_batch_record(place, output, "k") == record
    write_record(place.record(output), record | change)
    assert read_batch_record(place, output, "k") is None
