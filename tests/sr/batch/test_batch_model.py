"""The model of a batch without a named one: the same for all volumes, jobs and later runs."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import pytest

from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.job import run
from srviewer.sr.batch.batch_model import KEPT, NAME, with_batch_model
from srviewer.sr.batch.plan import BatchPlan, batch
from srviewer.sr.batch.records import BatchFolder
from srviewer.sr.batch.settings import Settings
from srviewer.sr.models.shipped_models import SHIPPED
from srviewer.sr.requests.automatic_model import AUTO, NO_INT8, ON_GPU, QUICK, SLOW
from srviewer.sr.requests.request import Request

ASKED = Settings(Request(0, 2, model=AUTO, device="cpu"), None, None, "float32", acknowledge=False)
CALIBRATED = {row.name for row in SHIPPED if row.gain_calibrated}
PATH = json.dumps({"model": "../models/quality", "reason": "found"})
LONG = json.dumps({"model": "quality", "reason": "x" * 501})


@pytest.fixture
def folder(tmp_path: Path) -> BatchFolder:
    found = BatchFolder(tmp_path / "out", "job")
    found.state.mkdir(parents=True)
    return found


def _chosen(settings: Settings, scans: Sequence[ScanHeader], folder: BatchFolder) -> Request:
    return with_batch_model(settings, scans, folder, 2).request


def test_the_choice_stays_with_the_folder(thick_head: Volume, folder: BatchFolder) -> None:
    first = _chosen(ASKED, [thick_head.header], folder)
    assert first.model in CALIBRATED and first.model_reason in (NO_INT8, QUICK, SLOW)
    kept = json.loads((folder.state / NAME).read_text())
    assert kept == {"model": first.model, "reason": first.model_reason}
    # As of a job on another machine.
    (folder.state / NAME).write_text(json.dumps({"model": "quality", "reason": ON_GPU}))
    second = _chosen(ASKED, [thick_head.header], folder)
    assert (second.model, second.model_reason) == ("quality", ON_GPU)


def test_a_reason_of_another_version_is_that_the_folder_has_such_results(
    thick_head: Volume, folder: BatchFolder
) -> None:
    old = {"model": "fast", "reason": "the best within a minute of those it had"}
    (folder.state / NAME).write_text(json.dumps(old))
    kept = _chosen(ASKED, [thick_head.header], folder)
    assert (kept.model, kept.model_reason) == ("fast", KEPT)


@pytest.mark.parametrize(
    "damaged", ["", "[]", '{"model": 3}', '{"model": "gone", "reason": ""}', PATH, LONG]
)
def test_a_damaged_choice_is_made_again(
    damaged: str, thick_head: Volume, folder: BatchFolder
) -> None:
    (folder.state / NAME).write_text(damaged)
    model = _chosen(ASKED, [thick_head.header], folder).model
    assert model in CALIBRATED
    assert json.loads((folder.state / NAME).read_text())["model"] == model


def test_a_named_model_is_taken_and_not_kept(thick_head: Volume, folder: BatchFolder) -> None:
    named = replace(ASKED, request=replace(ASKED.request, model="quality"))
    assert with_batch_model(named, [thick_head.header], folder, 2) == named
    cubic = replace(ASKED, request=replace(ASKED.request, method="cubic"))
    assert _chosen(cubic, [thick_head.header], folder).model_reason == ""
    assert not (folder.state / NAME).exists()


def test_results_of_version_0_1_0_decide(thick_head: Volume, tmp_path: Path) -> None:
    out = BatchFolder(tmp_path / "out", "job")
    shutil.copytree(Path(__file__).parents[2] / "fixtures" / "version-0.1.0" / "batch", out.folder)
    (path,) = (out.state / "done").iterdir()
    record = json.loads(path.read_text())
    record["values"] |= {"method": "cross-plane", "model": "quality"}
    path.write_text(json.dumps(record))
    assert _chosen(ASKED, [thick_head.header], out).model == "quality"
    (out.state / NAME).unlink()
    (out.folder / record["output"]).unlink()  # a result that is gone has no say
    assert _chosen(ASKED, [thick_head.header], out).model in CALIBRATED


def test_results_of_a_named_model_decide_for_later_runs(thick_head: Volume, tmp_path: Path) -> None:
    scan, out = tmp_path / "scans" / "scan.nii.gz", tmp_path / "out"
    scan.parent.mkdir()
    small = thick_head.voxels[10:34, 10:34]
    nib.save(nib.Nifti1Image(small, thick_head.geometry.affine), scan)
    named = replace(ASKED, factor=2, request=replace(ASKED.request, model="quality"))
    (first,) = run(batch(BatchPlan((scan,), out, named, 1))).outcomes
    assert first.status == "done" and first.values["model_reason"] is None
    (again,) = run(batch(BatchPlan((scan,), out, replace(ASKED, factor=2), 1))).outcomes
    assert again.status == "done before" and again.values["model"] == "quality"
    assert json.loads((out / ".srviewer-batch" / NAME).read_text())["reason"] == KEPT
