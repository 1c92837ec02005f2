"""A batch exports to the targets that a single result is exported to."""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import pytest

from srviewer.__main__ import main
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import read
from srviewer.io.sidecars.provenance import sidecar
from srviewer.io.targets import TARGETS, Target, target
from srviewer.job import run
from srviewer.sr.batch.items import select
from srviewer.sr.batch.outcome import VolumeOutcome
from srviewer.sr.batch.records import BatchFolder
from srviewer.sr.batch.settings import Settings
from srviewer.sr.batch.work import reconstructing
from srviewer.sr.requests.request import Request

DICOM, BIDS = target("dicom"), target("bids")
CUBIC = Settings(Request(0, 2, "cubic"), None, None, "original", acknowledge=False)


def save(volume: Volume, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.save(nib.Nifti1Image(volume.voxels, volume.geometry.affine), path)
    return path


def done(
    paths: Sequence[Path], out: Path, kind: Target, settings: Settings = CUBIC
) -> list[VolumeOutcome]:
    """The outcomes of one run, without workers."""
    settings = replace(settings, target=kind.id, store=kind.stored_as(None))
    items = run(select(paths, False, kind)).items
    return [
        run(reconstructing(item, settings, BatchFolder(out, os.urandom(4).hex()))) for item in items
    ]


def test_series_of_dicom_each_in_a_folder_and_only_once(thick_head: Volume, tmp_path: Path) -> None:
    scan = save(thick_head, tmp_path / "scan.nii")
    out = tmp_path / "out"
    (first,) = done([scan], out, DICOM)
    assert (first.status, str(first.output)) == ("done", "scan_thin")
    folder = out / "scan_thin"
    assert len(list(folder.glob("*.dcm"))) == 36
    assert run(read(folder)).geometry.shape == (40, 48, 36)
    beside = json.loads(sidecar(folder).read_text())
    assert beside["provenance"]["source_sha256"] == first.values["source_sha256"]
    (again,) = done([scan], out, DICOM)
    assert again.status == "done before"
    assert sorted(p.name for p in out.glob("scan_thin*")) == ["scan_thin", "scan_thin.json"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_series_never_takes_the_place_of_another(
    overwrite: bool, thick_head: Volume, tmp_path: Path
) -> None:
    scan = save(thick_head, tmp_path / "scan.nii")
    out = tmp_path / "out"
    done([scan], out, DICOM)
    before = {path: path.read_bytes() for path in (out / "scan_thin").iterdir()}
    linear = replace(CUBIC, request=Request(0, 2, "linear"), overwrite=overwrite)
    (other,) = done([scan], out, DICOM, linear)
    assert other.status == "done" and str(other.output).startswith("scan_thin-")
    assert "belongs to another" in other.message
    assert {path: path.read_bytes() for path in (out / "scan_thin").iterdir()} == before


def test_a_series_whose_worker_was_killed_is_done_again_under_its_name(
    thick_head: Volume, tmp_path: Path
) -> None:
    scan = save(thick_head, tmp_path / "scan.nii")
    out = tmp_path / "out"
    done([scan], out, DICOM)
    for path in (out / "scan_thin").iterdir():
        path.unlink()
    (out / "scan_thin").rmdir()  # the JSON takes its name first
    (again,) = done([scan], out, DICOM)
    assert (again.status, str(again.output)) == ("done", "scan_thin")
    assert len(list((out / "scan_thin").glob("*.dcm"))) == 36


def test_derivatives_of_a_bids_data_set_by_the_option_of_reconstruct(
    thick_head: Volume, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "set"
    save(thick_head, root / "sub-1" / "anat" / "sub-1_T1w.nii.gz")
    (root / "dataset_description.json").write_text("{}")
    other = save(thick_head, tmp_path / "nameless.nii")
    options = ("--bids", str(root), "--method=cubic", "--workers=1", "--json", "-")
    assert main(["batch", str(root), str(other), *options]) == 0
    said = {one["name"]: one for one in json.loads(capsys.readouterr().out)["volumes"]}
    assert said["sub-1_T1w"]["status"] == "done" and said["nameless"]["status"] == "left out"
    assert "as a BIDS data set needs" in said["nameless"]["message"]
    made = root / "derivatives/srviewer"
    image = made / "sub-1/anat/sub-1_desc-sr_T1w.nii.gz"
    assert said["sub-1_T1w"]["output"] == str(image)
    assert run(read(image)).geometry.shape == (40, 48, 36)
    beside = json.loads(sidecar(image).read_text())
    assert beside["Sources"] == ["bids:raw:sub-1/anat/sub-1_T1w.nii.gz"]
    described = json.loads((made / "dataset_description.json").read_text())
    assert described["DatasetLinks"] == {"raw": "../.."}
    assert (made / ".bidsignore").read_text().splitlines() == ["summary.html", "logs/"]


def test_a_data_set_of_other_software_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        BIDS.home(tmp_path / "absent")
    theirs = tmp_path / "derivatives/srviewer"
    theirs.mkdir(parents=True)
    (theirs / "dataset_description.json").write_text('{"GeneratedBy": [{"Name": "other"}]}')
    with pytest.raises(UserError, match="was not written by srviewer"):
        BIDS.home(tmp_path)


@pytest.mark.parametrize("kind", TARGETS, ids=lambda kind: kind.id)
def test_every_target_is_whole(kind: Target, tmp_path: Path) -> None:
    assert target(kind.id) is kind and kind.stores
    assert kind.stored_as(None) in kind.stores and kind.keyword.isidentifier()
    assert kind.given(kind.home(tmp_path)) == tmp_path
